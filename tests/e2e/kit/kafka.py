"""A real Kafka broker, topics of one test each, and publishing with the exact bytes."""
import itertools
import os
import re
import subprocess
import sys
import tempfile

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from .process import run
from .waiting import FACTOR, eventually

TOPIC_SCRIPT = os.path.join(os.path.dirname(__file__), "..", "..", "kafka-broker", "topic.py")
KAFKA_SCRIPT = os.path.join(os.path.dirname(__file__), "..", "..", "..", "scripts", "kafka.sh")
CANNOT_BE_HAD = 3


class KafkaUnavailable(Exception):
    """There is no Kafka on this machine, and none can be fetched."""


class Cluster:
    """A running Kafka that somebody else starts and stops: topics and publishing."""

    _names = itertools.count(1)

    def __init__(self, address, **security):
        self.address = address
        quiet = {**security, "bootstrap.servers": address, "log_level": 2, "reconnect.backoff.max.ms": 200}
        self._quiet = quiet
        self._admin = AdminClient(quiet)
        self._producer = Producer({**quiet, "linger.ms": 0, "message.timeout.ms": 60000, "message.max.bytes": 2_000_000})

    def new_topic(self, partitions=1, name="fx-rates"):
        """A topic that no other test uses, with this name and an ending; the broker takes its records when this returns."""
        name = f"{name}-{Cluster.new_ending()}"
        self.create(name, partitions)
        return name

    @staticmethod
    def new_ending():
        return f"{os.getpid()}-{next(Cluster._names)}"

    def create(self, name, partitions=1):
        settings = {"max.message.bytes": "2000000"}
        for created in self._admin.create_topics([NewTopic(name, partitions, 1, config=settings)]).values():
            created.result(timeout=20 * FACTOR)
        self._wait_for_partitions(name, partitions)

    def remake(self, topic, partitions=1):
        """Deletes the topic and makes it anew, under the same name, with an empty log."""
        self.delete(topic)
        self.create(topic, partitions)

    def delete(self, topic):
        for deleted in self._admin.delete_topics([topic]).values():
            deleted.result(timeout=20 * FACTOR)
        eventually(lambda: topic not in self._admin.list_topics(timeout=5).topics, 20, f"{topic} is gone")

    def truncate(self, topic, before, partition=0):
        """Deletes the records below this offset, as retention does."""
        done = run([sys.executable, TOPIC_SCRIPT, "--port", self.address.rsplit(":", 1)[1], "--truncate", topic,
                    "--partition", str(partition), "--before", str(before)])
        assert done.exit_code == 0, done.err.text

    def widen(self, topic, partitions):
        """More partitions for a topic that is in use."""
        for widened in self._admin.create_partitions([NewPartitions(topic, partitions)]).values():
            widened.result(timeout=20 * FACTOR)
        self._wait_for_partitions(topic, partitions)

    def _wait_for_partitions(self, topic, count):
        eventually(lambda: len(self._admin.list_topics(topic, timeout=5).topics[topic].partitions) == count, 20,
                   f"{topic} has {count} partitions")

    def publish(self, topic, *values, key=None, partition=0, headers=None, deadline_s=20):
        """Appends the values (text, bytes, None for a tombstone) in their order; the offset of each."""
        offsets = []

        def delivered(error, message):
            assert error is None, f"Kafka did not take a record: {error}"
            offsets.append(message.offset())

        for value in values:
            raw = value.encode() if isinstance(value, str) else value
            while True:
                try:
                    self._producer.produce(topic, raw, key=key, partition=partition, headers=headers or {},
                                           on_delivery=delivered)
                    break
                except BufferError:
                    self._producer.poll(0.1)
        left = self._producer.flush(deadline_s * FACTOR)
        assert left == 0 and len(offsets) == len(values), f"{left} records were not taken within {deadline_s} s"
        return offsets

    def committed(self, group, topic, partition=0):
        """The position that the group has committed; None without one."""
        consumer = Consumer({**self._quiet, "group.id": group})
        try:
            offset = consumer.committed([TopicPartition(topic, partition)], timeout=10 * FACTOR)[0].offset
            return offset if offset >= 0 else None
        finally:
            consumer.close()

    def records(self, topic, count, partition=0, deadline_s=20):
        """(key, value) of the first `count` records, to the byte; None where there is no key, or no value."""
        consumer = Consumer({**self._quiet, "group.id": "test", "enable.auto.commit": False})
        try:
            consumer.assign([TopicPartition(topic, partition, 0)])
            messages = consumer.consume(count, deadline_s * FACTOR)
            assert len(messages) == count and not any(message.error() for message in messages), f"{len(messages)} of {count} records"
            return [(message.key(), message.value()) for message in messages]
        finally:
            consumer.close()

    def read_with_kcat(self, topic, count, *options):
        """The values of the first `count` records, read by kcat."""
        reading = run(["kcat", "-q", "-b", self.address, "-C", "-t", topic, "-o", "beginning", "-c", str(count), *options],
                      deadline_s=30)
        assert reading.exit_code == 0, reading.err.text
        return reading.out.lines


class Broker(Cluster):
    """A broker of this test's own, which it may stop, kill and start again: same port, same data. `settings` are of
    the broker, `security` is what the test itself needs to be let in."""

    def __init__(self, partitions=1, settings=(), **security):
        self._folder = tempfile.TemporaryDirectory(prefix="wsf-kafka-", ignore_cleanup_errors=True)
        self._partitions = partitions
        self._settings = [word for setting in settings for word in ("--set", setting)]
        self.port = self._start()
        super().__init__(f"127.0.0.1:{self.port}", **security)

    def _script(self, *arguments, stdin=""):
        done = subprocess.run(["bash", KAFKA_SCRIPT, *arguments, "--dir", self._folder.name], input=stdin,
                              capture_output=True, text=True, timeout=600)
        if done.returncode == CANNOT_BE_HAD:
            raise KafkaUnavailable(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _start(self):
        return int(re.search(r"port=(\d+)", self._script("start", "--partitions", str(self._partitions), *self._settings)).group(1))

    def start(self):
        assert self._start() == self.port

    def ensure_running(self):
        try:
            self._script("status")
        except AssertionError:
            self.start()

    def add_scram_user(self, name, password, client_config):
        """`client_config`: a file that lets a Java client in."""
        self._script("user", "--name", name, "--config", str(client_config), stdin=password + "\n")

    def stop(self):
        self._script("stop")

    def kill(self):
        self._script("kill")

    def remove(self):
        self.kill()
        self._folder.cleanup()
