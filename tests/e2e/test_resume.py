"""Clients that come back: to the same server, to a restarted one, to another replica."""
import json

from kit.events import as_update, numbered
from kit.waiting import eventually


def position_of(text):
    return json.loads(text)["meta"]["offset"]


def resume(client, pair, position, **more):
    client.send({"action": "subscribe", "currencyPairs": [pair], "resume": {pair: position}, **more})


def chain_of(texts):
    """(offset, prev) of each update."""
    metas = [json.loads(text)["meta"] for text in texts]
    return [(meta["offset"], meta["prev"]) for meta in metas]


def first_ten(server, kafka, topic):
    """The position of the last of ten updates that a client got before its connection ended."""
    with server.client() as client:
        client.subscribe("EURUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 10))
        return position_of(client.receive_some(10)[-1])


def resumed_all(server, position, kafka, topic):
    with server.client() as client:
        resume(client, "EURUSD", position, meta=True)
        assert client.receive_json()["recovered"] == {"EURUSD": True}
        missed = client.receive_some(5)
        kafka.publish(topic, *numbered("EURUSD", 1, first=15))
        texts = [*missed, client.receive()]
    assert [json.loads(text)["event"]["eventId"] for text in texts] == [
        json.loads(event)["eventId"] for event in numbered("EURUSD", 6, first=10)]
    last = position
    for offset, prev in chain_of(texts):
        assert prev == last, "every link of the chain is there"
        last = offset


def test_what_was_missed_comes_first_and_then_the_news(fanout, kafka, topic):
    position = first_ten(fanout, kafka, topic)
    kafka.publish(topic, *numbered("EURUSD", 5, first=10))
    resumed_all(fanout, position, kafka, topic)


def test_a_position_outlives_the_server(serve, kafka, topic):
    first = serve(topic)
    position = first_ten(first, kafka, topic)
    first.stop()
    kafka.publish(topic, *numbered("EURUSD", 5, first=10))
    resumed_all(serve(topic), position, kafka, topic)


def test_a_position_is_understood_by_every_replica(serve, kafka, topic):
    position = first_ten(serve(topic), kafka, topic)
    kafka.publish(topic, *numbered("EURUSD", 5, first=10))
    resumed_all(serve(topic), position, kafka, topic)


def test_a_history_that_begins_later_is_a_gap_and_the_newest_value(serve, kafka, topic):
    server = serve(topic, "--history", "3")
    position = first_ten(server, kafka, topic)
    kafka.publish(topic, *numbered("EURUSD", 9, first=10))
    eventually(lambda: server.spring_metric("websocket.events.received") >= 19, what="all events received")
    newest = as_update(numbered("EURUSD", 1, first=18)[0])[:-1] + ',"snapshot":true}'
    with server.client() as client:
        resume(client, "EURUSD", position)
        assert client.receive_json()["recovered"] == {"EURUSD": False}
        assert client.receive_json() == {"type": "gap", "currencyPair": "EURUSD", "from": position, "to": "0-18"}
        assert client.receive() == newest
    assert server.metrics().value("wsfanout_resumes_gap_total") == 1


def test_a_malformed_position_is_refused_and_nothing_changes(fanout):
    with fanout.client() as client:
        resume(client, "EURUSD", "yesterday", id=7)
        refusal = client.receive_json()
        assert (refusal["type"], refusal["code"], refusal["id"]) == ("error", "invalid_format", 7)
