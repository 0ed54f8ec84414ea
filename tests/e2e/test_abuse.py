"""Clients that mean harm, or are broken: each gets one exact answer, and nobody else notices."""
import contextlib
import json
import re
import socket
import threading
import time

import jwt
import pytest

from kit.abuse import SlowHandshakes, connect_and_reset
from kit.events import as_update, rate_event
from kit.frames import header_of_64_bits, masked
from kit.http import complete, parse_answer, request, upgrade
from kit.waiting import FACTOR, eventually

MIB = 1 << 20
PROMPT_S = 2  # far above what an update takes, far below what an abuser would like
SECRET = "a secret of the desk, thirty-two bytes or more"
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info |warn |error) ")


@pytest.fixture
def server(shared_server):
    return shared_server


def memory(server):
    return server.counter("process_resident_memory_bytes")


@contextlib.contextmanager
def healthy(server, kafka):
    """A client for whom all is as ever: served() publishes an update and gets it at once."""
    with server.client() as client:
        client.subscribe("EURUSD")

        def served():
            kafka.publish(server.topic, rate_event("EURUSD"))
            began = time.monotonic()
            assert client.receive(PROMPT_S) == as_update(rate_event("EURUSD"))
            assert time.monotonic() - began < PROMPT_S * FACTOR

        served()
        yield served
        served()


def test_a_thousand_slow_handshakes_are_answered_408_and_disturb_nobody(serve, kafka, topic):
    server = serve(topic, "--handshake-timeout", "3s")
    with healthy(server, kafka) as served, contextlib.closing(
            SlowHandshakes(server.address, 1000, b"GET /ws/fx-rates HTTP/1.1\r\nX-Slow: " + b"s" * 4000)) as attack:
        assert server.counter("wsfanout_connections") >= 1001
        refused = server.counter("wsfanout_refused_requests_total")
        turns = 0
        while attack.open:
            attack.turn()
            turns += 1
            if turns % 10 == 0:
                served()
                with server.client() as late:
                    late.subscribe("GBPUSD")
            assert turns < 4000
        assert set(attack.answers) == {408} and len(attack.answers) == 1000
        assert turns > 20
    assert server.counter("wsfanout_refused_requests_total") - refused == 1000


def replaced(before, after):
    raw = upgrade()
    assert before in raw
    return raw.replace(before, after)


HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize("raw", [
    upgrade("Content-Length: 0", "Content-Length: 0"), upgrade("Content-Length: 0", "Content-Length: 5"),
    upgrade("Content-Length: 5"), upgrade("Content-Length: -1"), upgrade("Content-Length: 0, 0"),
    upgrade("Content-Length: 5", "Transfer-Encoding: chunked"), upgrade("Transfer-Encoding: chunked"),
    upgrade("Transfer-Encoding: identity"), upgrade("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    upgrade("Transfer-Encoding : chunked"), request("/healthz", "Content-Length: 5"), request("/healthz", "Transfer-Encoding: chunked"),
    replaced(HOST, b"Host: localhost\r\n evil: x\r\n"), upgrade("X-A: b\r\n\tc"), replaced(HOST, b"Host: localhost\n"),
    upgrade().replace(b"\r\n", b"\n"), upgrade("X-A: b\rc"), upgrade("Host: other"), upgrade(host="local host"),
    upgrade(host="evil@localhost"), upgrade("X-A : b"), replaced(HOST, b" " + HOST), upgrade("X-A: b\0c"), upgrade("X\0A: b"),
    upgrade(path="/ws/fx-rates\0"), upgrade("X-A: b\x01c"), upgrade("X-A: b\x7fc"), upgrade(": x"), upgrade("no colon"),
    replaced(b"GET /", b"GET  /"), replaced(b" HTTP/1.1", b"\tHTTP/1.1"), b"\r\n" + upgrade(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
], ids=lambda raw: raw.decode("latin-1").encode("unicode_escape").decode().replace("[", "(").replace("]", ")")[-90:])
def test_a_header_that_two_readers_may_read_in_two_ways_is_bad(server, raw):
    answer = server.exchange(raw)
    assert (answer.status, answer.header("Connection")) == (400, "close")


def test_a_request_that_hides_in_anothers_body_is_never_answered(server):
    hidden = request("/metrics")
    for first in (request("/healthz", f"Content-Length: {len(hidden)}"), request("/healthz", "Content-Length: 0"), request("/healthz")):
        with socket.create_connection(server.address, timeout=10) as peer:
            peer.sendall(first + hidden)
            raw = b""
            while more := peer.recv(65536):
                raw += more
        assert raw.count(b"HTTP/1.1 ") == 1 and b"wsfanout_" not in raw


@pytest.mark.parametrize("raw", [upgrade("X-A: " + "a" * 16_384), request("/" + "a" * 16_384), upgrade(*["X-A: b"] * 3000)],
                         ids=["one long line", "a long path", "many lines"])
def test_an_oversized_header_is_answered_431(server, raw):
    answer = server.exchange(raw)
    assert (answer.status, answer.header("Connection")) == (431, "close")


def test_an_endless_header_is_answered_431_and_cut_off(server):
    with socket.create_connection(server.address, timeout=10) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            for _ in range(1_000_000):
                peer.sendall(b"X-More: " + b"a" * 1000 + b"\r\n")
    answer = server.exchange(b"GET / HTTP/1.1\r\n" + (b"X-More: " + b"a" * 1000 + b"\r\n") * 20)
    assert answer.status == 431


@pytest.mark.parametrize("raw, code, reason", [
    (header_of_64_bits(0x81, 65_537), 1009, "message too big"), (header_of_64_bits(0x82, 1 << 32), 1009, "message too big"),
    (header_of_64_bits(0x81, (1 << 63) - 1), 1009, "message too big"), (header_of_64_bits(0x81, 1 << 63), 1002, "protocol error"),
    (header_of_64_bits(0x81, (1 << 64) - 1), 1002, "protocol error"), (header_of_64_bits(0x81, 125), 1002, "protocol error"),
    (header_of_64_bits(0x89, 70_000), 1002, "protocol error"),
], ids=["64 KiB and one", "4 GiB", "all but the top bit", "the top bit", "all bits", "a short one in the long form", "of a ping"])
def test_a_length_of_64_bits_is_refused_by_its_header_alone(server, raw, code, reason):
    with server.client() as client:
        client.send_bytes(raw)
        closed = client.expect_close()
        assert (closed.code, closed.reason) == (code, reason)


def test_endless_fragments_end_at_the_limit_and_cost_no_more_memory(server):
    one_byte_each = masked(0x01, b"x") + masked(0x00, b"x") * 65_535
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.client()) for _ in range(20)]
        before = memory(server)
        for client in clients:
            client.send_bytes(one_byte_each + masked(0x89, b"all?"))  # control frames may stand between fragments
            assert client.socket.recv(6) == b"\x8a\x04all?"
        assert memory(server) - before < 20 * 256 * 1024 + 8 * MIB
        for client in clients:
            client.send_bytes(masked(0x00, b"x"))
            closed = client.expect_close()
            assert (closed.code, closed.reason) == (1009, "message too big")


def test_who_floods_with_pings_and_does_not_read_is_held_back_and_closed(serve, kafka, topic):
    server = serve(topic, "--outbox-age", "3s")
    flood = masked(0x89) * 10_000
    with healthy(server, kafka) as served, contextlib.ExitStack() as stack:
        attackers = [stack.enter_context(server.client(receive_buffer_bytes=4096, answers_pings=False)) for _ in range(20)]
        before = memory(server)
        for client in attackers:
            client.socket.setblocking(False)
        held_back = set()
        while len(held_back) < len(attackers):
            for client in attackers:
                try:
                    client.send_bytes(flood)
                except OSError:  # the server reads no more of it
                    held_back.add(client)
        served()
        assert memory(server) - before < 20 * 256 * 1024 + 8 * MIB
        assert server.counter("wsfanout_outbox_frames") < 20 * 1000
        server.wait_for_counter("wsfanout_closes_total", 20, code="4000", reason="slow consumer")


