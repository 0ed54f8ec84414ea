"""Several wsfanout on one topic and group, and one that comes back."""
import json

import pytest

from kit.events import as_update, numbered, rate_event
from kit.fanout import Fanout
from kit.process import run
from kit.waiting import eventually


def test_two_replicas_of_one_group_both_deliver_everything(serve, kafka):
    topic = kafka.new_topic(partitions=4)
    pairs = ["EURUSD", "GBPUSD", "USDJPY", "AUDUSD"]
    with serve(topic, group="one").client() as left, serve(topic, group="one").client() as right:
        for client in (left, right):
            client.subscribe(*pairs)
        for partition, pair in enumerate(pairs):
            kafka.publish(topic, *numbered(pair, 50), partition=partition)
        for client in (left, right):
            messages = client.receive_some(200)
            for pair in pairs:
                assert [m for m in messages if f'"{pair}"' in m] == [as_update(e) for e in numbered(pair, 50)]


@pytest.mark.parametrize("shards", ["1", "4"])
def test_the_clients_of_each_shard_get_everything(serve, kafka, topic, shards):
    server = serve(topic, "--shards", shards)
    clients = [server.connect() for _ in range(24)]
    for client in clients:
        client.subscribe("EURUSD")
    kafka.publish(topic, *numbered("EURUSD", 100))
    for client in clients:
        assert client.receive_some(100) == [as_update(event) for event in numbered("EURUSD", 100)]
        client.drop()


def test_a_restart_replays_no_old_price_and_still_knows_the_last_values(serve, kafka, topic):
    first = serve(topic, group="restart")
    with first.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, *numbered("EURUSD", 5))
        client.receive_some(5)
    first.stop()
    kafka.publish(topic, *numbered("EURUSD", 3, first=5))
    second = serve(topic, group="restart")
    with second.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD", "2.0"))
        assert client.receive() == as_update(rate_event("EURUSD", "2.0")), "the first update is a live one"
        client.subscribe("EURUSD", snapshot=True)
        assert client.receive() == as_update(rate_event("EURUSD", "2.0"))[:-1] + ',"snapshot":true}'


def test_a_client_that_subscribed_before_the_head_was_reached_gets_no_old_price(start, kafka, topic):
    """The listener opens at once; what the tail at start holds goes to nobody."""
    kafka.publish(topic, *numbered("EURUSD", 20_000))
    server = start(Fanout, brokers=kafka.address, topic=topic)
    with server.client() as client:
        client.subscribe("EURUSD")
        server.wait_until_ready()
        kafka.publish(topic, rate_event("EURUSD", "2.0"))
        assert client.receive() == as_update(rate_event("EURUSD", "2.0"))


def test_last_values_come_from_a_bounded_tail(serve, kafka, topic):
    """The default tail is 10,000 records a partition: a pair silent for longer has no snapshot."""
    kafka.publish(topic, rate_event("CHFJPY"), *numbered("EURUSD", 12_000), rate_event("GBPUSD"))
    with serve(topic).client() as client:
        client.subscribe("CHFJPY", "EURUSD", "GBPUSD", snapshot=True)
        names = [json.loads(text)["event"]["fxRate"]["currencyPair"] for text in client.until_pong()]
    assert names == ["EURUSD", "GBPUSD"]


def test_progress_is_committed_under_the_configured_group(serve, kafka, topic):
    server = serve(topic, group="tools-look-here")
    with server.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, *numbered("EURUSD", 7))
        client.receive_some(7)
    server.stop()
    assert kafka.committed("tools-look-here", topic) == 7


def test_progress_is_committed_while_it_runs(serve, kafka, topic):
    serve(topic, group="running")
    kafka.publish(topic, *numbered("EURUSD", 7))
    eventually(lambda: kafka.committed("running", topic) == 7, 20, "position 7 is committed")


def test_a_kill_loses_nothing_for_the_next_start(start, serve, kafka, topic):
    first = serve(topic, group="killed")
    kafka.publish(topic, *numbered("EURUSD", 3))
    first.kill()
    kafka.publish(topic, *numbered("EURUSD", 2, first=3))
    with serve(topic, group="killed").client() as client:
        client.subscribe("EURUSD", snapshot=True)
        assert client.receive() == as_update(numbered("EURUSD", 5)[-1])[:-1] + ',"snapshot":true}'


def test_partitions_that_appear_while_running_are_read_from_their_start(serve, kafka):
    topic = kafka.new_topic()
    with serve(topic).client() as client:
        client.subscribe("EURUSD")
        kafka.widen(topic, 2)
        with_kcat(kafka, topic, 1, rate_event("EURUSD", "3.0"))
        assert client.receive(40) == as_update(rate_event("EURUSD", "3.0"))


def with_kcat(kafka, topic, partition, event):
    """A producer that started after the topic grew, and so knows the new partition."""
    done = run(["kcat", "-q", "-b", kafka.address, "-P", "-t", topic, "-p", str(partition)], stdin=event)
    assert done.exit_code == 0, done.err.text
