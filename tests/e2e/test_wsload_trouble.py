"""Runs in which something goes wrong on purpose: whatever happens, nothing may get lost unseen."""
import json
import time

from kit.fanout import Fanout
from kit.process import Process, binary
from kit.waiting import eventually

SOME = ("--connections", "100", "--pairs", "10", "--pairs-per-connection", "5", "--ramp", "1000/s", "--publish", "100/s")


def load(start, server, broker, topic, report, *flags):
    return start(Process, [binary("wsload"), "--url", server.url, "--brokers", broker.address, "--topic", topic, *SOME,
                           "--json", str(report), *flags])


def result_of(program, report):
    """Void is no failure here: other work may have kept the generator from its schedule."""
    program.wait(60)
    result = json.loads(report.read_text())
    assert result["verdict"] != "FAIL", program.out.text + program.err.text
    return result


def test_a_storm_with_stalled_clients_breaks_no_chain(start, serve, kafka, topic, tmp_path):
    server, report = serve(topic), tmp_path / "result.json"
    result = result_of(load(start, server, kafka, topic, report, "--storm", "--slow", "5%", "--duration", "5s"), report)
    assert result["stalled"]["stalled"] == 5
    assert result["storm"]["lost"] == 95 and result["storm"]["back_s"] is not None
    chains = result["chains"]
    assert chains["links"] > 0 and chains["resumed"] > 0
    assert (chains["breaks"], chains["gaps"], chains["begun_anew"], chains["without_meta"]) == (0, 0, 0, 0)
    assert [one["kind"] for one in result["disturbances"]] == ["storm"]
    assert result["stages"]["sent_to_received"]["count"] > 0
    eventually(lambda: server.spring_metric("websocket.sessions.active") == 0, 10, "no session is left")


def test_a_broker_that_is_killed_is_an_outage_not_a_failure(start, own_broker, tmp_path):
    topic, report = own_broker.new_topic(), tmp_path / "result.json"
    server = start(Fanout, brokers=own_broker.address, topic=topic).wait_until_ready()
    program = load(start, server, own_broker, topic, report, "--verify", "--duration", "12s")
    eventually(lambda: server.spring_metric("websocket.messages.sent") > 5000, 20, "it runs")
    own_broker.kill()
    down_since = time.monotonic()
    eventually(lambda: time.monotonic() - down_since >= 3, 10, "the outage's length")
    own_broker.start()
    result = result_of(program, report)
    assert result["connections"]["closed"] == 0
    assert (result["chains"]["breaks"], result["chains"]["gaps"]) == (0, 0)
    assert [one["kind"] for one in result["disturbances"]] == ["outage"]
    apart = result["disturbances"][0]["latency"]
    assert apart["max_ms"] > 2000 and result["latency"]["count"] + apart["count"] == result["deliveries"]["received"]


def test_a_server_that_restarts_gets_its_clients_back(start, kafka, topic, tmp_path):
    report = tmp_path / "result.json"
    first = start(Fanout, brokers=kafka.address, topic=topic).wait_until_ready()
    program = load(start, first, kafka, topic, report, "--verify", "--duration", "6s", "--expect", "closed==100")
    eventually(lambda: first.spring_metric("websocket.messages.sent") > 5000, 20, "it runs")
    first.stop()
    start(Fanout, "--port", str(first.port), brokers=kafka.address, topic=topic).wait_until_ready()
    result = result_of(program, report)
    assert result["connections"]["away"] == 0
    assert result["deliveries"]["lost"] == 0
    assert result["chains"]["resumed"] == 500 and result["chains"]["breaks"] == 0


def test_clients_that_come_and_go_leave_nothing_behind(start, serve, kafka, topic, tmp_path):
    server, report = serve(topic), tmp_path / "result.json"
    churn = result_of(load(start, server, kafka, topic, report, "--churn", "200/s", "--duration", "2s"), report)["churn"]
    assert churn["completed"] == churn["opened"] > 0 == churn["failed"]
    assert churn["server_after"] == churn["server_before"] == {"sessions": 100, "subscriptions": 500}


def test_clients_that_find_no_place_are_errors(start, serve, kafka, topic, tmp_path):
    server, report = serve(topic, "--max-connections", "100"), tmp_path / "result.json"
    program = load(start, server, kafka, topic, report, "--churn", "100/s", "--duration", "1s")
    assert program.wait(30) != 0
    churn = json.loads(report.read_text())["churn"]
    assert churn["failed"] == churn["opened"] > 0 and "1013" in churn["first_failure"]
