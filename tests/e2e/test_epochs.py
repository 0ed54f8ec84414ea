"""A topic that is deleted and made anew under its name: positions of the two logs are never taken for each other."""
import json

from kit.events import numbered
from kit.waiting import eventually


def receive_chain(client, count):
    """(offset, prev) of each update."""
    metas = [json.loads(text)["meta"] for text in client.receive_some(count, deadline_s=30)]
    return [(meta["offset"], meta["prev"]) for meta in metas]


def wait_for_epoch(server, epoch):
    eventually(lambda: server.counter("wsfanout_partition_epoch") == epoch, 20, f"epoch {epoch}")


def resume(client, position, **more):
    client.send({"action": "subscribe", "currencyPairs": ["EURUSD"], "resume": {"EURUSD": position}, **more})
    return client.receive_json()["recovered"]["EURUSD"]


def test_a_log_made_anew_while_running_is_read_on_with_the_next_epoch(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD", meta=True)
        kafka.publish(topic, *numbered("EURUSD", 10))
        assert receive_chain(client, 10)[-1] == ("0-9", "0-8")
        kafka.remake(topic)
        kafka.publish(topic, *numbered("EURUSD", 2, first=10))
        assert receive_chain(client, 2) == [("1.0-0", "0-9"), ("1.0-1", "1.0-0")]
        kafka.publish(topic, *numbered("EURUSD", 6, first=12))
        assert receive_chain(client, 6)[-1] == ("1.0-7", "1.0-6")
    with fanout.client() as client:
        assert resume(client, "0-9") is False
        assert client.receive_json() == {"type": "gap", "currencyPair": "EURUSD", "from": "0-9", "to": "1.0-7"}
        assert client.receive_json()["snapshot"] is True
    with fanout.client() as client:
        assert resume(client, "1.0-5", meta=True) is True
        assert receive_chain(client, 2) == [("1.0-6", "1.0-5"), ("1.0-7", "1.0-6")]


def test_two_replicas_agree_on_the_epoch_and_one_that_comes_later_too(serve, kafka, topic):
    replicas = [serve(topic, group="agree"), serve(topic, group="agree")]
    kafka.publish(topic, *numbered("EURUSD", 10))
    for server in replicas:
        server.wait_for_counter("wsfanout_events_total", 10)
    kafka.remake(topic)
    kafka.publish(topic, *numbered("EURUSD", 3, first=10))
    for server in replicas:
        wait_for_epoch(server, 1)
        server.wait_for_counter("wsfanout_events_total", 13)
    eventually(lambda: kafka.committed("agree", topic) == 3, 20, "the new log's position is committed")
    later = serve(topic, group="agree")
    wait_for_epoch(later, 1)
    with later.client() as client:
        assert resume(client, "1.0-0", meta=True) is True
        assert receive_chain(client, 2) == [("1.0-1", "1.0-0"), ("1.0-2", "1.0-1")]


def test_the_epoch_outlives_a_restart_and_grows_with_each_log(serve, kafka, topic):
    server = serve(topic, group="again")
    kafka.publish(topic, *numbered("EURUSD", 10))
    server.wait_for_counter("wsfanout_events_total", 10)
    kafka.remake(topic)
    kafka.publish(topic, *numbered("EURUSD", 5, first=10))
    server.wait_for_counter("wsfanout_events_total", 15)
    server.stop()
    server = serve(topic, group="again")
    assert server.counter("wsfanout_partition_epoch") == 1
    kafka.remake(topic)
    kafka.publish(topic, *numbered("EURUSD", 2, first=15))
    wait_for_epoch(server, 2)


def test_a_log_made_anew_while_one_replica_was_away_has_the_epoch_of_the_other(serve, kafka, topic):
    away, stays = serve(topic, group="away"), serve(topic, group="away")
    kafka.publish(topic, *numbered("EURUSD", 10))
    for server in (away, stays):
        server.wait_for_counter("wsfanout_events_total", 10)
    away.stop()
    kafka.remake(topic)
    kafka.publish(topic, *numbered("EURUSD", 3, first=10))
    back = serve(topic, group="away")
    for server in (stays, back):
        wait_for_epoch(server, 1)


def test_after_a_log_was_made_anew_while_all_were_away_an_old_position_holds_no_news_back(serve, kafka, topic):
    """Kafka forgets a group's commits with the topic, so the epoch begins at 0 again, and the position of the old log
    may be one that this server has yet to reach."""
    server = serve(topic, group="all-away")
    kafka.publish(topic, *numbered("EURUSD", 3000))
    server.wait_for_counter("wsfanout_events_total", 3000)
    server.stop()
    kafka.remake(topic)
    kafka.publish(topic, *numbered("EURUSD", 3, first=3000))
    server = serve(topic, group="all-away")
    with server.client() as client:
        resume(client, "0-2999", meta=True)
        heard = []
        eventually(lambda: publish_and_hear(kafka, topic, client, heard), 20, "an update")
        assert (heard[0]["type"], heard[0]["from"]) == ("gap", "0-2999")
        assert heard[1]["meta"]["offset"] == heard[0]["to"]


def publish_and_hear(kafka, topic, client, heard):
    kafka.publish(topic, *numbered("EURUSD", 1))
    heard += [json.loads(text) for text in client.until_pong()]
    return len(heard) > 1
