"""ratepub publishes what a trading service would; kcat reads it."""
import collections
import json

import pytest

from kit.process import binary, run

TOPICS = {"market_price": "market-data.prices", "pnl_update": "trading.pnl", "position_update": "trading.positions",
          "rule_status": "trading.rules", "violation": "trading.violations", "assessment_update": "trading.assessments"}


def ratepub(kafka, *flags):
    done = run([binary("ratepub"), "--protocol", "trading", "--brokers", kafka.address, "--rate", "1000/s", *flags], deadline_s=30)
    assert done.exit_code == 0, done.err.text
    return done


def of(assessment, lines):
    return [line for line in lines if f'"{assessment}"' in line]


def test_each_kind_of_message_is_in_its_topic_under_its_key(kafka):
    """The topics are everybody's: the names of assessment and market tell which messages are this test's."""
    ratepub(kafka, "--assessments", "kinds-a,kinds-b", "--markets", "KINDS", "--count", "32")
    for kind, topic in TOPICS.items():
        mine = [line for line in kafka.read_with_kcat(topic, 100_000, "-e", "-f", "%k %s\\n") if "kinds-" in line or "KINDS " in line]
        assert mine, topic
        for line in mine:
            key, _, value = line.partition(" ")
            message = json.loads(value)
            assert message["type"] == kind
            assert key == (message["market"] if kind == "market_price" else message["assessmentId"])


def dry(*flags):
    done = run([binary("ratepub"), "--protocol", "trading", "--dry-run", "--rate", "10000/s", *flags])
    assert done.exit_code == 0, done.err.text
    return [json.loads(line) for line in done.out.lines]


def test_half_of_the_messages_are_prices_and_the_rest_is_shared_by_the_assessments():
    messages = dry("--assessments", "4", "--count", "64")
    assert collections.Counter(m["type"] for m in messages)["market_price"] == 32
    assert collections.Counter(m["assessmentId"] for m in messages if "assessmentId" in m) == {f"assessment-{i}": 8 for i in range(1, 5)}
    assert {m["type"] for m in messages} == set(TOPICS)


def test_the_same_seed_tells_the_same_but_for_times_and_run():
    def told(seed):
        return [{name: value for name, value in m.items() if name not in ("timestamp", "load")} for m in dry("--count", "50", "--seed", seed)]

    assert told("7") == told("7") != told("8")


def test_an_interval_is_for_each_assessment_and_market():
    messages = run([binary("ratepub"), "--protocol", "trading", "--dry-run", "--assessments", "3", "--markets", "BTC", "--interval", "200ms",
                    "--duration", "900ms"]).out.lines
    assert len(messages) == 18  # 20 a second


def test_the_end_tells_what_became_of_it(kafka):
    done = ratepub(kafka, "--assessments", "end", "--count", "20")
    assert "messages of 1 assessments and 3 markets" in done.err.text
    assert "20 queued" in done.err.text and "20 delivered" in done.err.text


@pytest.mark.parametrize("flags, why", [
    (["--assessments", "a b"], "letters, digits"), (["--assessments", "0"], "1 to"), (["--markets", 'x"y'], "letters, digits"),
    (["--topic", "t"], "--topic goes with --protocol fx-rates"), (["--pairs", "EURUSD"], "--pairs goes with"),
    (["--faults", "1%"], "--faults goes with"), (["--replay", "f"], "--replay goes with")])
def test_what_does_not_fit_is_refused_in_one_line(flags, why):
    done = run([binary("ratepub"), "--protocol", "trading", "--brokers", "127.0.0.1:9", *flags])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text


def test_what_belongs_to_trading_is_refused_without_it():
    done = run([binary("ratepub"), "--assessments", "a", "--dry-run"])
    assert (done.exit_code, done.err.text) == (2, "ratepub: --assessments goes with --protocol trading")
