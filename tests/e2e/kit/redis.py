"""A redis-server of a test's own, and a client of it by hand: commands out, replies in."""
import pathlib
import shutil
import signal
import socket
import subprocess

from .waiting import FACTOR, eventually


class RedisUnavailable(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """On a port of 127.0.0.1 that stays its own over restarts; keeps nothing. `authority`: it speaks TLS, as one of its."""

    def __init__(self, folder, *flags, authority=None):
        if shutil.which("redis-server") is None:
            raise RedisUnavailable("no redis-server (scripts/install-packages test)")
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.flags = list(flags)
        self.tls = authority and authority.trusting(authority.identity("asks-redis"))
        if authority:
            identity = authority.identity("redis")
            self.flags = ["--port", "0", "--tls-port", str(self.port), "--tls-cert-file", identity.cert, "--tls-key-file",
                          identity.key, "--tls-ca-cert-file", authority.file, "--tls-auth-clients", "no", *self.flags]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(self.folder), "--logfile", str(self.folder / "redis.log"), *self.flags])
        eventually(self.accepts, 10, "redis-server accepts")
        return self

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=FACTOR).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def remove(self):
        if self.process.poll() is None:
            self.stop()

    @property
    def url(self):
        return f"{'rediss' if self.tls else 'redis'}://127.0.0.1:{self.port}"

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10 * FACTOR)
        return self.tls.wrap_socket(plain, server_hostname="127.0.0.1") if self.tls else plain

    def command(self, *parts, password=None):
        """One command on a connection of its own; the reply's first line."""
        with self.connect() as connection, connection.makefile("rb") as replies:
            for words in ([("AUTH", password)] if password else []) + [parts]:
                connection.sendall(encoded(words))
                reply = replies.readline().decode().rstrip("\r\n")
        assert not reply.startswith("-"), reply
        return reply

    def publish(self, channel, message, **options):
        """The number of those who listened."""
        return int(self.command("PUBLISH", channel, message, **options)[1:])


def encoded(parts):
    items = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"*%d\r\n" % len(items) + b"".join(b"$%d\r\n%s\r\n" % (len(item), item) for item in items)
