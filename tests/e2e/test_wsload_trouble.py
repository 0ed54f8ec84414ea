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
    result = result_of(load(start, server, kafka, topic, report, "--storm", "--slow", "5%", "--duration", "2s"), report)
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
    program = load(start, server, own_broker, topic, report, "--verify", "--duration", "10s")
    eventually(lambda: server.spring_metric("websocket.messages.sent") > 5000, 20, "it runs")
    own_broker.kill()
    down_since = time.monotonic()
    eventually(lambda: time.monotonic() - down_since >= 3, 10, "the outage's length")
    own_broker.start()
    result = result_of(program, report)
    assert result["connections"]["closed"] == 0
    assert (result["chains"]["breaks"], result["chains"]["gaps"]) == (0, 0)
    assert [one["kind"] for one in result["disturbances"]] == ["outage"]
    assert result["disturbances"][0]["latency"]["max_ms"] > 2000 > result["latency"]["p50_ms"]


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
