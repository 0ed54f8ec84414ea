"""A WebSocket client for tests: exact texts in and out, frames by the byte where a test needs them."""
import json
import socket
import struct
import time

import websocket
from websocket import ABNF

from .waiting import deadline_in

# websocket-client 1.2 refuses close codes that were registered after RFC 6455 (1012, 1013, 1014).
websocket._abnf.VALID_CLOSE_STATUS += (1012, 1013, 1014)


class Closed(Exception):
    """The server closed the connection: its code and reason (1006 where no close frame came)."""

    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason!r}")
        self.code = code
        self.reason = reason


class WsClient:
    """One connection. The welcome is received on the way in, unless welcome=False."""

    def __init__(self, url, *, welcome=True, answers_pings=True, receive_buffer_bytes=None, headers=None, **options):
        sockopt = [(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)] if receive_buffer_bytes else []
        self._ws = websocket.create_connection(url, timeout=10, sockopt=sockopt, header=headers or [], **options)
        self.pings = 0
        if not answers_pings:
            self._ws.pong = lambda payload="": None
        self.welcome = self.receive_json() if welcome else None

    @property
    def socket(self):
        return self._ws.sock

    @property
    def handshake_headers(self):
        return self._ws.handshake_response.headers

    def send(self, message):
        self._ws.send(message if isinstance(message, str) else json.dumps(message, separators=(",", ":")))

    def send_frame(self, opcode, payload, fin=1):
        self._ws.send_frame(ABNF.create_frame(payload, opcode, fin))

    def send_bytes(self, raw):
        self.socket.sendall(raw)

    def receive(self, deadline_s=10):
        """The next message's text. Raises Closed when the connection ends instead."""
        end = deadline_in(deadline_s)
        while True:
            opcode, payload = self._next_frame(end)
            if opcode == ABNF.OPCODE_TEXT:
                return payload.decode("utf-8")
            if opcode == ABNF.OPCODE_PING:
                self.pings += 1
            elif opcode == ABNF.OPCODE_CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                raise Closed(code, payload[2:].decode("utf-8"))
            elif opcode == ABNF.OPCODE_BINARY:
                raise AssertionError(f"the server sent a binary frame: {payload[:80]!r}")

    def _next_frame(self, end):
        self._ws.settimeout(max(0.001, end - time.monotonic()))
        try:
            opcode, frame = self._ws.recv_data_frame(control_frame=True)
        except websocket.WebSocketTimeoutException:
            raise AssertionError("no message came within the deadline") from None
        except (websocket.WebSocketConnectionClosedException, ConnectionError) as error:
            raise Closed(1006, str(error)) from None
        return opcode, frame.data

    def receive_json(self, deadline_s=10):
        return json.loads(self.receive(deadline_s))

    def receive_some(self, count, deadline_s=10):
        return [self.receive(deadline_s) for _ in range(count)]

    def ask(self, message, deadline_s=10):
        """Sends a command and gives the next message's text."""
        self.send(message)
        return self.receive(deadline_s)

    def subscribe(self, *pairs, **members):
        answer = json.loads(self.ask({"action": "subscribe", "currencyPairs": list(pairs), **members}))
        assert answer["type"] == "subscribed", answer
        return answer

    def until_pong(self):
        """Everything that the server had sent before it answered a ping of now."""
        self.send({"action": "ping"})
        before = []
        while True:
            text = self.receive()
            if json.loads(text)["type"] == "pong":
                return before
            before.append(text)

    def expect_close(self, deadline_s=10):
        """The close of the server, messages before it left aside."""
        end = deadline_in(deadline_s)
        while True:
            try:
                self.receive(max(0.01, end - time.monotonic()))
            except Closed as closed:
                return closed

    def close(self):
        """The closing handshake from this side: (code, reason) of the server's answer."""
        self._ws.send_close(1000, b"done")
        closed = self.expect_close()
        return closed.code, closed.reason

    def drop(self):
        """Ends the TCP connection without a word."""
        if self._ws.sock:
            self._ws.shutdown()
