"""The log gives up records before the server has read them: who watches positions is told, and nobody else."""
import json
import signal
import time

from kit.events import as_update, numbered
from kit.waiting import eventually

FETCH_WAIT_S = 0.1  # how long the broker holds a fetch: one that is under way would bring the first record


def lose_some(server, kafka, topic):
    """Records 10 to 49 are gone before the server, which stands still, can read them."""
    server.send_signal(signal.SIGSTOP)
    held = time.monotonic()
    eventually(lambda: time.monotonic() - held > 5 * FETCH_WAIT_S, what="the end of the fetch under way")
    kafka.publish(topic, *numbered("EURUSD", 50, first=10))
    kafka.truncate(topic, before=50)
    server.send_signal(signal.SIGCONT)


def test_records_that_were_deleted_unread_are_a_gap(fanout, kafka, topic):
    with fanout.client() as watcher, fanout.client() as other:
        watcher.subscribe("EURUSD", meta=True)
        other.subscribe("EURUSD")
        kafka.publish(topic, *numbered("EURUSD", 10))
        for client in (watcher, other):
            client.receive_some(10)
        lose_some(fanout, kafka, topic)
        assert watcher.receive_json(20) == {"type": "gap", "currencyPair": "EURUSD", "from": "0-9", "to": "0-50"}
        assert json.loads(watcher.receive_some(10)[0])["meta"]["offset"] == "0-50", "same epoch"
        assert other.receive_some(10) == [as_update(event) for event in numbered("EURUSD", 10, first=50)]
    assert fanout.counter("wsfanout_gaps_told_total") == 1
    with fanout.client() as client:
        client.send({"action": "subscribe", "currencyPairs": ["EURUSD"], "resume": {"EURUSD": "0-9"}})
        assert client.receive_json()["recovered"] == {"EURUSD": False}, "nobody resumes across the hole"
        assert client.receive_json()["type"] == "gap"
