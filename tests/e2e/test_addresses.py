"""How many connections an address has, how fast they come, and whose word counts about who it is."""
import contextlib
import socket

import pytest

from kit.fanout import Fanout
from kit.http import exchange, request, upgrade
from kit.metrics import Metrics
from kit.process import binary, run
from kit.proxied import LOCAL, connections, version_1, version_2
from kit.waiting import eventually

LOOPBACK = ("--trusted-proxies", "127.0.0.0/8,::1")
HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def opened():
    with connections() as open_one:
        yield open_one


@pytest.fixture
def limited(start):
    """Starts a server without a feed. Its counters are on another port, where asking for them counts for no limit."""
    started = []

    def start_one(*flags):
        started.append(start(Fanout, *flags, "--admin", "127.0.0.1:0", brokers="127.0.0.1:9"))
        return started[-1]

    yield start_one
    for server in started:
        server.stop()


def admin_of(server):
    found = server.err.wait_for(r"health and metrics at http://(\S+):(\d+)")
    return found.group(1), int(found.group(2))


def shed(server, cause):
    return Metrics(exchange(admin_of(server), request("/metrics")).text).value("wsfanout_shed_connections_total", cause=cause)


def test_an_address_has_so_many_connections(limited, opened):
    server = limited("--max-connections-per-address", "3")
    assert [opened(server.address, upgrade()) for _ in range(5)] == [101, 101, 101, "reset", "reset"]
    assert shed(server, "address") == 2


def test_a_connection_that_ends_makes_room_for_another(limited):
    server = limited("--max-connections-per-address", "1")
    for raw in (upgrade(), request("/nowhere"), b"", b"nonsense\r\n\r\n"):
        with contextlib.suppress(ConnectionError), socket.create_connection(server.address, timeout=10) as peer:
            peer.sendall(raw)
    with connections() as opened:
        eventually(lambda: opened(server.address, upgrade()) == 101, what="there is room again")


def test_without_a_limit_nobody_is_counted(limited, opened):
    server = limited()
    assert {opened(server.address, upgrade()) for _ in range(50)} == {101}


def test_new_connections_have_a_rate(limited, opened):
    server = limited("--max-connection-rate", "5/s")
    answers = [opened(server.address, upgrade()) for _ in range(20)]
    assert answers[:5] == [101] * 5 and answers.count("reset") >= 10
    assert shed(server, "rate") == answers.count("reset")
    eventually(lambda: opened(server.address, upgrade()) == 101, what="a later one is let in")


def test_new_connections_of_an_address_have_a_rate(limited, opened):
    server = limited("--max-connection-rate-per-address", "5/s", "--proxy-protocol", *LOOPBACK)
    answers = [opened(server.address, version_1(HERE) + upgrade()) for _ in range(20)]
    assert answers[:5] == [101] * 5 and answers.count("reset") >= 10
    assert opened(server.address, version_1(THERE) + upgrade()) == 101
    assert shed(server, "address_rate") == answers.count("reset")


def test_what_is_above_all_room_is_closed_at_once(limited, opened):
    server = limited("--max-connections", "10")
    answers = [opened(server.address, upgrade()) for _ in range(10)]
    assert answers == [101] * 10
    with contextlib.ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(socket.create_connection(server.address, timeout=10))
        assert [opened(server.address, upgrade()) for _ in range(3)] == ["reset"] * 3
    assert shed(server, "full") == 3
    eventually(lambda: opened(server.address, request("/elsewhere")) == 404, what="there is room again")


@pytest.mark.parametrize("header", [version_1, version_2])
def test_the_proxy_protocol_says_where_a_client_is_from(limited, opened, header):
    server = limited("--max-connections-per-address", "1", "--proxy-protocol", *LOOPBACK)
    assert [opened(server.address, header(HERE) + upgrade()) for _ in range(2)] == [101, "reset"]
    assert opened(server.address, header(THERE) + upgrade()) == 101
    assert [opened(server.address, header(f"2001:db8:0:{net}::{host}") + upgrade()) for net, host in ((1, 1), (1, 2), (2, 1))] == [
        101, "reset", 101]
    assert [opened(server.address, LOCAL + request("/elsewhere")) for _ in range(3)] == [404] * 3


@pytest.mark.parametrize("raw", [upgrade(), b"PROXY TCP4 x y 1 2\r\n" + upgrade(), b"\x16\x03\x01\x02\x00", version_2(HERE)[:-1] + b""],
                         ids=["none", "malformed", "TLS", "cut off"])
def test_a_trusted_proxy_without_its_header_is_reset(limited, opened, raw):
    server = limited("--proxy-protocol", "--handshake-timeout", "1s", *LOOPBACK)
    assert opened(server.address, raw) == "reset"
    assert shed(server, "proxy_header") == 1


def test_a_header_of_whom_nobody_trusts_is_no_request(limited, opened):
    server = limited("--proxy-protocol", "--trusted-proxies", "192.0.2.0/24")
    assert opened(server.address, version_1(HERE) + upgrade()) == 400
    assert opened(server.address, upgrade()) == 101


@pytest.mark.parametrize("name, value", [("X-Forwarded-For", "{}"), ("X-Forwarded-For", "203.0.113.9, {}:443, 127.0.0.1"),
                                         ("Forwarded", "for={};proto=https"), ("Forwarded", 'for="[2001:db8::9]:1", For="{}:80"')])
def test_a_trusted_proxy_may_say_it_in_the_request(limited, opened, name, value):
    server = limited("--max-connections-per-address", "1", *LOOPBACK)
    ask = lambda source: opened(server.address, upgrade(f"{name}: {value.format(source)}"))  # noqa: E731
    assert [ask(HERE), ask(HERE), ask(THERE)] == [101, 429, 101]
    assert [opened(server.address, upgrade()) for _ in range(3)] == [101] * 3
    assert shed(server, "address") == 1


def test_whoever_is_not_trusted_is_who_it_is(limited, opened):
    server = limited("--max-connections-per-address", "1")
    assert [opened(server.address, upgrade(f"X-Forwarded-For: {source}")) for source in (HERE, THERE)] == [101, "reset"]


def test_a_client_cannot_hide_behind_what_its_proxy_did_not_say(limited, opened):
    server = limited("--max-connections-per-address", "1", *LOOPBACK)
    assert [opened(server.address, upgrade("Forwarded: for=203.0.113.9", f"X-Forwarded-For: {HERE}")) for _ in range(2)] == [101, 429]
    assert opened(server.address, upgrade(f'X-Forwarded-For: "{THERE}, {HERE}')) == 101


@pytest.mark.parametrize("flags, word", [(["--proxy-protocol"], "--trusted-proxies"), (["--trusted-proxies", "10.0.0.0/33"], "10.0.0.0/33"),
                                         (["--trusted-proxies", "balancer.example"], "balancer.example"),
                                         (["--max-connection-rate", "often"], "--max-connection-rate")])
def test_what_cannot_be_is_said_in_one_line(flags, word):
    done = run([binary("wsfanout"), "--check-config", *flags])
    assert done.exit_code == 2 and word in done.err.text and len(done.err.lines) == 1, done.err.text
