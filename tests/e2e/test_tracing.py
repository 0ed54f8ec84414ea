"""Spans of connections, subscriptions and the way of an update, as a collector gets them."""
import contextlib
import pathlib
import socket
import subprocess

import pytest

from kit.events import rate_event
from kit.http import upgrade
from kit.otlp import Collector
from kit.redis import free_port
from kit.trading import PNL, Topics, Trading, token
from kit.waiting import eventually

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED = f"00-{TRACE}-{PARENT}-01"
NOT_SAMPLED = f"00-{TRACE}-{PARENT}-00"


@pytest.fixture
def collect():
    with contextlib.ExitStack() as stack:
        yield lambda *answers: stack.enter_context(contextlib.closing(Collector(*answers)))


@pytest.fixture
def collector(collect):
    return collect()


def traced(url, share):
    return ("--trace", url, "--trace-sample", str(share))


def come(collector, server, count, **which):
    """The server posts what is left at its end: nobody waits for the five seconds of a batch."""
    server.stop()
    return collector.wait_for(count, **which)


def test_a_records_trace_goes_on_to_its_writes(serve, collector, kafka, topic):
    server = serve(topic, *traced(collector.url, 0), "--shards", "1")
    with server.client() as client:
        client.subscribe("EURUSD")
        offset, = kafka.publish(topic, rate_event("EURUSD"), headers={"traceparent": SAMPLED})
        client.receive()
    spans = {span.name: span for span in come(collector, server, 3)}
    receive, fan_out, write = (spans[name] for name in ("receive", "fan out", "write"))
    assert {span.trace for span in spans.values()} == {TRACE}
    assert [span.parent for span in (receive, fan_out, write)] == [PARENT, receive.id, fan_out.id]
    assert receive.kind == "consumer"
    assert receive.attributes["messaging.system"] == "kafka"
    assert receive.attributes["messaging.destination.name"] == topic
    assert receive.attributes["messaging.destination.partition.id"] == "0"
    assert receive.attributes["messaging.kafka.offset"] == offset
    assert fan_out.attributes == {"wsfanout.recipients": 1}
    assert fan_out.end_ns == write.start_ns


def test_every_shard_tells_of_its_part(serve, collector, kafka, topic):
    server = serve(topic, *traced(collector.url, 0), "--shards", "2")
    with server.client() as one, server.client() as other:
        for client in (one, other):
            client.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD"), headers={"traceparent": SAMPLED})
        one.receive(), other.receive()
    spans = come(collector, server, 2, name="fan out")
    assert [span.attributes["wsfanout.recipients"] for span in spans] == [1, 1]
    assert {span.parent for span in spans} == {collector.wait_for(1, name="receive")[0].id}


def test_an_update_that_nobody_wants_is_not_written(serve, collector, kafka, topic):
    server = serve(topic, *traced(collector.url, 0), "--shards", "1")
    kafka.publish(topic, rate_event("EURUSD"), headers={"traceparent": SAMPLED})
    server.wait_for_counter("wsfanout_events_total", 1)
    fan_out, = come(collector, server, 1, name="fan out")
    assert fan_out.attributes == {"wsfanout.recipients": 0}
    assert collector.spans("write") == []


def test_a_records_word_that_it_is_not_sampled_counts(serve, collector, kafka, topic):
    server = serve(topic, *traced(collector.url, 1))
    kafka.publish(topic, rate_event("EURUSD"), headers={"traceparent": NOT_SAMPLED})
    kafka.publish(topic, rate_event("GBPUSD"), headers={"traceparent": SAMPLED.upper()})  # none: begins a trace of its own
    server.wait_for_counter("wsfanout_events_total", 2)
    receive, = come(collector, server, 1, name="receive")
    assert receive.parent is None and receive.trace != TRACE


