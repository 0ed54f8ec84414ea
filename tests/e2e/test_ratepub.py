"""ratepub publishes what the seed's service would; kcat reads it."""
import collections
import json
import re
import signal

import pytest

from kit.events import some_pairs
from kit.process import Process, binary, run
from kit.terminal import Terminal
from kit.waiting import eventually


def ratepub(kafka, topic, *flags, **options):
    return run([binary("ratepub"), "--brokers", kafka.address, "--topic", topic, *flags], deadline_s=30, **options)


def published(kafka, topic, count, *options):
    return [json.loads(line) for line in kafka.read_with_kcat(topic, count, *options)]


def test_count_events_are_published_and_each_is_a_good_one(kafka, topic):
    done = ratepub(kafka, topic, "--pairs", "EURUSD,USDJPY", "--rate", "500/s", "--count", "40")
    assert done.exit_code == 0, done.err.text
    events = published(kafka, topic, 40)
    assert collections.Counter(event["fxRate"]["currencyPair"] for event in events) == {"EURUSD": 20, "USDJPY": 20}
    assert len({event["eventId"] for event in events}) == 40
    for event in events:
        rate = event["fxRate"]
        assert event["eventType"] == "FxRateUpdated" and 0 < rate["bid"] < rate["rate"] < rate["ask"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"])


def test_records_are_keyed_by_pair(kafka, topic):
    assert ratepub(kafka, topic, "--pairs", "EURUSD,GBPUSD", "--rate", "500/s", "--count", "10").exit_code == 0
    for line in kafka.read_with_kcat(topic, 10, "-f", "%k %s\\n"):
        key, _, value = line.partition(" ")
        assert json.loads(value)["fxRate"]["currencyPair"] == key


def test_yen_has_3_decimals_and_others_5(kafka, topic):
    assert ratepub(kafka, topic, "--pairs", "EURUSD,USDJPY", "--rate", "500/s", "--count", "20").exit_code == 0
    for line in kafka.read_with_kcat(topic, 20):
        decimals = {len(number.partition(".")[2]) for number in re.findall(r'"(?:rate|bid|ask)":([\d.]+)', line)}
        assert decimals == {3 if "USDJPY" in line else 5}, line


def test_the_same_seed_walks_the_same_way(kafka):
    def walk(seed):
        topic = kafka.new_topic()
        assert ratepub(kafka, topic, "--pairs", "EURUSD", "--rate", "500/s", "--count", "30", "--seed", seed).exit_code == 0
        return [event["fxRate"]["rate"] for event in published(kafka, topic, 30)]

    first = walk("7")
    assert walk("7") == first != walk("8")
    assert all(abs(b / a - 1) < 0.01 for a, b in zip(first, first[1:])), "small steps"


def test_an_interval_is_for_each_pair(kafka, topic):
    done = ratepub(kafka, topic, "--pairs", ",".join(some_pairs(5)), "--interval", "500ms", "--duration", "1900ms")
    assert done.exit_code == 0, done.err.text
    events = published(kafka, topic, 15)
    counts = collections.Counter(event["fxRate"]["currencyPair"] for event in events)
    assert set(counts) == set(some_pairs(5)) and min(counts.values()) >= 2


def test_totals_are_printed_at_the_end(kafka, topic):
    done = ratepub(kafka, topic, "--rate", "500/s", "--count", "25")
    assert "25" in done.err.text + done.out.text


def test_sigint_ends_it_with_totals(start, kafka, topic):
    program = start(Process, [binary("ratepub"), "--brokers", kafka.address, "--topic", topic, "--rate", "100/s"])
    eventually(lambda: kafka.read_with_kcat(topic, 5), 20, "5 events are there")
    program.send_signal(signal.SIGINT)
    assert program.wait() in (0, 128 + signal.SIGINT)
    assert re.search(r"\d", program.err.text + program.out.text)


def test_every_event_passes_wsfanouts_checks(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD")
        assert ratepub(kafka, topic, "--pairs", "EURUSD", "--rate", "500/s", "--count", "50").exit_code == 0
        assert len(client.receive_some(50)) == 50
    assert sum(fanout.metrics().by_label("wsfanout_poison_records_total", "cause").values()) == 0


def test_a_broker_that_comes_back_gets_every_event_in_order(start, own_broker):
    """At least once: a request whose answer the killed broker took along is sent again."""
    topic = own_broker.new_topic()
    program = start(Process, [binary("ratepub"), "--brokers", own_broker.address, "--topic", topic, "--pairs", "EURUSD", "--rate", "50/s",
                              "--count", "300", "--timeout", "30s"])
    eventually(lambda: own_broker.read_with_kcat(topic, 20), 20, "20 events are there")
    own_broker.kill()
    own_broker.start()
    assert program.wait(40) == 0, program.err.text
    events = published(own_broker, topic, 400, "-e")
    assert len({event["eventId"] for event in events}) == 300
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)


def test_a_broker_that_stays_away_is_exit_code_1(start, own_broker):
    topic = own_broker.new_topic()
    program = start(Process, [binary("ratepub"), "--brokers", own_broker.address, "--topic", topic, "--rate", "50/s", "--count", "100",
                              "--timeout", "2s"])
    eventually(lambda: own_broker.read_with_kcat(topic, 20), 20, "20 events are there")
    own_broker.kill()
    assert program.wait(20) == 1, program.err.text
    assert re.search(r"\d+ not confirmed", program.err.text)
    queued, delivered = re.search(r"(\d+) queued in .* (\d+) delivered", program.err.text).groups()
    assert int(delivered) < int(queued) == 100


def test_a_broker_that_falls_silent_is_told_once_and_its_return_too(start, own_broker):
    topic = own_broker.new_topic()
    program = start(Process, [binary("ratepub"), "--brokers", own_broker.address, "--topic", topic, "--rate", "50/s"])
    eventually(lambda: own_broker.read_with_kcat(topic, 20), 20, "20 events are there")
    own_broker.kill()
    program.err.wait_for("nothing confirmed for 5s: .*refused", 15)
    own_broker.start()
    program.err.wait_for("the broker confirms again", 30)
    program.send_signal(signal.SIGINT)
    assert program.wait() == 128 + signal.SIGINT
    assert program.err.text.count("nothing confirmed") == 1


def test_no_broker_is_said_in_one_line():
    done = run([binary("ratepub"), "--brokers", "127.0.0.1:9", "--count", "1"], deadline_s=40)
    assert done.exit_code == 3, done.err.text
    assert any("127.0.0.1:9" in line for line in done.err.lines) and "Traceback" not in done.err.text


def test_a_wait_for_the_broker_is_told_on_a_terminal():
    terminal = Terminal([binary("ratepub"), "--brokers", "127.0.0.1:9", "--count", "1"])
    try:
        terminal.wait_for(r"ratepub: waiting for Kafka at 127\.0\.0\.1:9", 5)
    finally:
        terminal.close()


def checked(*flags, env=None):
    return run([binary("ratepub"), *flags, "--check-config"], env=env)


def test_a_flag_wins_over_what_it_excludes_from_elsewhere(tmp_path):
    printed, other = tmp_path / "printed.conf", tmp_path / "other.conf"
    printed.write_text(run([binary("ratepub"), "--print-config"]).out.text + "\n")
    other.write_text("interval = 1s\n")
    for done in (checked("--rate", "5/s", env={"RATEPUB_INTERVAL": "1s"}), checked("--config", other, "--rate", "5/s"),
                 checked("--config", printed, "--rate", "5/s"), checked("--config", printed),
                 checked("--interval", "1s", env={"RATEPUB_RATE": "0"})):
        assert done.exit_code == 0, done.err.text


def test_settings_of_the_same_strength_exclude_each_other(tmp_path):
    both = tmp_path / "both.conf"
    both.write_text("interval = 1s\nrate = 5/s\n")
    done = checked("--config", both)
    assert (done.exit_code, done.err.text) == (2, f"ratepub: {both}:2: rate and {both}:1: interval exclude each other")


def test_the_stronger_of_two_is_what_it_publishes_at():
    done = run([binary("ratepub"), "--dry-run", "--rate", "1000/s", "--count", "50"], env={"RATEPUB_INTERVAL": "1h"})
    assert done.exit_code == 0 and len(done.out.lines) == 50


def test_a_bad_value_is_told_by_where_it_stands():
    assert checked(env={"RATEPUB_RATE": "0"}).err.text.startswith("ratepub: RATEPUB_RATE: above 0")


def test_without_a_broker_setting_it_says_what_to_set():
    done = run([binary("ratepub"), "--count", "1"], env={"XDG_RUNTIME_DIR": "/nonexistent"})
    assert done.exit_code in (2, 3) and "--brokers" in done.err.text and len(done.err.lines) <= 2


@pytest.mark.parametrize("flags", [["--pairs", "EURUS"], ["--rate", "fast"], ["--rate", "0"], ["--count", "-1"],
                                   ["--rate", "1/s", "--interval", "1s"], ["--interval", "soon"], ["--pairs", ""]])
def test_bad_values_are_refused_in_one_line(flags):
    done = run([binary("ratepub"), "--brokers", "127.0.0.1:9", *flags])
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text
