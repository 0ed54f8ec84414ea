"""A circuit breaker before Kafka, for who asks for it: clients stay, and the log is read on where it was left."""
from kit.events import as_update, rate_event
from kit.fanout import Fanout
from kit.waiting import eventually


def test_a_kafka_that_is_down_is_left_alone_and_then_tried(start, own_broker):
    topic = own_broker.new_topic()
    server = start(Fanout, "--kafka-breaker", "2", "--kafka-breaker-open", "2s", brokers=own_broker.address, topic=topic)
    with server.wait_until_ready().client() as client:
        client.subscribe("EURUSD")
        own_broker.publish(topic, rate_event("EURUSD", "1.1"))
        assert client.receive() == as_update(rate_event("EURUSD", "1.1"))
        own_broker.kill()
        server.err.wait_for("Kafka circuit breaker OPEN")
        server.wait_for_counter("wsfanout_kafka_breaker_transitions_total", 1, to="open")
        eventually(lambda: server.health()["components"]["kafka"]["status"] == "DOWN", what="health with kafka DOWN")
        assert client.until_pong() == []
        own_broker.start()
        server.err.wait_for("Kafka circuit breaker CLOSED")
        own_broker.publish(topic, rate_event("EURUSD", "1.2"))
        assert client.receive(deadline_s=30) == as_update(rate_event("EURUSD", "1.2"))
        assert server.counter("wsfanout_kafka_breaker_state", state="closed") == 1
