"""HTTP by the byte: requests that no library would send, answers as they came."""
import base64
import json
import socket
from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int = 0
    reason: str = ""
    headers: list = field(default_factory=list)
    body: bytes = b""

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


def parse_answer(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    _, status, reason = (lines[0] + "  ").split(" ", 2)
    headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
    return Answer(int(status), reason.strip(), headers, body)


def complete(raw):
    """Whether these bytes hold a whole answer, judged by its Content-Length (an answer 101 has no body)."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        return False
    answer = parse_answer(head + separator)
    length = answer.header("Content-Length")
    return answer.status == 101 or (length is not None and len(body) >= int(length))


def exchange(address, request, timeout_s=10):
    """Sends the bytes, gives the one answer."""
    with socket.create_connection(address, timeout=timeout_s) as peer:
        peer.sendall(request)
        return exchange_on(peer)


def exchange_on(peer):
    """The one answer that comes on a connection."""
    raw = b""
    while not complete(raw):
        more = peer.recv(65536)
        if not more:
            break
        raw += more
    assert raw, "the server closed the connection without an answer"
    return parse_answer(raw)


def request(path="/", *headers, method="GET", version="1.1", host="localhost"):
    """A request's bytes; `headers` are whole lines, in their order, so that any may be given twice."""
    lines = [f"{method} {path} HTTP/{version}"] + ([f"Host: {host}"] if host else []) + list(headers)
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode(),
)


def upgrade(*more, without="", path="/ws/fx-rates", **options):
    """An upgrade's bytes; `without` leaves out the header of that name."""
    lines = [line for line in UPGRADE if not without or not line.lower().startswith(without.lower() + ":")]
    return request(path, *lines, *more, **options)
