"""Replicas without Kafka: what one that has it relays to Redis, they serve with the log's own positions."""
import json

import pytest

from kit.events import as_update, numbered, rate_event
from kit.fanout import Fanout
from kit.process import binary, run
from kit.waiting import eventually

CHANNEL = "fx-rate-updates"


@pytest.fixture
def relay(serve, redis):
    return lambda topic, *flags, **options: serve(topic, "--relay-to", "redis", "--redis", redis.url, *flags, **options)


@pytest.fixture
def relayed(start, redis):
    """A replica fed by Redis; ready once a relay is heard."""
    def start_one(*flags, ready=True, **options):
        server = start(Fanout, "--feed", "redis", "--redis", redis.url, *flags, **options)
        return server.wait_until_ready() if ready else server

    return start_one


def positions(texts):
    metas = [json.loads(text)["meta"] for text in texts]
    return [(meta["offset"], meta["prev"]) for meta in metas]


def first_three(client, kafka, topic):
    """The position of the last of three updates that the client gets."""
    kafka.publish(topic, *numbered("EURUSD", 3))
    return json.loads(client.receive_some(3)[-1])["meta"]["offset"]


def test_each_event_comes_to_the_letter_and_at_its_place_in_the_log(relay, relayed, kafka, topic):
    with relay(topic).client() as near, relayed().client() as far:
        for client in (near, far):
            client.subscribe("EURUSD", "GBPUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 50), *numbered("GBPUSD", 50))
        here, there = near.receive_some(100), far.receive_some(100)
    for pair in ("EURUSD", "GBPUSD"):
        of_pair = [[text for text in texts if f'"{pair}"' in text] for texts in (here, there)]
        assert [json.loads(text)["event"] for text in of_pair[1]] == [json.loads(event) for event in numbered(pair, 50)]
        assert positions(of_pair[0]) == positions(of_pair[1])
    plain = relayed()
    with plain.client() as client:
        client.subscribe("EURUSD")
        event = ' {"eventType" : "FxRateUpdated", "fxRate":{"currencyPair":"EURUSD","rate":1.0850,"bid":1,"ask":2}} '
        kafka.publish(topic, event)
        assert client.receive() == as_update(event)


def test_a_client_goes_from_one_kind_of_replica_to_the_other_without_a_loss(relay, relayed, kafka, topic):
    near, far = relay(topic), relayed()
    with near.client() as client:
        client.subscribe("EURUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 10))
        last = json.loads(client.receive_some(10)[-1])["meta"]["offset"]
    kafka.publish(topic, *numbered("EURUSD", 5, first=10))
    far.wait_for_counter("wsfanout_events_total", 15)
    for server, first in ((far, 10), (near, 15)):
        with server.client() as client:
            answer = client.subscribe("EURUSD", meta=True, resume={"EURUSD": last})
            assert answer["recovered"] == {"EURUSD": True}
            missed = client.receive_some(5)
            assert [json.loads(text)["event"]["eventId"] for text in missed] == [f"EURUSD-{n}" for n in range(first, first + 5)]
            assert positions(missed)[0][1] == last
            last = positions(missed)[-1][0]
        kafka.publish(topic, *numbered("EURUSD", 5, first=first + 5))
        near.wait_for_counter("wsfanout_events_total", first + 10)


def test_a_replica_that_starts_later_knows_the_last_values_and_tells_them_as_no_news(relay, relayed, kafka, topic):
    kafka.publish(topic, rate_event("EURUSD", "1.1"))
    near = relay(topic)
    kafka.publish(topic, rate_event("GBPUSD", "1.2"))
    eventually(lambda: near.counter("wsfanout_relay_published_total") >= 2, 10, "both are relayed")
    with relayed().client() as client:
        client.subscribe("EURUSD", "GBPUSD")
        assert client.until_pong() == []
        client.send({"action": "subscribe", "currencyPairs": ["EURUSD", "GBPUSD"], "snapshot": True})
        texts = client.receive_some(3)[1:]
        assert sorted(json.loads(text)["event"]["fxRate"]["rate"] for text in texts) == [1.1, 1.2]


def test_what_came_while_no_relay_ran_is_told_as_a_gap_and_the_newest_comes(relay, relayed, kafka, topic):
    near, far = relay(topic), relayed()
    with far.client() as client:
        client.subscribe("EURUSD", meta=True)
        last = first_three(client, kafka, topic)
        near.stop()
        kafka.publish(topic, *numbered("EURUSD", 7, first=3))
        relay(topic)
        assert client.receive_json() == {"type": "gap", "currencyPair": "EURUSD", "from": last, "to": "0-9"}
        newest = client.receive_json()
        assert newest["event"]["eventId"] == "EURUSD-9"
        kafka.publish(topic, *numbered("EURUSD", 1, first=10))
        assert client.receive_json()["meta"]["prev"] == newest["meta"]["offset"], "the chain goes on"


def test_while_redis_is_away_prices_are_stale_and_then_nothing_is_missing_silently(relay, relayed, kafka, topic, redis):
    near, far = relay(topic), relayed()
    with far.client() as client:
        client.subscribe("EURUSD", meta=True, status=True)
        last = first_three(client, kafka, topic)
        redis.stop()
        assert client.receive_json()["type"] == "stale"
        kafka.publish(topic, *numbered("EURUSD", 7, first=3))
        near.wait_for_counter("wsfanout_events_total", 10)
        redis.start()
        while last != "0-9":
            message = client.receive_json(30)
            if message["type"] == "gap":
                assert message["from"] == last
                last = None
            elif message["type"] == "rateUpdate":
                assert last in (None, message["meta"]["prev"])
                last = message["meta"]["offset"]
    far.wait_until_ready()


def test_two_relays_tell_it_once(relay, relayed, kafka, topic):
    first, second, far = relay(topic, group="one"), relay(topic, group="two"), relayed()
    with far.client() as client:
        client.subscribe("EURUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 50))
        for server in (first, second):
            eventually(lambda: server.counter("wsfanout_relay_published_total") >= 50, 10, "it has told all")
        texts = client.receive_some(50)
        assert client.until_pong() == []
    assert [json.loads(text)["event"]["eventId"] for text in texts] == [f"EURUSD-{n}" for n in range(50)]
    eventually(lambda: far.counter("wsfanout_relayed_duplicates_total") >= 50, 10, "the other told it as well")
    first.stop()
    assert far.ready()


def test_a_tombstone_clears_the_last_value_there_too(relay, relayed, kafka, topic):
    relay(topic)
    far = relayed()
    kafka.publish(topic, rate_event("EURUSD", "1.1"), key="EURUSD")
    kafka.publish(topic, None, key="EURUSD")
    far.wait_for_counter("wsfanout_tombstones_total", 1)
    with far.client() as client:
        client.subscribe("EURUSD", snapshot=True)
        assert client.until_pong() == []


def test_without_a_relay_it_is_not_ready_and_says_why(relayed, relay, topic, redis):
    far = relayed(ready=False)
    eventually(lambda: far.get("/readyz").text.strip() == "starting: no relay is heard on Redis", 20, "it says so")
    assert far.get("/readyz").status == 503
    assert far.health()["components"]["redis"]["status"] == "UP"
    assert far.health()["components"]["relay"]["status"] == "DOWN"
    near = relay(topic)
    far.wait_until_ready()
    near.stop()
    eventually(lambda: far.get("/readyz").text.strip() == "degraded: no relay is heard on Redis", 20, "it is missed")


def test_what_is_no_relayed_event_is_counted_and_left_out(relay, relayed, kafka, topic, redis):
    relay(topic)
    far = relayed()
    redis.publish(CHANNEL, rate_event("EURUSD"))
    redis.publish(CHANNEL, "{")
    far.wait_for_counter("wsfanout_poison_records_total", 2, cause="missing_field")
    with far.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, *numbered("EURUSD", 1))
        assert client.receive() == as_update(numbered("EURUSD", 1)[0])


@pytest.mark.parametrize("flags, complaint", [
    (["--feed", "redis", "--relay-to", "redis"], "only what comes from Kafka is relayed"),
    (["--relay-to", "redis", "--relay-channel", "a b"], "--relay-channel: 1 to 128 characters without blanks"),
    (["--feed", "redis", "--redis", "redis://:secret@127.0.0.1"], "a process list shows the password"),
    (["--feed", "redis", "--embedded-broker"], "no protocol that is served reads Kafka"),
    (["--keep-subscriptions", "10ms"], "at least 1s"),
])
def test_what_cannot_be_is_refused(flags, complaint):
    done = run([binary("wsfanout"), *flags, "--check-config"])
    assert done.exit_code == 2 and complaint in done.err.text, done.err.text
    assert "secret" not in done.err.text


def test_the_seeds_names_for_redis_are_understood(start, relay, topic, redis):
    relay(topic)
    server = start(Fanout, "--feed", "redis", env={"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port)})
    server.wait_until_ready()
