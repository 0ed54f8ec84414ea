"""quotes-patch when something fails: a restart, a partition, a slow line, little memory, no Redis."""
import contextlib
import signal

import pytest

from kit.cgroup import CgroupUnavailable, MemoryCgroup
from kit.foreign import NODE_ENVIRONMENT, node, script
from kit.island import HOST, Island, IslandUnavailable
from kit.quotes_patch import LAST, SYMBOLS, Document, QuotesPatch, RandomPrices, price_of, publish
from kit.redis import free_port
from kit.slow_line import SlowLine
from kit.waiting import eventually


def moves(document, count=5):
    for _ in range(count):
        document.take()


@pytest.mark.parametrize("how, code", [(signal.SIGTERM, 1012), (signal.SIGKILL, 1006)])
def test_restart_clients_are_told_and_come_back_to_the_newest_quotes(start, redis, how, code):
    port = free_port()
    flags = ["--redis", redis.url, "--port", port, "--price-interval", "1h"]
    server = start(QuotesPatch, *flags)
    documents = [Document(server.join()) for _ in range(3)]
    eventually(lambda: redis.publish("price_updates", price_of("AAPL", 7)) == 1, what="it listens")
    for document in documents:
        document.take_until(7, "AAPL")
    server.send_signal(how)
    for document in documents:
        assert document.client.expect_close(20).code == code
    assert server.wait(20) == (0 if how == signal.SIGTERM else 128 + how)
    again = start(QuotesPatch, *flags)
    documents = [Document(again.join()) for _ in range(3)]
    eventually(lambda: redis.publish("price_updates", price_of("AAPL", 8)) == 1, what="it listens again")
    for document in documents:
        assert document.take_until(8, "AAPL") == again.document()
        document.client.drop()


def test_partition_the_unreachable_client_is_closed_and_others_notice_nothing(start):
    server = start(QuotesPatch, "--price-interval", "50ms", "--health-check-interval", "1s", host="0.0.0.0")
    near = Document(server.join())
    url = f"ws://{HOST}:{server.port}/ws/quotes{server.query([*SYMBOLS, LAST])}"
    command = node(script("patch_client.js"), url, needs=("ws", "fast-json-patch"))
    try:
        far = start(Island, command, env=NODE_ENVIRONMENT)
    except IslandUnavailable as reason:
        pytest.skip(str(reason))
    far.out.wait_for("^joined$", 20)
    server.wait_for_counter("websocket_pool_active_connections", 2)
    far.cut()
    # The near one reads on, or it would miss the server's pings.
    eventually(lambda: near.take() and server.counter("websocket_pool_active_connections") == 1, 20, "the far one is closed")
    server.wait_for_counter("websocket_pool_failed_connections_total", 1)
    moves(near, 10)
    near.client.drop()
    far.kill()
    back = start(Island, command, env=NODE_ENVIRONMENT)
    back.out.wait_for("^joined$", 20)
    server.wait_for_counter("websocket_pool_active_connections", 1)
    back.kill()


def test_high_latency_the_breaker_trips_and_recovers(start, redis):
    server = start(QuotesPatch, "--redis", redis.url, "--price-interval", "1h", "--write-timeout", "100ms",
                   "--breaker-threshold", "3", "--outbox-age", "5m")
    symbols = [*SYMBOLS, LAST]
    healthy = Document(server.join(symbols))
    healthy.take()
    eventually(lambda: redis.publish("price_updates", "{}") == 1, what="it listens")
    with contextlib.closing(SlowLine(server.address, delay_s=0.5)) as line:
        far = Document(server.join(symbols, via=line.authority, receive_buffer_bytes=4096))
        market = RandomPrices(4)
        for step in range(1, 400):
            publish(redis, [market.event() for _ in range(20)] + [price_of(LAST, step)])
            healthy.take_until(step)
            if server.counter("wsfanout_breaker_sessions", state="open") == 1:
                break
        assert server.counter("wsfanout_breaker_transitions_total", to="open") == 1, "the breaker trips"
        assert server.get("/readyz").status == 200
        publish(redis, [market.event() for _ in range(20)] + [price_of(LAST, 1000)])
        servers = healthy.take_until(1000)
        assert server.counter("wsfanout_updates_paused_total") >= 21, "nothing is tried meanwhile"
        line.heal()
        while far.value["quotes"].get(LAST, {}).get("current_price") != 1000:
            far.take(deadline_s=60)
        assert far.value == servers == server.document(symbols)
        server.wait_for_counter("wsfanout_breaker_transitions_total", 1, to="closed")
        publish(redis, [price_of(LAST, 1001)])
        far.take_until(1001)
        far.client.drop()
    healthy.client.drop()


