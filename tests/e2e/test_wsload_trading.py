"""wsload --protocol trading: prices to everybody, and to each client the events of its assessment."""
import functools

import pytest

from kit import load
from kit.fanout import Fanout
from kit.load import measured, told, wsload
from kit.process import Process, binary, run
from kit.trading import SECRET, token

TOPICS = r"^(market-data\.prices|trading\.(pnl|positions|rules|violations|assessments))$"
SMALL = ("--connections", "60", "--ramp", "1000/s", "--publish", "200/s", "--warmup", "200ms", "--duration", "1s")
ENV = {"JWT_SECRET": SECRET}


@pytest.fixture
def server(start, kafka):
    """Reads the six topics, which are everybody's: wsload knows its own run."""
    return start(Fanout, "--protocol", "trading", "--trading-topics", TOPICS, brokers=kafka.address, env=ENV).wait_until_ready()


def at(server, kafka):
    return "--protocol", "trading", "--url", f"ws://{server.authority}/ws", "--brokers", kafka.address


result_of = functools.partial(load.result_of, secret=SECRET, env=ENV)


def test_each_client_gets_all_prices_and_the_events_of_its_assessment(server, kafka, tmp_path):
    result = result_of(tmp_path, *at(server, kafka), *SMALL, "--assessments", "12", "--expect", "p95<5s")
    assert result["protocol"] == "trading"
    deliveries = result["deliveries"]
    assert deliveries["received"] == deliveries["expected"] > 0
    assert deliveries["unexpected"] == deliveries["duplicates"] == 0
    # 100 prices a second to 60 clients, 100 events a second to the 5 clients of an assessment
    assert deliveries["expected"] == pytest.approx(100 * 60 + 100 * 5, rel=0.03)
    assert result["stages"]["kafka"]["count"] > 0


def test_without_assessments_there_are_only_prices(server, kafka, tmp_path):
    result = result_of(tmp_path, *at(server, kafka), *SMALL, "--assessments", "0", "--markets", "DOGE,PEPE")
    assert result["deliveries"]["expected"] == pytest.approx(200 * 60, rel=0.02)


def test_positions_rise_and_nothing_is_missing_although_all_come_back_in_the_middle(server, kafka, tmp_path):
    result = result_of(tmp_path, *at(server, kafka), *SMALL, "--assessments", "6", "--storm", "--duration", "3s")
    chains = result["chains"]
    assert chains["links"] > 0 and chains["resumed"] > 0
    assert (chains["breaks"], chains["gaps"], chains["without_meta"]) == (0, 0, 0)
    assert result["storm"]["lost"] == 60 and result["storm"]["back_s"] is not None


def test_clients_that_come_and_go_leave_nothing_behind(server, kafka, tmp_path):
    churn = result_of(tmp_path, *at(server, kafka), *SMALL, "--churn", "100/s")["churn"]
    assert churn["completed"] == churn["opened"] > 0 == churn["failed"]
    assert churn["server_after"] == churn["server_before"]


def test_listening_to_ratepub(server, start, kafka, tmp_path):
    start(Process, [binary("ratepub"), "--protocol", "trading", "--brokers", kafka.address, "--rate", "200/s"])
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    measured(*at(server, kafka)[:4], "--listen", "--connections", "20", "--duration", "1s", "--jwt-secret-file", str(secret),
             "--expect", "reach>99%")


def test_an_event_of_an_assessment_that_was_not_asked_for_is_a_failure(server, start, kafka, tmp_path):
    """The token entitles to it, so the server is right; wsload was told that there are no assessments."""
    tokens = tmp_path / "tokens"
    tokens.write_text(token(assessments=["assessment-1"]))
    start(Process, [binary("ratepub"), "--protocol", "trading", "--brokers", kafka.address, "--rate", "200/s", "--assessments", "1"])
    done = measured(*at(server, kafka)[:4], "--listen", "--assessments", "0", "--connections", "3", "--duration", "1s",
                    "--token-file", str(tokens), exit_code=99)
    assert "of another assessment" in done.out.text and "unexpected==0 missed" in done.out.text, told(done)


def test_a_wrong_secret_is_a_refusal_in_one_line(server, kafka):
    done = wsload(*at(server, kafka), *SMALL, env={"JWT_SECRET": "wrong"})
    assert done.exit_code == 4 and "401" in done.err.text, told(done)


@pytest.mark.parametrize("flags, says", [
    ([], "trading lets nobody in without a token"), (["--pairs", "5"], "--pairs goes with --protocol fx-rates"),
    (["--users", "5"], "--users goes with --protocol notify"), (["--markets", "a b"], "--markets"),
    (["--assessments", "10001"], "--assessments"), (["--jwt-secret-file", "/nowhere"], "/nowhere"),
    (["--jwt-secret", "x"], "--jwt-secret"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_makes_no_sense_is_refused_in_one_line(flags, says):
    done = run([binary("wsload"), "--protocol", "trading", "--check-config", *flags], env=ENV if "users" in str(flags) else None)
    assert done.exit_code == 2 and len(done.err.lines) == 1 and says in done.err.text, told(done)
