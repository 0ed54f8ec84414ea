"""How connections end: limits, violations, silence. Each with its code and reason."""
import os
import socket
import struct

import pytest
from websocket import ABNF

from kit.client import Closed
from kit.events import as_update, rate_event, some_pairs
from kit.frames import masked
from kit.http import complete, parse_answer, upgrade
from kit.waiting import eventually


@pytest.fixture
def server(shared_server):
    return shared_server


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def test_one_connection_too_many_is_told_so_after_the_upgrade(serve, topic):
    server = serve(topic, "--max-connections", "2")
    with server.client() as first, server.client():
        with server.client(welcome=False) as third:
            closed = third.expect_close()
            assert (closed.code, closed.reason) == (1013, "try again later")
        first.drop()
        eventually(lambda: server.spring_metric("websocket.sessions.active") == 1, what="one connection is gone")
        with server.client() as another:
            another.subscribe("EURUSD")


def test_http_is_answered_while_all_connections_are_taken(serve, topic):
    server = serve(topic, "--max-connections", "1")
    with server.client():
        assert server.get("/healthz").status == 200


def test_a_lower_subscription_limit_is_named_in_the_error(serve, topic):
    with serve(topic, "--max-subscriptions", "2").client() as client:
        assert client.ask({"action": "subscribe", "currencyPairs": some_pairs(3)}) == (
            '{"type":"error","message":"Subscription limit of 2 currency pairs exceeded","code":"subscription_limit"}')


def test_more_than_20_invalid_messages_in_a_row_end_the_connection(client):
    for _ in range(20):
        assert "invalid_json" in client.ask("nonsense")
    client.send("nonsense")
    closed = client.expect_close()
    assert (closed.code, closed.reason) == (1008, "too many errors")


def test_another_number_of_invalid_messages_can_be_allowed(serve, topic):
    with serve(topic, "--max-errors", "2").client() as client:
        for _ in range(2):
            assert "unknown_action" in client.ask('{"action":"x"}')
        client.send('{"action":"x"}')
        assert client.expect_close().code == 1008


def test_a_binary_frame_is_refused(client):
    client.send_frame(ABNF.OPCODE_BINARY, b'{"action":"ping"}')
    assert client.expect_close().code == 1003


@pytest.mark.parametrize("payload", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"ok \xe2\x82"],
                         ids=["no lead byte", "surrogate", "overlong", "above U+10FFFF", "cut off"])
def test_invalid_utf8_is_refused(client, payload):
    client.send_bytes(masked(0x81, payload))
    assert client.expect_close().code == 1007


def test_a_message_over_64_kib_is_refused(client):
    client.send_frame(ABNF.OPCODE_TEXT, " " * 65536)
    assert "invalid_json" in client.receive()
    client.send_frame(ABNF.OPCODE_TEXT, " " * 65537)
    assert client.expect_close().code == 1009


def test_fragments_that_sum_to_too_much_are_refused(client):
    client.send_frame(ABNF.OPCODE_TEXT, " " * 40000, fin=0)
    client.send_frame(ABNF.OPCODE_CONT, " " * 40000, fin=0)
    assert client.expect_close().code == 1009


def test_a_length_that_only_promises_too_much_is_refused_at_once(client):
    client.send_bytes(bytes([0x81, 0xFF]) + struct.pack("!Q", 1 << 40) + b"mask")
    assert client.expect_close().code == 1009


@pytest.mark.parametrize("frame", [
    b"\x81\x05hello", masked(0xC1, b"x"), masked(0x91, b"x"), masked(0x83, b"x"), masked(0x8B), masked(0x80, b"x"),
    masked(0x09, b"x"), bytes([0x89, 0xFE, 0, 126]) + b"\0\0\0\0" + b"x" * 126, masked(0x88, b"\x03"),
    masked(0x88, b"\x03\xed"), masked(0x88, b"\x00\x00"), masked(0x01, b"a") + masked(0x81, b"b"),
    bytes([0x81, 0xFF]) + struct.pack("!Q", 1 << 63) + b"mask",
], ids=["not masked", "RSV1", "RSV3", "reserved opcode 3", "reserved control opcode", "continuation of nothing",
        "fragmented ping", "ping of 126 bytes", "close with half a code", "close with 1005", "close with 0",
        "a message inside a message", "64-bit length with its top bit"])
def test_a_violation_of_the_protocol_is_refused(client, frame):
    client.send_bytes(frame)
    assert client.expect_close().code == 1002


