"""SIGTERM: clients are told to come back, what they were owed arrives, the exit code is 0. And what systemd hears."""
import signal
import socket
import threading
import time

import pytest

from kit.client import Closed, WsClient
from kit.events import as_update, rate_event
from kit.fanout import Fanout
from kit.waiting import eventually


def test_sigterm_closes_with_1012_and_ends_with_0(fanout):
    clients = [fanout.connect() for _ in range(20)]
    fanout.send_signal(signal.SIGTERM)
    for client in clients:
        closed = client.expect_close()
        assert (closed.code, closed.reason) == (1012, "service restart")
    assert fanout.wait() == 0


def test_sigint_drains_too(fanout):
    with fanout.client() as client:
        fanout.send_signal(signal.SIGINT)
        assert client.expect_close().code == 1012
    assert fanout.wait() == 0


def test_sigterm_during_fan_out_loses_nothing_before_the_close(serve, kafka, topic):
    """While it drains a session gets its updates, in order and without a hole, until its own 1012."""
    server = serve(topic, drain="1s")
    clients = [server.connect() for _ in range(10)]
    for client in clients:
        client.subscribe("EURUSD")
    stop = threading.Event()
    published = []

    def publish():
        while not stop.is_set():
            published.append(rate_event("EURUSD", f"1.{len(published):06d}"))
            kafka.publish(topic, published[-1])

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        for client in clients:
            client.receive_some(10)
        server.send_signal(signal.SIGTERM)
        got = [read_to_the_end(client) for client in clients]
    finally:
        stop.set()
        publisher.join()
    assert server.wait() == 0
    for messages, closed in got:
        assert closed.code == 1012
        assert messages == [as_update(event) for event in published[10:10 + len(messages)]]


def read_to_the_end(client):
    messages = []
    try:
        while True:
            messages.append(client.receive())
    except Closed as closed:
        return messages, closed


def test_the_closes_are_spread_over_the_drain_window(serve, topic):
    server = serve(topic, drain="2s")
    clients = [server.connect() for _ in range(20)]
    begun = time.monotonic()
    server.send_signal(signal.SIGTERM)
    ends = []
    threads = [threading.Thread(target=lambda c=c: (c.expect_close(), ends.append(time.monotonic() - begun))) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.wait() == 0
    assert len(ends) == 20 and max(ends) - min(ends) > 0.5, f"closed between {min(ends):.2f} and {max(ends):.2f} s"


def test_while_it_drains_it_is_not_ready(serve, topic):
    """Readiness goes first, so that a balancer sends nobody here; a new connection is not taken."""
    server = serve(topic, drain="5s")
    probe = socket.create_connection(server.address, timeout=10)
    clients = [server.connect() for _ in range(5)]
    server.send_signal(signal.SIGTERM)
    server.err.wait_for("shutting down")
    probe.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = probe.recv(4096)
    assert answer == b"" or b" 503 " in answer.split(b"\r\n")[0] + b" "
    eventually(lambda: refused(server), what="new connections are refused")
    server.send_signal(signal.SIGTERM)
    server.wait()
    for client in clients:
        client.drop()


def refused(server):
    try:
        WsClient(server.url, welcome=False).drop()
        return False
    except Exception:  # refused, reset, or an answer 503: each keeps new clients away
        return True


def test_a_second_signal_ends_it_at_once(serve, topic):
    server = serve(topic, drain="60s")
    clients = [server.connect() for _ in range(3)]
    server.send_signal(signal.SIGTERM)
    server.err.wait_for("shutting down")
    server.send_signal(signal.SIGTERM)
    assert server.wait(3) in (0, 128 + signal.SIGTERM)
    for client in clients:
        client.drop()


def test_without_clients_it_ends_at_once(serve, topic):
    server = serve(topic, drain="60s")
    server.send_signal(signal.SIGTERM)
    assert server.wait(5) == 0


def test_a_client_that_never_answers_the_close_does_not_hold_the_end_up(serve, topic):
    server = serve(topic, drain="500ms")
    silent = server.connect()
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
    silent.drop()


class NotifySocket:
    """What systemd listens on."""

    def __init__(self, path):
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.settimeout(10)

    def wait_for(self, word):
        while True:
            lines = self._socket.recv(4096).decode().splitlines()
            if word in lines:
                return lines


@pytest.fixture
def notify_socket(tmp_path):
    return NotifySocket(tmp_path / "notify")


def test_systemd_is_told_of_readiness_and_of_the_end(start, kafka, topic, notify_socket):
    server = start(Fanout, brokers=kafka.address, topic=topic, env={"NOTIFY_SOCKET": notify_socket.path})
    notify_socket.wait_for("READY=1")
    server.send_signal(signal.SIGTERM)
    notify_socket.wait_for("STOPPING=1")
    assert server.wait() == 0


def test_systemds_watchdog_is_fed_from_the_loop(start, kafka, topic, notify_socket):
    start(Fanout, brokers=kafka.address, topic=topic,
          env={"NOTIFY_SOCKET": notify_socket.path, "WATCHDOG_USEC": "1000000"})
    for _ in range(3):
        notify_socket.wait_for("WATCHDOG=1")
