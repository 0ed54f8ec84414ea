"""How fresh a client's prices are: told when they are not, by status, and no fresher than it wants, by maxRateHz."""
import json
import time

import pytest

from kit.events import as_update, numbered, rate_event
from kit.fanout import Fanout

LIVE = {"type": "live", "currencyPair": "EURUSD"}


@pytest.fixture
def impatient(serve, topic):
    """A server for which half a second of silence is too long."""
    return serve(topic, "--stale-after", "500ms")


def assert_stale(message, since_ms, within_ms=2000):
    assert (message["type"], message["currencyPair"]) == ("stale", "EURUSD")
    assert abs(message["since"] - since_ms) < within_ms


def now_ms():
    return time.time() * 1000


def test_a_silent_pair_goes_stale_once_and_comes_back_with_its_next_event(impatient, kafka, topic):
    with impatient.client() as client:
        client.subscribe("EURUSD", status=True)
        assert client.receive_json()["type"] == "stale", "nothing came since the start"
        for rate in ("1.1", "1.2"):
            kafka.publish(topic, rate_event("EURUSD", rate))
            spoken = now_ms()
            assert client.receive_json() == LIVE
            assert client.receive() == as_update(rate_event("EURUSD", rate))
            assert_stale(client.receive_json(), spoken)
            assert client.until_pong() == [], "once is enough"


def test_a_pair_that_was_silent_before_is_told_after_the_snapshot(serve, kafka, topic):
    kafka.publish(topic, rate_event("EURUSD"))
    written = now_ms()
    server = serve(topic, "--stale-after", "100ms")
    server.wait_for_counter("wsfanout_history_events_total", 1)
    with server.client() as client:
        client.subscribe("EURUSD", status=True, snapshot=True)
        assert client.receive_json()["snapshot"] is True
        assert_stale(client.receive_json(), written, 10_000)
        server.wait_for_counter("wsfanout_stale_pairs", 1)
        assert server.counter("wsfanout_oldest_pair_age_seconds") >= 0.1


def test_who_does_not_ask_is_not_told(impatient, kafka, topic):
    with impatient.client() as client, impatient.client() as asking:
        client.subscribe("EURUSD")
        asking.subscribe("EURUSD", status=True)
        assert asking.receive_json()["type"] == "stale"
        kafka.publish(topic, rate_event("EURUSD"))
        assert client.receive() == as_update(rate_event("EURUSD"))


def test_a_lost_broker_is_told_at_once_and_its_return_as_well(start, own_broker):
    topic = own_broker.new_topic()
    server = start(Fanout, "--stale-after", "10m", brokers=own_broker.address, topic=topic).wait_until_ready()
    with server.client() as client:
        client.subscribe("EURUSD", status=True)
        own_broker.kill()
        killed = now_ms()
        assert_stale(client.receive_json(deadline_s=15), killed, 15_000)
        assert server.health()["components"]["kafka"]["status"] == "DOWN"
        own_broker.start()
        assert client.receive_json(deadline_s=30) == LIVE, "it was not silent for too long"
        own_broker.publish(topic, rate_event("EURUSD"))
        assert client.receive(deadline_s=30) == as_update(rate_event("EURUSD"))


def test_a_rate_limit_holds_the_newest_arrives_and_the_chain_is_whole(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD", meta=True, maxRateHz=5)
        events = numbered("EURUSD", 60)
        began = time.monotonic()
        for event in events:
            kafka.publish(topic, event)
        last_id = json.loads(events[-1])["eventId"]
        messages = [client.receive_json()]
        while messages[-1]["event"]["eventId"] != last_id:
            messages.append(client.receive_json())
        took_s = time.monotonic() - began
    assert len(messages) <= 1 + 5 * took_s + 1
    metas = [message["meta"] for message in messages]
    assert [meta["prev"] for meta in metas] == [None, *[meta["offset"] for meta in metas[:-1]]]
    assert len(messages) + sum(meta["conflated"] for meta in metas) == 60, "what was left out is counted"


def test_subscribing_again_takes_the_limit_off(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD", maxRateHz=0.001)
        first, second, third = numbered("EURUSD", 3)
        kafka.publish(topic, first, second)
        assert client.receive() == as_update(first)
        fanout.wait_for_counter("wsfanout_held_updates", 1)
        client.send({"action": "subscribe", "currencyPairs": ["EURUSD"]})
        assert client.receive() == as_update(second)
        assert client.receive_json()["type"] == "subscribed"
        kafka.publish(topic, third)
        assert client.receive() == as_update(third)


@pytest.mark.parametrize("rate", [0, -1, 1001, "5", None, True])
def test_a_rate_that_is_none_is_refused_and_nothing_changes(fanout, rate):
    with fanout.client() as client:
        refusal = json.loads(client.ask({"action": "subscribe", "currencyPairs": ["EURUSD"], "maxRateHz": rate, "id": 7}))
        assert (refusal["message"], refusal["code"], refusal["id"]) == ("Invalid maxRateHz format", "invalid_format", 7)
    fanout.wait_for_counter("wsfanout_subscriptions", 0)