def test_a_close_frame_with_a_reason_that_is_no_utf8_is_refused(client):
    client.send_bytes(masked(0x88, b"\x03\xe8\xff"))
    assert client.expect_close().code in (1007, 1002)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
def test_a_close_of_the_client_is_answered(client, code):
    client.send_bytes(masked(0x88, struct.pack("!H", code) + b"why"))
    assert client.expect_close().code in (1000, code)


def test_a_close_of_the_client_is_never_counted_as_a_bug_of_ours(server, client):
    before = server.counter("wsfanout_closes_total", code="1011")
    client.send_bytes(masked(0x88, struct.pack("!H", 1011)))
    client.expect_close()
    eventually(lambda: server.spring_metric("websocket.sessions.active") == 0, what="the session is gone")
    assert server.counter("wsfanout_closes_total", code="1011") == before


def test_after_the_clients_close_nothing_is_listened_to(client):
    client.send_bytes(masked(0x88, b"\x03\xe8") + masked(0x81, b'{"action":"ping"}'))
    with pytest.raises(Closed):
        client.receive()


def test_a_ping_is_answered_with_its_payload(client):
    client.send_bytes(masked(0x89, b"hello"))
    raw = client.socket.recv(7)
    assert raw == b"\x8a\x05hello"


def test_a_client_that_answers_no_ping_is_closed(serve, topic):
    server = serve(topic, "--heartbeat", "1s")
    with server.client(answers_pings=False) as silent:
        closed = silent.expect_close(10)
        assert (closed.code, closed.reason) == (1001, "heartbeat timeout")
        assert silent.pings >= 1


def test_a_client_that_answers_pings_and_says_nothing_stays(serve, topic):
    server = serve(topic, "--heartbeat", "500ms")
    with server.client() as quiet:
        with pytest.raises(AssertionError, match="no message came"):
            quiet.receive(3)
        assert quiet.pings >= 3
        assert quiet.until_pong() == []


def test_any_frame_is_a_sign_of_life(serve, topic):
    """A client that never answers a ping but talks stays."""
    server = serve(topic, "--heartbeat", "1s")
    with server.client(answers_pings=False) as talker:
        while talker.pings < 4:
            talker.until_pong()


def test_who_does_not_finish_the_handshake_is_dropped(serve, topic):
    server = serve(topic, "--handshake-timeout", "1s")
    with socket.create_connection(server.address, timeout=10) as idle, socket.create_connection(server.address, timeout=10) as slow:
        slow.sendall(upgrade()[:40])
        for peer in (idle, slow):
            answer = b""
            while more := peer.recv(4096):
                answer += more
            assert not answer or parse_answer(answer).status == 408
    with server.client() as client:
        client.subscribe("EURUSD")


def test_frames_sent_together_with_the_upgrade_are_served(server):
    with socket.create_connection(server.address, timeout=10) as peer:
        peer.sendall(upgrade() + masked(0x81, b'{"action":"ping","id":"early"}'))
        raw = b""
        while b'"id":"early"' not in raw:
            more = peer.recv(4096)
            assert more, raw
            raw += more
    head, _, rest = raw.partition(b"\r\n\r\n")
    assert complete(head + b"\r\n\r\n") and b'"type":"connected"' in rest and b'"type":"pong"' in rest


def test_a_client_that_comes_a_byte_at_a_time_is_served(server):
    with socket.create_connection(server.address, timeout=10) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in upgrade() + masked(0x81, b'{"action":"ping","id":"slow"}'):
            peer.sendall(bytes([byte]))
        raw = b""
        while b'"id":"slow"' not in raw:
            more = peer.recv(4096)
            assert more, raw
            raw += more


def test_connections_that_end_without_a_word_leave_nothing_behind(server, kafka):
    before = len(os.listdir(f"/proc/{server.pid}/fd"))
    for _ in range(50):
        client = server.connect()
        client.subscribe("EURUSD")
        client.drop()
    eventually(lambda: server.spring_metric("websocket.sessions.active") == 0, what="no active session")
    eventually(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) <= before + 2, what="descriptors are closed")
    assert server.spring_metric("websocket.subscriptions.total") == 0


def test_a_reset_by_one_client_disturbs_no_other(serve, kafka, topic):
    server = serve(topic)
    with server.client() as stays:
        stays.subscribe("EURUSD")
        for _ in range(20):
            rude = server.connect()
            rude.subscribe("EURUSD")
            rude.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            rude.socket.close()
            kafka.publish(topic, rate_event("EURUSD"))
        assert stays.receive_some(20) == [as_update(rate_event("EURUSD"))] * 20