@pytest.fixture
def little_memory():
    try:
        group = MemoryCgroup(64 << 20)
    except CgroupUnavailable as reason:
        pytest.skip(str(reason))
    yield group
    eventually(lambda: not (group.folder / "cgroup.procs").read_text(), what="its processes have ended")
    group.remove()


def test_memory_pressure_limits_hold_and_the_server_lives(little_memory, start, redis):
    """In 64 MB: three hundred clients that never read, and more than there is room for."""
    most = 301
    server = start(QuotesPatch, "--redis", redis.url, "--price-interval", "1h", "--outbox-age", "5m", "--outbox-bytes", "64KiB",
                   env={"WS_MAX_CONNECTIONS": str(most)}, preexec_fn=little_memory.enter)
    eventually(lambda: redis.publish("price_updates", "{}") == 1, what="it listens")
    symbols = [*SYMBOLS, LAST]
    healthy = Document(server.join(symbols))
    healthy.take()
    deaf = [server.join(symbols[i % 5:], user=f"user-{i}", receive_buffer_bytes=4096) for i in range(most - 1)]
    for i in range(20):
        closed = server.join(user=f"late-{i}").expect_close()
        assert (closed.code, closed.reason) == (1013, "try again later")
    market = RandomPrices(9)
    for step in range(1, 40):
        publish(redis, [market.event() for _ in range(50)] + [price_of(LAST, step)])
        healthy.take_until(step)
    assert server.counter("wsfanout_updates_conflated_total") > 0
    assert server.counter("websocket_pool_active_connections") == most
    assert little_memory.highest_bytes < 64 << 20
    for client in deaf[:50]:
        client.drop()
    server.wait_for_counter("websocket_pool_active_connections", most - 50)
    assert Document(server.join(symbols)).take() == healthy.value
    for client in deaf[50:]:
        client.drop()
    healthy.client.drop()


def test_redis_down_prices_continue_and_come_from_it_again_when_it_is_back(start, redis):
    server = start(QuotesPatch, "--redis", redis.url, "--price-interval", "50ms")
    document = Document(server.join(["AAPL"]))
    eventually(lambda: redis.publish("price_updates", price_of("AAPL", 1000)) == 1, what="it listens")
    document.take_until(1000, "AAPL")
    assert server.get("/readyz").text.strip() == "ready"
    redis.stop()
    moves(document, 20)
    assert all(abs(price - 1000) <= 10.01 for price in [document.take()["quotes"]["AAPL"]["current_price"] for _ in range(5)])
    answer = server.get("/readyz")
    assert answer.status == 200 and "degraded" in answer.text
    assert server.counter("wsfanout_prices_simulated") == 1
    newcomer = Document(server.join(["AAPL"]))
    moves(newcomer)
    redis.start()
    server.wait_for_counter("wsfanout_prices_simulated", 0, 20)
    eventually(lambda: redis.publish("price_updates", price_of("AAPL", 2000)) == 1, what="it listens again")
    for one in [document, newcomer]:
        one.take_until(2000, "AAPL")
        one.client.drop()
    assert server.get("/readyz").text.strip() == "ready"
