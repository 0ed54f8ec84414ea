"""Clients that mean harm, or are broken, many at a time."""
import contextlib
import resource
import selectors
import socket

from .http import complete, parse_answer

RESET = (socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def allow_descriptors(count):
    """For this process: many sockets in one test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 256
    assert hard == resource.RLIM_INFINITY or hard >= wanted, f"the hard limit of descriptors is {hard}"
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class SlowHandshakes:
    """Connections that send one byte of a request in each turn, and keep what they are answered."""

    def __init__(self, address, count, request):
        allow_descriptors(count)
        self._request = request
        self._sent = 0
        self._selector = selectors.DefaultSelector()
        self.answers = []
        self._open = {}
        for _ in range(count):
            peer = socket.create_connection(address, timeout=10)
            peer.setblocking(False)
            self._open[peer] = b""
            self._selector.register(peer, selectors.EVENT_READ)

    @property
    def open(self):
        return len(self._open)

    def turn(self):
        byte = self._request[self._sent:self._sent + 1]
        self._sent += 1
        for key, _ in self._selector.select(0):
            self._read(key.fileobj)
        for peer in list(self._open):
            with contextlib.suppress(OSError):
                peer.send(byte)

    def _read(self, peer):
        raw = b""
        with contextlib.suppress(OSError):
            raw = peer.recv(65536)
        self._open[peer] += raw
        if not raw or complete(self._open[peer]):
            self._end(peer)

    def _end(self, peer):
        raw = self._open.pop(peer)
        self.answers.append(parse_answer(raw).status if raw else None)
        self._selector.unregister(peer)
        peer.close()

    def close(self):
        for peer in list(self._open):
            self._end(peer)
        self._selector.close()


def connect_and_reset(address, raw):
    """A connection that says something and is gone without waiting for an answer."""
    with socket.create_connection(address, timeout=10) as peer:
        peer.setsockopt(*RESET)
        peer.sendall(raw)
