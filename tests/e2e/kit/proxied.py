"""Connections as a load balancer passes them on."""
import contextlib
import socket
import struct

from .http import exchange_on

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_1(source):
    family = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {family} {source} {source} 1234 80\r\n".encode()


def version_2(source):
    six = ":" in source
    packed = socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, source)
    addresses = packed + packed + struct.pack("!HH", 1234, 80)
    return SIGNATURE + struct.pack("!BBH", 0x21, 0x21 if six else 0x11, len(addresses)) + addresses


LOCAL = SIGNATURE + struct.pack("!BBH", 0x20, 0, 0)


@contextlib.contextmanager
def connections():
    """Opens connections that end with the block: open_one(address, raw) gives the status of the answer, or "reset"."""
    with contextlib.ExitStack() as stack:
        def open_one(address, raw):
            try:
                peer = stack.enter_context(socket.create_connection(address, timeout=10))
                peer.sendall(raw)
                return exchange_on(peer).status
            except ConnectionError:
                return "reset"

        yield open_one
