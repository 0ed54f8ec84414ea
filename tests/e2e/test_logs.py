"""Logs that people grep and machines parse."""
import json

from kit.events import rate_event


def test_the_words_that_the_seeds_troubleshooting_greps_for(serve, kafka, topic):
    server = serve(topic, "--log-level", "debug")
    server.err.wait_for("Event Hub consumer started")
    with server.client() as client:
        client.subscribe("EURUSD", "GBPUSD")
        server.err.wait_for(client.welcome["sessionId"] + r".*subscribed to.*EURUSD.*GBPUSD")
        kafka.publish(topic, rate_event("EURUSD"))
        client.receive()
    server.err.wait_for("Received event.*EURUSD")
    server.err.wait_for("Broadcasting.*EURUSD")


def test_each_update_is_silent_at_the_default_level(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD")
        before = len(fanout.err.lines)
        kafka.publish(topic, *[rate_event("EURUSD")] * 300)
        client.receive_some(300)
        assert len(fanout.err.lines) - before < 10
    assert "Received event" not in fanout.err.text and "Broadcasting" not in fanout.err.text


def test_json_logs_are_one_object_a_line(serve, kafka, topic):
    server = serve(topic, "--log-format", "json", "--log-level", "debug")
    with server.client() as client:
        client.subscribe("EURUSD")
        client.ask('{"action":"\\"quoted\\"\\n"}')
        kafka.publish(topic, rate_event("EURUSD"), b'"\xff\n\x1b[31m')
        client.receive()
        kafka.publish(topic, rate_event("EURUSD"))
        client.receive()
    server.stop()
    lines = [line for line in server.err.lines if not line.startswith("listening on ")]
    assert len(server.err.lines) - len(lines) <= 1
    records = [json.loads(line) for line in lines]
    assert all({"time", "level", "message"} <= set(record) for record in records)
    assert any("Event Hub consumer started" in record["message"] for record in records)


def test_what_a_client_sends_cannot_forge_a_line(serve, topic):
    server = serve(topic, "--log-level", "trace")
    with server.client() as client:
        client.ask('{"action":"x\\n2026-01-01 forged line\\u001b[31m"}')
        client.ask({"action": "subscribe", "currencyPairs": ["bad\nforged line"]})
    server.stop()
    assert not any(line.startswith(("2026-01-01 forged", "forged")) for line in server.err.lines)
    assert "\x1b[31m" not in server.err.text


def test_the_start_says_what_is_served_and_where(fanout, kafka, topic):
    text = fanout.err.text
    for word in (kafka.address, topic, "/ws/fx-rates", f":{fanout.port}"):
        assert word in text, word
