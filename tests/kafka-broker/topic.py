#!/usr/bin/python3
"""Creates, deletes, widens or truncates a Kafka topic by one request on a plain TCP connection.

Kafka's own tools start a JVM for each call, which costs seconds; tests that want a topic each cannot afford that.
The request layouts are those of https://kafka.apache.org/protocol (versions before the compact encodings).
"""
import argparse
import socket
import struct
import sys
import time

METADATA, CREATE_TOPICS, DELETE_TOPICS, DELETE_RECORDS, CREATE_PARTITIONS = 3, 19, 20, 21, 37
TOPIC_ALREADY_EXISTS = 36
REQUEST_TIMEOUT_MS = 10_000


def text(value):
    data = value.encode()
    return struct.pack(">h", len(data)) + data


class Reader:
    """Reads the fields of an answer in their order."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        (value,) = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return value

    def text(self):
        length = self.take("h")
        if length < 0:
            return None
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def ints(self):
        return [self.take("i") for _ in range(self.take("i"))]


class Broker:
    """One connection, one request at a time."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=REQUEST_TIMEOUT_MS / 1000 + 5)

    def receive(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the broker closed the connection")
            data += part
        return data

    def ask(self, api, version, body):
        request = struct.pack(">hhi", api, version, 1) + text("topic.py") + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", self.receive(4))
        return Reader(self.receive(length)[4:])


def create(broker, name, partitions, settings):
    configs = b"".join(text(key) + text(value) for key, value in settings)
    body = struct.pack(">i", 1) + text(name) + struct.pack(">ihi", partitions, 1, 0)
    body += struct.pack(">i", len(settings)) + configs + struct.pack(">i?", REQUEST_TIMEOUT_MS, False)
    answer = broker.ask(CREATE_TOPICS, 2, body)
    answer.take("i"), answer.take("i"), answer.text()
    return answer.take("h"), answer.text()


def delete(broker, name):
    answer = broker.ask(DELETE_TOPICS, 1, struct.pack(">i", 1) + text(name) + struct.pack(">i", REQUEST_TIMEOUT_MS))
    answer.take("i"), answer.take("i"), answer.text()
    return answer.take("h"), None


def widen(broker, name, partitions):
    body = struct.pack(">i", 1) + text(name) + struct.pack(">ii", partitions, -1)
    answer = broker.ask(CREATE_PARTITIONS, 0, body + struct.pack(">i?", REQUEST_TIMEOUT_MS, False))
    answer.take("i"), answer.take("i"), answer.text()
    return answer.take("h"), answer.text()


def truncate(broker, name, partition, offset):
    """What retention does: the log begins at the offset afterwards. Asked of the partition's leader."""
    body = struct.pack(">i", 1) + text(name) + struct.pack(">iiq", 1, partition, offset)
    answer = broker.ask(DELETE_RECORDS, 0, body + struct.pack(">i", REQUEST_TIMEOUT_MS))
    answer.take("i"), answer.take("i"), answer.text(), answer.take("i"), answer.take("i"), answer.take("q")
    return answer.take("h"), None


def partitions_with_leader(broker, name):
    dont_create = struct.pack(">?", False)
    answer = broker.ask(METADATA, 4, struct.pack(">i", 1) + text(name) + dont_create)
    answer.take("i")
    for _ in range(answer.take("i")):
        answer.take("i"), answer.text(), answer.take("i"), answer.text()
    answer.text(), answer.take("i"), answer.take("i")
    answer.take("h"), answer.text(), answer.take("?")
    led = 0
    for _ in range(answer.take("i")):
        error, _, leader = answer.take("h"), answer.take("i"), answer.take("i")
        answer.ints(), answer.ints()
        led += error == 0 and leader >= 0
    return led


def wait_for_partitions(broker, name, count):
    """The broker answers a creation before its own metadata shows it; a client that comes at once would miss it."""
    deadline = time.monotonic() + REQUEST_TIMEOUT_MS / 1000
    while partitions_with_leader(broker, name) != count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"topic {name} does not show {count} partitions")
        time.sleep(0.01)  # the broker tells nobody: it has to be asked again


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    verb = parser.add_mutually_exclusive_group(required=True)
    verb.add_argument("--create", metavar="NAME", help="make the topic (one that is there already is left as it is)")
    verb.add_argument("--delete", metavar="NAME")
    verb.add_argument("--widen", metavar="NAME", help="raise its number of partitions")
    verb.add_argument("--truncate", metavar="NAME", help="delete the records of --partition that lie below --before")
    parser.add_argument("--partition", type=int, default=0)
    parser.add_argument("--before", type=int, metavar="OFFSET", default=-1, help="default: all that there are")
    parser.add_argument("--partitions", type=int, default=1)
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="a topic setting")
    arguments = parser.parse_args()

    broker = Broker(arguments.host, arguments.port)
    name = arguments.create or arguments.delete or arguments.widen or arguments.truncate
    if arguments.delete:
        error, why = delete(broker, name)
    elif arguments.widen:
        error, why = widen(broker, name, arguments.partitions)
    elif arguments.truncate:
        error, why = truncate(broker, name, arguments.partition, arguments.before)
    else:
        error, why = create(broker, name, arguments.partitions, [item.split("=", 1) for item in arguments.set])
    if error == TOPIC_ALREADY_EXISTS and arguments.create:
        return
    if error:
        sys.exit(f"topic {name}: Kafka error {error}" + (f": {why}" if why else ""))
    if arguments.truncate:
        return
    wait_for_partitions(broker, name, 0 if arguments.delete else arguments.partitions)


if __name__ == "__main__":
    try:
        main()
    except OSError as failure:
        sys.exit(f"topic.py: {failure}")