def test_a_connection_goes_on_with_the_trace_of_its_request(serve, collector, topic):
    server = serve(topic, *traced(collector.url, 0))
    with server.client(headers=[f"traceparent: {SAMPLED}"]) as client:
        client.ask({"action": "subscribe", "currencyPairs": ["EURUSD", "GBPUSD", "no pair"]})
    connect, subscribe = come(collector, server, 2)
    assert (connect.name, connect.kind, connect.trace, connect.parent) == ("connect", "server", TRACE, PARENT)
    assert connect.attributes == {"http.request.method": "GET", "url.path": "/ws/fx-rates", "http.response.status_code": 101,
                                  "network.protocol.name": "websocket"}
    assert (subscribe.name, subscribe.trace, subscribe.parent) == ("subscribe", TRACE, connect.id)
    assert subscribe.attributes == {"wsfanout.protocol": "fx-rates", "wsfanout.keys": 3, "wsfanout.keys_accepted": 2}


def test_two_traceparents_are_none(serve, collector, topic):
    server = serve(topic, *traced(collector.url, 0))
    answer = server.exchange(upgrade(f"traceparent: {SAMPLED}", f"traceparent: {SAMPLED}"))
    assert answer.status == 101
    server.stop()
    assert collector.spans() == []


def test_a_refused_connection_is_told_without_its_token(start, collector, kafka):
    topics = Topics(kafka)
    server = start(Trading, topics, *traced(collector.url, 1)).wait_until_ready()
    bad = token(secret="another-secret")
    assert server.exchange(upgrade(path=f"/ws?token={bad}")).status == 401
    server.join("assessment-123").drop()
    refused, connected = come(collector, server, 2, name="connect")
    assert refused.attributes["http.response.status_code"] == 401 and "enduser.id" not in refused.attributes
    assert connected.attributes["enduser.id"] == "ada"
    assert {span.attributes["url.path"] for span in (refused, connected)} == {"/ws"}
    assert collector.spans("subscribe")[0].attributes["wsfanout.keys_accepted"] == 1
    assert not any(bad.encode() in body or b"token" in body for _, body in collector.posts)


def test_a_session_too_many_is_told_as_a_failure(serve, collector, topic):
    server = serve(topic, *traced(collector.url, 1), "--max-connections", "1")
    with server.client(), server.client(welcome=False) as second:
        second.expect_close()
        assert server.counter("wsfanout_sessions") == 1
    spans = come(collector, server, 2, name="connect")
    assert [span.failed for span in spans] == [False, True]
    assert spans[1].attributes["error.type"] == "too_many_sessions"


def test_events_of_trading_are_traced_alike(start, collector, kafka, join):
    topics = Topics(kafka)
    server = start(Trading, topics, *traced(collector.url, 1), "--shards", "1").wait_until_ready()
    client = join(server, "assessment-123")
    topics.publish("trading.pnl", PNL)
    client.receive()
    client.drop()
    write, = come(collector, server, 1, name="write")
    receive, = collector.spans("receive", write.trace)
    assert receive.attributes["messaging.destination.name"] == topics.name("trading.pnl")
    assert collector.spans("fan out", write.trace)[0].attributes == {"wsfanout.recipients": 1}


def test_messages_of_notify_are_traced_by_their_channel(notify, redis, collector, join):
    server = notify(*traced(collector.url, 1), "--shards", "1").wait_until_ready()
    client = join(server, "ada")
    server.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":1}')
    client.receive()
    client.drop()
    write, = come(collector, server, 1, name="write")
    receive, = collector.spans("receive", write.trace)
    assert receive.attributes == {"messaging.system": "redis", "messaging.operation.type": "receive",
                                  "messaging.destination.name": "ws:ada"}


def test_with_share_0_nothing_is_posted(serve, collector, kafka, topic):
    server = serve(topic, *traced(collector.url, 0))
    with server.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD"))
        client.receive()
    server.stop()
    assert collector.posts == []


