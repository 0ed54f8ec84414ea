"""Whatever a producer does that Kafka allows: compression, transactions, headers, batches, keys of any kind."""
import pytest
from confluent_kafka import Producer

from kit.events import as_update, numbered, rate_event
from kit.process import run


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_records_arrive(fanout, kafka, topic, codec):
    events = numbered("EURUSD", 200)
    with fanout.client() as client:
        client.subscribe("EURUSD")
        done = run(["kcat", "-q", "-b", kafka.address, "-P", "-t", topic, "-p", "0", "-z", codec], stdin="\n".join(events) + "\n")
        assert done.exit_code == 0, done.err.text
        assert client.receive_some(200) == [as_update(event) for event in events]


class Transactions:
    """A producer whose records count when their transaction is committed."""

    def __init__(self, kafka, topic):
        self._producer = Producer({"bootstrap.servers": kafka.address, "transactional.id": topic, "log_level": 2})
        self._producer.init_transactions(20)
        self._topic = topic

    def write(self, *events):
        self._producer.begin_transaction()
        for event in events:
            self._producer.produce(self._topic, event.encode(), partition=0)
        self._producer.flush(20)

    def commit(self):
        self._producer.commit_transaction(20)

    def abort(self):
        self._producer.abort_transaction(20)


def test_committed_records_arrive_and_aborted_ones_do_not(fanout, kafka, topic):
    transactions = Transactions(kafka, topic)
    with fanout.client() as client:
        client.subscribe("EURUSD")
        transactions.write(rate_event("EURUSD", "1.1"))
        transactions.abort()
        transactions.write(rate_event("EURUSD", "1.2"))
        transactions.commit()
        kafka.publish(topic, rate_event("EURUSD", "1.3"))
        assert client.receive_some(2) == [as_update(rate_event("EURUSD", rate)) for rate in ("1.2", "1.3")]


def test_a_log_that_ends_in_no_event_is_read_to_its_head(serve, kafka, topic):
    """The last offset of a transaction is a marker that no consumer sees: waiting for it would be waiting for ever."""
    transactions = Transactions(kafka, topic)
    transactions.write(rate_event("EURUSD", "1.1"))
    transactions.commit()
    with serve(topic).client() as client:
        client.subscribe("EURUSD", snapshot=True)
        assert client.receive() == as_update(rate_event("EURUSD", "1.1"))[:-1] + ',"snapshot":true}'


def test_a_log_of_nothing_but_aborted_records_is_read_to_its_head(serve, kafka, topic):
    transactions = Transactions(kafka, topic)
    transactions.write(*numbered("EURUSD", 50))
    transactions.abort()
    with serve(topic).client() as client:
        client.subscribe("EURUSD", snapshot=True)
        assert client.until_pong() == []
        kafka.publish(topic, rate_event("EURUSD", "1.3"))
        assert client.receive() == as_update(rate_event("EURUSD", "1.3"))


def test_headers_and_keys_of_any_bytes_change_nothing(fanout, kafka, topic):
    producer = Producer({"bootstrap.servers": kafka.address, "log_level": 2})
    with fanout.client() as client:
        client.subscribe("EURUSD")
        for key in (b"\xff\x00", b"", b"k" * 10_000):
            producer.produce(topic, rate_event("EURUSD").encode(), key, 0, headers=[("traceparent", b"00-\xff"), ("empty", None)])
        producer.flush(10)
        assert client.receive_some(3) == [as_update(rate_event("EURUSD"))] * 3
