"""A WebSocket server that says what a test wrote down, frame by frame."""
import base64
import contextlib
import hashlib
import json
import re
import socket
import struct
import threading

CLOSE = 0x88
TEXT = 0x81


def frame(kind, payload):
    assert len(payload) < 65536
    size = [len(payload)] if len(payload) < 126 else [126, *struct.pack("!H", len(payload))]
    return bytes([kind, *size]) + payload


def close_frame(code):
    return frame(CLOSE, struct.pack("!H", code))


def text_frame(**members):
    return frame(TEXT, json.dumps(members).encode())


def unmasked(raw):
    """The text of a client's frame (RFC 6455 section 5.2), of fewer than 65,536 bytes."""
    if not raw:
        return ""
    at = 4 if raw[1] & 0x7F == 126 else 2
    mask, payload = raw[at:at + 4], raw[at + 4:]
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)).decode(errors="replace")


def upgrade(peer):
    """The target that was asked for."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.recv(4096)
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request).group(1)
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    return request.split(b" ")[1].decode()


@contextlib.contextmanager
def answering_once(raw):
    """The URL of a server that answers the first thing it is told with these bytes, whatever they are, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def answer():
            peer, _ = listener.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(raw)

        threading.Thread(target=answer, daemon=True).start()
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/"


class Scripted:
    """A server with one list of frames for each connection in turn: sent after what the client says first, or at once."""

    def __init__(self, *connections, at_once=False):
        self._at_once = at_once
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peers = []
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.targets = []  # of each request
        self.heard = []  # what each client said first
        self.asked = threading.Semaphore(0)  # once for each client that said something
        threading.Thread(target=self._serve, args=(connections,), daemon=True).start()

    def _serve(self, connections):
        for frames in connections:
            peer, _ = self._listener.accept()
            self._peers.append(peer)
            self.targets.append(upgrade(peer))
            if not self._at_once:
                self.heard.append(unmasked(peer.recv(4096)))
            self.asked.release()
            peer.sendall(b"".join(frames))
            if frames and frames[-1][0] == CLOSE:
                peer.recv(4096)
                peer.close()

    def close(self):
        for one in (self._listener, *self._peers):
            one.close()
