"""What a client may ask for beyond the seed: snapshot and meta."""
import json

import pytest

from kit.events import as_update, numbered, rate_event
from kit.waiting import eventually


@pytest.fixture
def client(fanout):
    with fanout.client() as connection:
        yield connection


def parts(text):
    message = json.loads(text)
    return message["event"]["eventId"], message.get("snapshot", False), message.get("meta")


def received(fanout, count):
    eventually(lambda: fanout.spring_metric("websocket.events.received") >= count, what=f"{count} events received")


def test_a_snapshot_is_the_last_event_of_each_pair_in_the_order_of_the_request(fanout, client, kafka, topic):
    kafka.publish(topic, *numbered("EURUSD", 3), *numbered("GBPUSD", 2))
    received(fanout, 5)
    client.subscribe("GBPUSD", "USDJPY", "EURUSD", snapshot=True)
    pound, euro = numbered("GBPUSD", 2)[-1], numbered("EURUSD", 3)[-1]
    assert client.receive_some(2) == [as_update(event)[:-1] + ',"snapshot":true}' for event in (pound, euro)]
    assert client.until_pong() == [], "a pair without an event has no snapshot"
    live = rate_event("EURUSD", "9.9")
    kafka.publish(topic, live)
    assert client.receive() == as_update(live), "live updates carry no snapshot member"


def test_a_snapshot_holds_what_the_log_held_before_the_start(serve, kafka, topic):
    kafka.publish(topic, *numbered("EURUSD", 5))
    with serve(topic).client() as client:
        client.subscribe("EURUSD")
        assert client.until_pong() == [], "the past comes only to who asked for it"
        client.subscribe("EURUSD", snapshot=True)
        assert client.receive() == as_update(numbered("EURUSD", 5)[-1])[:-1] + ',"snapshot":true}'


def test_a_tombstone_clears_the_last_value(fanout, client, kafka, topic):
    kafka.publish(topic, rate_event("EURUSD"), rate_event("GBPUSD"), key="EURUSD")
    kafka.publish(topic, None, key="EURUSD")
    kafka.publish(topic, rate_event("USDJPY"), key="USDJPY")
    received(fanout, 3)
    eventually(lambda: "EURUSD" not in snapshot_pairs(client), what="no snapshot of EURUSD")
    assert snapshot_pairs(client) == ["GBPUSD", "USDJPY"]


def snapshot_pairs(client):
    client.subscribe("EURUSD", "GBPUSD", "USDJPY", snapshot=True)
    return [json.loads(text)["event"]["fxRate"]["currencyPair"] for text in client.until_pong()]


def test_a_tombstone_sends_nothing(client, kafka, topic):
    client.subscribe("EURUSD")
    kafka.publish(topic, rate_event("EURUSD", "1.1"), key="EURUSD")
    kafka.publish(topic, None, key="EURUSD")
    kafka.publish(topic, rate_event("EURUSD", "1.2"), key="EURUSD")
    assert client.receive_some(2) == [as_update(rate_event("EURUSD", rate)) for rate in ("1.1", "1.2")]


def test_meta_chains_each_update_to_the_one_before(client, kafka, topic):
    client.subscribe("EURUSD", "GBPUSD", meta=True)
    offsets = [kafka.publish(topic, event)[0] for event in numbered("EURUSD", 1) + numbered("GBPUSD", 2) +
               numbered("EURUSD", 2, first=1)]
    metas = [parts(client.receive())[2] for _ in offsets]
    assert [meta["offset"] for meta in metas] == [f"0-{offset}" for offset in offsets]
    assert [meta["prev"] for meta in metas] == [None, None, f"0-{offsets[1]}", f"0-{offsets[0]}", f"0-{offsets[3]}"]
    assert all(meta["conflated"] == 0 and 0 <= meta["sent"] - meta["kafka"] < 60000 for meta in metas)


def test_meta_is_the_last_member_and_the_event_stays_as_it_is(client, kafka, topic):
    client.subscribe("EURUSD", meta=True)
    event = rate_event("EURUSD", "1.0850")
    kafka.publish(topic, event)
    text = client.receive()
    assert text.startswith(as_update(event)[:-1] + ',"meta":{"offset":"0-0","prev":null,"kafka":')
    assert list(json.loads(text)["meta"]) == ["offset", "prev", "kafka", "sent", "conflated"]


def test_meta_names_the_partition(serve, kafka):
    topic = kafka.new_topic(partitions=3)
    with serve(topic).client() as client:
        client.subscribe("EURUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 2), partition=2)
        assert [parts(text)[2]["offset"] for text in client.receive_some(2)] == ["2-0", "2-1"]


def test_a_snapshot_starts_the_chain_of_meta(client, fanout, kafka, topic):
    first, second = kafka.publish(topic, *numbered("EURUSD", 2))
    received(fanout, 2)
    client.subscribe("EURUSD", snapshot=True, meta=True)
    name, snapshot, meta = parts(client.receive())
    assert (name, snapshot, meta["offset"]) == ("EURUSD-1", True, f"0-{second}")
    third, = kafka.publish(topic, *numbered("EURUSD", 1, first=2))
    name, snapshot, meta = parts(client.receive())
    assert (name, snapshot, meta["offset"], meta["prev"]) == ("EURUSD-2", False, f"0-{third}", f"0-{second}")


def test_poison_between_two_updates_leaves_the_chain_whole(client, kafka, topic):
    client.subscribe("EURUSD", meta=True)
    first, _, third = kafka.publish(topic, rate_event("EURUSD"), "not an event", rate_event("EURUSD"))
    metas = [parts(text)[2] for text in client.receive_some(2)]
    assert [(meta["offset"], meta["prev"]) for meta in metas] == [(f"0-{first}", None), (f"0-{third}", f"0-{first}")]


def test_only_who_asked_for_meta_gets_it(fanout, client, kafka, topic):
    with fanout.client() as plain:
        client.subscribe("EURUSD", meta=True)
        plain.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD"))
        assert plain.receive() == as_update(rate_event("EURUSD"))
        assert parts(client.receive())[2]
