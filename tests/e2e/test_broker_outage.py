"""The broker dies and comes back, or is not there yet: clients stay, and nothing is lost or doubled after it."""
import signal
import time

from kit.events import as_update, numbered, rate_event
from kit.fanout import Fanout
from kit.waiting import eventually

OUTAGE_S = 5


def kafka_status(server):
    return server.health()["components"]["kafka"]["status"]


def test_a_killed_broker_that_is_back_after_5_s(start, own_broker):
    topic = own_broker.new_topic()
    server = start(Fanout, brokers=own_broker.address, topic=topic).wait_until_ready()
    with server.client() as client:
        client.subscribe("EURUSD")
        own_broker.publish(topic, *numbered("EURUSD", 20))
        assert client.receive_some(20) == [as_update(event) for event in numbered("EURUSD", 20)]

        own_broker.kill()
        down_since = time.monotonic()
        eventually(lambda: kafka_status(server) == "DOWN", 10, "health with kafka DOWN")
        answer = server.get("/actuator/health")
        assert (answer.status, answer.json["status"]) == (200, "UP")
        ready = server.get("/readyz")
        assert ready.status == 200 and "degraded" in ready.text
        assert client.until_pong() == [], "clients stay, and are served"
        eventually(lambda: time.monotonic() - down_since >= OUTAGE_S, what="the outage's length")

        own_broker.start()
        afterwards = numbered("EURUSD", 200, first=20)
        own_broker.publish(topic, *afterwards)
        assert client.receive_some(200, deadline_s=30) == [as_update(event) for event in afterwards]
        eventually(lambda: kafka_status(server) == "UP", 15, "health with kafka UP")
        assert client.until_pong() == [], "nothing comes twice"


def test_it_ends_in_time_while_the_broker_is_away(start, own_broker):
    """The last commit cannot be had then, and nobody waits for it for long."""
    topic = own_broker.new_topic()
    server = start(Fanout, brokers=own_broker.address, topic=topic).wait_until_ready()
    with server.client() as client:
        client.subscribe("EURUSD")
        own_broker.publish(topic, *numbered("EURUSD", 5))
        client.receive_some(5)
        own_broker.kill()
        server.send_signal(signal.SIGTERM)
        assert client.expect_close().code == 1012
        assert server.wait(10) == 0


def test_no_broker_at_the_start_is_no_reason_to_end(start, own_broker):
    topic = own_broker.new_topic()
    own_broker.publish(topic, *numbered("EURUSD", 3))
    own_broker.stop()
    server = start(Fanout, brokers=own_broker.address, topic=topic)
    server.err.wait_for(own_broker.address)
    with server.client() as client:
        client.subscribe("EURUSD")
        answer = server.get("/actuator/health")
        assert (answer.status, answer.json["status"]) == (503, "DOWN")
        assert server.get("/readyz").status == 503 and server.get("/healthz").status == 200
        own_broker.start()
        server.wait_until_ready()
        live = rate_event("EURUSD", "2.0")
        own_broker.publish(topic, live)
        assert client.receive() == as_update(live), "what the log held before is no news"


def test_a_topic_that_does_not_exist_yet_is_found_when_it_does(start, own_broker):
    server = start(Fanout, brokers=own_broker.address, topic="made-later")
    with server.client() as client:
        client.subscribe("EURUSD")
        eventually(lambda: delivered(own_broker, client), 60, "an update of the topic made later")


def delivered(broker, client):
    broker.publish("made-later", rate_event("EURUSD"))
    return as_update(rate_event("EURUSD")) in client.until_pong()