def test_what_is_refused_for_now_comes_once_after_retry_after(serve, collect, topic):
    collector = collect((503, {"Retry-After": "1"}))
    server = serve(topic, *traced(collector.url, 1))
    with server.client():
        connect, = collector.wait_for(1, name="connect")
        assert len(collector.posts) == 2 and collector.posts[0][1] == collector.posts[1][1]
        server.wait_for_counter("wsfanout_spans_exported_total", 1)
        assert server.counter("wsfanout_span_export_failures_total") == 1
        assert server.counter("wsfanout_spans_dropped_total") == 0


def test_a_collector_that_is_down_harms_nobody(serve, kafka, topic):
    server = serve(topic, *traced(f"http://127.0.0.1:{free_port()}/v1/traces", 1))
    with server.client() as client:
        client.subscribe("EURUSD")
        server.err.wait_for("spans cannot be delivered to http://127.0.0.1", 20)
        for _ in range(5):
            kafka.publish(topic, *[rate_event("EURUSD")] * 400)
            client.receive_some(400)
        eventually(lambda: server.counter("wsfanout_spans_dropped_total", cause="spool_full") > 0, 10, "spans are dropped")
        assert client.until_pong() == []
    server.stop()
    assert len([line for line in server.err.lines if "spans cannot be delivered" in line]) == 1


def test_names_of_opentelemetry_in_the_environment_are_read(serve, collector, topic):
    server = serve(topic, env={"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}//", "OTEL_TRACES_SAMPLER_ARG": "1",
                               "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20secret,x-team=fx", "OTEL_SERVICE_NAME": "desk"})
    server.connect().drop()
    come(collector, server, 1)
    resource, = collector.resources
    assert resource["service.name"] == "desk" and resource["service.version"] and len(resource["service.instance.id"]) == 36
    headers, _ = collector.posts[0]
    assert (headers["x-key"], headers["x-team"]) == ("a secret", "fx")
    assert "a secret" not in server.err.text and "a%20secret" not in server.err.text


def test_without_a_collector_nothing_is_counted(fanout):
    assert fanout.counter("wsfanout_spans_exported_total") is None


# Rotel is a collector of others' making; it comes from PyPI (requirements.txt), with scripts/test.sh under build/venv, and needs libpython3.11.
def rotel():
    venv = pathlib.Path(__file__).resolve().parents[2] / "build/venv"
    found = next(venv.glob("lib/python3*/site-packages/rotel/rotel-agent"), None)
    if found is None:
        pytest.skip("no rotel in build/venv (build/venv/bin/pip install -r tests/e2e/requirements.txt)")
    return found


@pytest.fixture
def foreign_collector(tmp_path):
    """(URL, what it has logged of spans)."""
    port, log = free_port(), tmp_path / "rotel.log"
    argv = [rotel(), "start", "--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}",
            "--exporter", "blackhole", "--debug-log", "traces", "--debug-log-verbosity", "detailed"]
    with log.open("wb") as out:
        process = subprocess.Popen([str(word) for word in argv], stdout=out, stderr=out, cwd=tmp_path)

    def listens():
        assert process.poll() is None, log.read_text()
        return accepts(port)

    try:
        eventually(listens, 20, "rotel accepts")
        yield f"http://127.0.0.1:{port}/v1/traces", log
    finally:
        process.terminate()
        process.wait()


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def test_a_foreign_collector_reads_what_it_gets(serve, foreign_collector, kafka, topic):
    url, log = foreign_collector
    server = serve(topic, *traced(url, 1), "--shards", "1")
    with server.client(headers=[f"traceparent: {SAMPLED}"]) as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD"))
        client.receive()
    server.stop()
    eventually(lambda: log.read_text().count("Span #") == 5, 20, "five spans")
    text = log.read_text()
    for line in (f"Trace ID       : {TRACE}", f"Parent ID      : {PARENT}", "-> service.name: Str(wsfanout)", "Kind           : SPAN_KIND_SERVER",
                 "Kind           : SPAN_KIND_CONSUMER", "-> http.response.status_code: Int(101)", "-> wsfanout.recipients: Int(1)"):
        assert line in text, text