def test_a_flood_of_reconnects_leaves_nothing_behind(serve, kafka, topic):
    server = serve(topic)
    with healthy(server, kafka) as served:
        before = memory(server), server.counter("process_open_fds")

        def flood():
            for i in range(500):
                connect_and_reset(server.address, (upgrade(), upgrade()[:50], b"", request("/healthz"))[i % 4])

        threads = [threading.Thread(target=flood) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            served()
        for thread in threads:
            thread.join()
        eventually(lambda: server.counter("wsfanout_connections") == 2, what="only the healthy client and this request")
        assert server.counter("wsfanout_accepted_total") >= 2000
        assert server.counter("process_open_fds") <= before[1] + 2
        assert memory(server) - before[0] < 16 * MIB


def test_a_foreign_origin_is_refused_before_anything_else_is_looked_at(serve, topic):
    server = serve(topic, "--allowed-origins", "https://desk.example", env={"WSFANOUT_JWT_SECRET": SECRET})
    for origin in ("https://evil.example", "https://desk.example.evil.example", "https://desk.example:444", "null", "http://desk.example",
                   "https://desk.example\t,https://evil.example", "", "https://evil.example/https://desk.example"):
        answer = server.exchange(upgrade(f"Origin: {origin}"))
        assert (answer.status, answer.text) == (403, "Origin not allowed\n"), origin
    assert server.counter("wsfanout_upgrades_total") == 0
    assert server.counter("wsfanout_credentials_refused_total") == 0


LABEL_LIKE = ['EUR"USD', 'x"} 1\nevil_metric{a="b', "{}", "{0}", "%s%n", "a\\", "\n# TYPE evil_metric counter", "EURUSD\0", "\u2028EURUSD"]


def families(server):
    metrics = server.metrics()  # which fails on a line that is no sample
    return {(name, tuple(labels)) for name, labels, _ in metrics.samples}


def test_names_that_try_to_be_labels_never_become_any(serve, topic):
    server = serve(topic, "--log-level", "trace", env={"WSFANOUT_JWT_SECRET": SECRET})
    before = families(server)
    for name in LABEL_LIKE:
        bad = jwt.encode({"sub": name, "exp": int(time.time()) + 300}, SECRET, "HS256")
        assert server.exchange(upgrade("Authorization: Bearer " + bad)).status == 401
    good = jwt.encode({"sub": "ada", "exp": int(time.time()) + 300}, SECRET, "HS256")
    with server.client(headers=["Authorization: Bearer " + good]) as client:
        for name in LABEL_LIKE:
            client.send({"action": "subscribe", "currencyPairs": [name, "EURUSD"], "id": name})
            assert client.receive_json()["currencyPairs"] == ["EURUSD"]
            error = client.receive_json()
            assert error["code"] == "invalid_pair" and error["id"] == name
    assert families(server) == before
    assert not re.search(r"evil_metric|\{0?\}", server.get("/metrics").text)
    assert server.counter("wsfanout_credentials_refused_total", cause="no_user") == len(LABEL_LIKE)


FORGED = "2026-01-01T00:00:00.000Z info  forged"


def test_no_line_of_the_log_begins_with_what_a_client_sent(serve, kafka, topic):
    server = serve(topic, "--log-level", "trace", env={"WSFANOUT_JWT_SECRET": SECRET})
    evil = f"\r\n{FORGED}\x1b[31m\x9b31m\x07"
    quoted = "%0D%0A" + FORGED.replace(" ", "%20") + "%1B%5B31m"
    for raw in (request("/" + quoted), request("/ws/fx-rates?token=" + quoted), upgrade(path="/ws/fx-rates?token=" + quoted),
                upgrade(f"Authorization: Bearer {FORGED}\x9b31m"), upgrade(f"X-Api-Key: {FORGED}"), upgrade(f"Origin: {evil}"),
                upgrade(f"Authorization: Bearer{evil}"), upgrade(f"Sec-WebSocket-Protocol: base64url.bearer.authorization.{FORGED}")):
        assert server.exchange(raw).status in (400, 401, 404, 426)
    good = jwt.encode({"sub": "ada", "exp": int(time.time()) + 300}, SECRET, "HS256")
    with server.client(headers=["Authorization: Bearer " + good]) as client:
        client.ask({"action": "subscribe", "currencyPairs": [evil], "id": evil})
        client.ask({"action": evil})
        client.ask({"action": "auth", "token": evil})
        client.ask(evil)
        kafka.publish(topic, rate_event("EUR" + evil), evil)
        eventually(lambda: server.counter("wsfanout_poison_records_total") == 2, what="bad records are read")
        client.send_bytes(masked(0x88, b"\x03\xe8" + evil.encode()))
        client.expect_close()
    server.stop()
    lines = [line for line in server.err.lines if not line.startswith("listening on ")]
    assert all(LOG_LINE.match(line) for line in lines), server.err.text
    assert "forged" not in server.err.text and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", server.err.text)


def test_what_is_said_of_an_answer_is_whole(server):
    """The answers above end their connections; the next request is served as ever."""
    with socket.create_connection(server.address, timeout=10) as peer:
        peer.sendall(upgrade("Transfer-Encoding: chunked"))
        raw = b""
        while more := peer.recv(4096):
            raw += more
    assert complete(raw) and parse_answer(raw).text == "no body is expected\n"
    assert json.loads(server.get("/version").text)["name"] == "wsfanout"
