"""quotes by gRPC: a gateway that reads a MarketDataService, wsfanout as that service, and both in a row."""
import itertools
import json

import grpc
import pytest

from kit.certificates import Authority
from kit.client import Closed
from kit.grpc import NOT_SERVING, SERVING, Gateway, MarketData, Upstream
from kit.process import binary, run
from kit.quotes import AAPL, SECRET, subscribe, token
from kit.redis import encoded
from kit.waiting import eventually

QUOTE = '{"type":"quote","symbol":"AAPL","price":150.25,"timestamp":"2025-10-27T10:30:00Z"}'
TIME = 1761561000000
PAST_GRACE = ["--upstream-grace", "300ms"]
LONG_GRACE = ["--upstream-grace", "1h"]


@pytest.fixture
def market_data(start, redis):
    """Starts a wsfanout that serves MarketDataService from `redis`."""
    return lambda *flags, **options: start(MarketData, redis.url, *flags, **options)


@pytest.fixture
def upstream(messages):
    server = Upstream(messages)
    yield server
    server.stop()


def as_tuple(quote):
    return quote.type, quote.symbol, quote.price, quote.change, quote.change_percent, quote.timestamp


def price(redis, symbol, value):
    return redis.publish(f"quote:{symbol}", json.dumps({"symbol": symbol, "price": value, "timestamp": TIME}))


# wsfanout serves MarketDataService.

def test_a_stream_gets_the_quotes_of_its_symbols_from_redis(market_data, redis, connect):
    server = market_data()
    streams = [connect(server).stream("AAPL", "MSFT"), connect(server).stream("AAPL", user_id="gateway")]
    server.wait_for_symbols(2)
    server.wait_for_counter("wsfanout_grpc_subscriptions", 3)
    redis.publish("quote:AAPL", AAPL)
    for stream in streams:
        assert as_tuple(stream.receive()) == ("quote", "AAPL", 150.25, -2.5, -1.6, TIME)
    redis.publish("quote:AAPL", '{"price":151}')
    assert as_tuple(streams[0].receive())[:5] == ("quote", "AAPL", 151, -2.5, -1.6)
    streams[0].ask("unsubscribe", "AAPL")
    server.wait_for_counter("wsfanout_grpc_subscriptions", 2)
    price(redis, "AAPL", 152)
    price(redis, "MSFT", 400)
    assert as_tuple(streams[0].receive())[:3] == ("quote", "MSFT", 400)


def test_the_life_of_a_stream_is_logged_like_that_of_a_websocket_client(market_data, connect):
    server = market_data("--log-level", "debug")
    stream = connect(server).stream("AAPL", "not one", authorization=(credential := token()))
    stream.ask("unsubscribe", "AAPL", "MSFT")
    stream.half_close()
    assert stream.end()[0] == grpc.StatusCode.OK
    found = server.err.wait_for(r"gRPC stream closed: ([0-9a-f-]{36}) status=OK by=client").group(1)
    assert [line.split(" debug ")[-1] for line in server.err.lines if found in line] == [
        f"gRPC stream established: {found}",
        f"quotes user_id=ada symbols=[AAPL] connection_id={found} action=subscribe",
        f"quotes user_id=ada symbols=[AAPL] connection_id={found} action=unsubscribe",
        f"gRPC stream closed: {found} status=OK by=client"]
    assert credential not in server.err.text and "not one" not in server.err.text


def test_streams_and_websocket_clients_share_one_interest_in_a_symbol(market_data, redis, connect, join):
    server = market_data()
    client = subscribe(join(server), "AAPL")
    stream = connect(server).stream("AAPL")
    server.wait_for_counter("wsfanout_grpc_symbols", 1)
    assert redis.publish("quote:AAPL", AAPL) == 1
    assert stream.receive().price == 150.25 and json.loads(client.receive())["price"] == 150.25
    client.close()
    server.wait_for_counter("websocket_connections_total", 0, protocol="quotes")
    price(redis, "AAPL", 151)
    assert stream.receive().price == 151
    stream.call.cancel()
    server.wait_for_symbols(0)


def test_a_half_close_ends_the_stream_with_ok(market_data, connect):
    server = market_data()
    stream = connect(server).stream("AAPL")
    server.wait_for_symbols(1)
    stream.half_close()
    assert stream.end() == (grpc.StatusCode.OK, "")
    server.wait_for_symbols(0)
    assert server.counter("grpc_stream_duration_seconds_count", protocol="quotes") == 1


def test_a_token_decides_what_a_stream_may_see(market_data, redis, connect):
    server = market_data("--quotes-tier", "basic=AAPL", "--quotes-max-subscriptions", "2")
    stream = connect(server).stream("TSLA", "AAPL", authorization=f"Bearer {token(tier='basic')}")
    refusal = stream.receive()
    assert (refusal.type, refusal.symbol) == ("error", "TSLA")
    assert refusal.message == "Symbol TSLA not allowed for your subscription"
    trusted = connect(server).stream("TSLA", "AAPL", "MSFT")
    server.wait_for_symbols(3)
    price(redis, "TSLA", 1)
    redis.publish("quote:AAPL", AAPL)
    assert stream.receive().symbol == "AAPL"
    assert [trusted.receive().symbol for _ in range(2)] == ["TSLA", "AAPL"]
    stream.ask("subscribe", "A", "B", "C")
    assert stream.receive().message == "Subscription limit of 2 symbols exceeded"


def test_bad_tokens_are_refused_and_missing_ones_where_they_are_required(market_data, connect):
    lenient, strict = market_data(), market_data("--grpc-require-token")
    unauthenticated = grpc.StatusCode.UNAUTHENTICATED
    assert connect(lenient).stream("AAPL", authorization="Bearer nonsense").end()[0] == unauthenticated
    bad = token(secret="another secret")
    assert connect(lenient).stream("AAPL", authorization=bad).end() == (unauthenticated, "the signature is wrong")
    assert connect(strict).stream("AAPL").end()[0] == unauthenticated
    with pytest.raises(grpc.RpcError) as refusal:
        connect(strict).market_data("AAPL")
    assert refusal.value.code() == unauthenticated
    connect(strict).stream("AAPL", authorization=token())
    strict.wait_for_symbols(1)
    assert strict.counter("wsfanout_grpc_refused_total", cause="unauthenticated") == 2


def test_a_token_that_ends_ends_its_stream(market_data, connect):
    stream = connect(market_data()).stream("AAPL", authorization=token(lives_s=2))
    assert stream.end() == (grpc.StatusCode.UNAUTHENTICATED, "token expired")


def test_streams_and_websockets_of_a_user_are_counted_together(market_data, connect, join):
    server = market_data()
    for _ in range(3):
        join(server)
    client = connect(server)
    streams = [client.stream("AAPL", authorization=token()) for _ in range(2)]
    server.wait_for_counter("wsfanout_grpc_streams", 2)
    assert client.stream(authorization=token()).end() == (grpc.StatusCode.RESOURCE_EXHAUSTED, "connection limit per user")
    assert join(server).expect_close().code == 1008
    assert client.batch("AAPL", authorization=token()) == []  # a call takes no place
    streams[0].half_close()
    assert streams[0].end()[0] == grpc.StatusCode.OK
    server.wait_for_counter("wsfanout_grpc_streams", 1)
    client.stream("AAPL", authorization=token())
    server.wait_for_counter("wsfanout_grpc_streams", 2)


def test_calls_for_last_values_answer_from_what_has_come(market_data, redis, connect):
    server = market_data("--quotes-tier", "basic=MSFT")
    client = connect(server)
    stream = client.stream("AAPL", "MSFT")
    server.wait_for_symbols(2)
    redis.publish("quote:AAPL", AAPL)
    assert stream.receive().symbol == "AAPL"
    answer = client.market_data("AAPL")
    assert (answer.symbol, answer.price, answer.change, answer.timestamp) == ("AAPL", 150.25, -2.5, TIME)
    assert client.batch("AAPL", "MSFT", "TSLA") == ["AAPL"]
    assert client.batch("AAPL", authorization=token(tier="basic")) == []
    with pytest.raises(grpc.RpcError) as unknown:
        client.market_data("MSFT")
    assert unknown.value.code() == grpc.StatusCode.NOT_FOUND


def test_health_is_that_of_the_feed(market_data, redis, connect):
    server = market_data()
    client = connect(server)
    server.wait_until_ready()
    assert client.health() == SERVING and client.health(b"") == SERVING
    redis.stop()
    server.wait_for_counter("wsfanout_quotes_feed_up", 0)
    assert client.health() == NOT_SERVING
    redis.start()
    server.wait_for_counter("wsfanout_quotes_feed_up", 1, 20)
    assert client.health() == SERVING


def test_a_restart_ends_the_streams_with_unavailable(market_data, connect):
    server = market_data()
    streams = [connect(server).stream("AAPL") for _ in range(3)]
    server.wait_for_counter("wsfanout_grpc_streams", 3)
    server.stop()
    assert [stream.end() for stream in streams] == [(grpc.StatusCode.UNAVAILABLE, "service restart")] * 3


def test_a_stream_that_is_not_read_is_conflated_and_ended_while_others_get_everything(market_data, redis, connect):
    server = market_data("--outbox-age", "3s")
    slow, quick = connect(server, small=True).stream("AAPL"), connect(server).stream("AAPL")
    server.wait_for_counter("wsfanout_grpc_subscriptions", 2)
    server.wait_for_symbols(1)
    prices = itertools.count(1)

    def slow_one_is_closed():
        some = list(itertools.islice(prices, 50))
        publish_prices(redis, some)
        assert quick.receive_until(some[-1]) == some
        return server.counter("wsfanout_grpc_slow_streams_closed_total") == 1

    eventually(slow_one_is_closed, 90)
    assert server.counter("wsfanout_grpc_quotes_conflated_total") > 0
    assert slow.end() == (grpc.StatusCode.RESOURCE_EXHAUSTED, "slow consumer")
    assert server.counter("wsfanout_grpc_streams") == 1


def publish_prices(redis, prices):
    """Of AAPL, in one pipeline; returns when Redis has passed them on."""
    with redis.connect() as connection, connection.makefile("rb") as replies:
        connection.sendall(b"".join(encoded(["PUBLISH", "quote:AAPL", f'{{"price":{one}}}']) for one in prices))
        for _ in prices:
            assert replies.readline().startswith(b":")


def test_it_speaks_tls_with_the_servers_certificate(start, redis, connect, tmp_path, messages):
    authority = Authority(tmp_path / "ca")
    server = start(MarketData, redis.url, *authority.identity().flags, tls=authority.trusting())
    with open(authority.file, "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    stream = connect(server, credentials=credentials).stream("AAPL")
    server.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert stream.receive().price == 150.25
    gateway = start(Gateway, server.target, "--grpc-tls", "--grpc-ca", authority.file)
    gateway.wait_until_ready()


# A gateway reads a foreign MarketDataService.

def test_quotes_of_a_foreign_service_reach_a_websocket_client_to_the_letter(start, upstream, join):
    server = start(Gateway, upstream.target)
    plain, whole = subscribe(join(server), "AAPL"), subscribe(join(server, query="&fields=all"), "AAPL")
    upstream.wait_for_symbols("AAPL")
    upstream.quote("AAPL", 150.25, change=-2.5, change_percent=-1.6, timestamp=TIME)
    assert plain.receive() == QUOTE
    assert whole.receive() == ('{"type":"quote","symbol":"AAPL","price":150.25,"change":-2.5,"change_percent":-1.6,'
                               '"timestamp":"2025-10-27T10:30:00Z"}')


def test_all_clients_share_one_stream_with_counted_symbols(start, upstream, join):
    server = start(Gateway, upstream.target)
    clients = [subscribe(join(server, user), "AAPL", *more) for user, more in
               [("ada", []), ("bob", ["MSFT"]), ("eve", ["MSFT", "TSLA"])]]
    upstream.wait_for_symbols("AAPL", "MSFT", "TSLA")
    clients[2].close()
    upstream.wait_for_symbols("AAPL", "MSFT")
    clients[1].ask({"type": "unsubscribe", "symbols": ["MSFT", "AAPL"]})
    upstream.wait_for_symbols("AAPL")
    assert len(upstream.streams) == 1 and upstream.streams[0].faults == []
    upstream.quote("AAPL", 1)
    assert json.loads(clients[0].receive())["price"] == 1


def test_the_service_is_told_who_asks(start, upstream, tmp_path):
    (tmp_path / "token").write_text("the token\n")
    start(Gateway, upstream.target, "--grpc-user", "gateway-1", "--grpc-token-file", tmp_path / "token").wait_until_ready()
    metadata = upstream.streams[0].metadata
    assert (metadata["user_id"], metadata["authorization"]) == ("gateway-1", "the token")


def test_an_outage_within_the_grace_is_not_noticed(start, upstream, join):
    server = start(Gateway, upstream.target, *LONG_GRACE).wait_until_ready()
    client = subscribe(join(server), "AAPL")
    upstream.wait_for_symbols("AAPL")
    upstream.stop()
    server.wait_for_counter("wsfanout_quotes_feed_up", 0)
    assert "degraded: MarketDataService unreachable" in server.get("/readyz").text
    assert server.health()["components"]["grpc"] == {"status": "DOWN"}
    upstream.start()
    upstream.wait_for(lambda: len(upstream.streams) == 2)
    upstream.wait_for_symbols("AAPL")
    upstream.quote("AAPL", 150.25, timestamp=TIME)
    assert client.receive() == QUOTE
    assert server.counter("grpc_stream_duration_seconds_count", protocol="quotes") == 1


def test_a_longer_outage_is_told_and_ends_the_connections(start, upstream, join):
    server = start(Gateway, upstream.target, *PAST_GRACE).wait_until_ready()
    clients = [subscribe(join(server), "AAPL"), join(server, "bob")]
    upstream.wait_for_symbols("AAPL")
    upstream.stop()
    for client in clients:
        assert client.receive() == '{"error":"connection_lost"}'
        assert client.expect_close().code == 1013
    late = join(server, "late")
    assert late.receive() == '{"error":"service_unavailable"}'
    assert late.expect_close().code == 1013
    upstream.start()
    server.wait_for_counter("wsfanout_quotes_feed_up", 1, 30)
    again = subscribe(join(server), "AAPL")
    upstream.wait_for_symbols("AAPL")
    upstream.quote("AAPL", 150.25, timestamp=TIME)
    assert again.receive() == QUOTE


def test_a_service_that_was_never_there_is_unavailable(start, upstream, join):
    upstream.stop()
    server = start(Gateway, upstream.target, *PAST_GRACE)
    client = join(server)
    assert client.receive() == '{"error":"service_unavailable"}'
    assert client.expect_close().code == 1013
    assert server.get("/readyz").status == 503
    server.err.wait_for(r"gRPC 127\.0\.0\.1:\d+: UNAVAILABLE")


def test_what_is_no_quote_is_skipped_and_what_the_service_refuses_is_logged(start, upstream, join):
    server = start(Gateway, upstream.target)
    client = subscribe(join(server), "AAPL")
    upstream.wait_for_symbols("AAPL")
    upstream.quote("AAPL", -1)
    upstream.quote("no symbol", 1)
    upstream.send(type="gossip")
    upstream.send(type="heartbeat")
    upstream.send(type="error", message="Symbol TSLA not allowed for your subscription")
    upstream.quote("AAPL", 150.25, timestamp=TIME)
    assert client.receive() == QUOTE
    for cause in ("bad_quote", "bad_symbol", "unknown_type"):
        assert server.counter("wsfanout_quotes_skipped_total", cause=cause) == 1
    server.err.wait_for("refused: Symbol TSLA not allowed for your subscription")


# A gateway, a market data service, Redis.

def test_a_quote_goes_from_redis_through_both_processes(start, market_data, redis, join):
    service = market_data()
    gateway = start(Gateway, service.target)
    client = subscribe(join(gateway), "AAPL")
    service.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert client.receive() == QUOTE
    client.close()
    service.wait_for_symbols(0)


def test_a_killed_service_that_is_back_is_used_again(start, market_data, redis, join):
    service = market_data()
    gateway = start(Gateway, service.target, *LONG_GRACE)
    client = subscribe(join(gateway), "AAPL")
    service.wait_for_symbols(1)
    service.kill()
    gateway.wait_for_counter("wsfanout_quotes_feed_up", 0)
    service = market_data(grpc_port=service.grpc_port)
    service.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert client.receive() == QUOTE


def test_a_killed_service_ends_the_connections_after_the_grace(start, market_data, join):
    service = market_data()
    gateway = start(Gateway, service.target, *PAST_GRACE).wait_until_ready()
    client = subscribe(join(gateway), "AAPL")
    service.kill()
    with pytest.raises(Closed) as closed:
        assert client.receive() == '{"error":"connection_lost"}'
        client.receive()
    assert closed.value.code == 1013


def test_a_gateway_shows_its_token_to_a_service_that_requires_one(start, market_data, redis, join, tmp_path):
    (tmp_path / "token").write_text(token("gateway", tier="basic"))
    service = market_data("--grpc-require-token", "--quotes-tier", "basic=AAPL")
    gateway = start(Gateway, service.target, "--grpc-token-file", tmp_path / "token")
    client = subscribe(join(gateway), "AAPL", "TSLA")
    service.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert client.receive() == QUOTE
    gateway.err.wait_for("Symbol TSLA not allowed for your subscription")


@pytest.mark.parametrize("arguments, complaint", [
    (["--grpc", "localhost"], "--grpc:"),
    (["--grpc", "localhost:0"], "port 0 is none to connect to"),
    (["--grpc", "localhost:1", "--grpc-ca", "ca.pem"], "it is for TLS (--grpc-tls)"),
    (["--grpc-require-token"], "of whom? (--grpc-listen)"),
    (["--grpc-listen", "50051"], "--grpc-listen:"),
])
def test_wrong_flags_are_explained(arguments, complaint):
    result = run([binary("wsfanout"), "--protocol", "quotes", *arguments], env={"JWT_SECRET": SECRET})
    assert result.exit_code == 2 and complaint in result.err.text


@pytest.mark.parametrize("text, complaint", [(None, "No such file or directory"), ("broken", "no certificate in PEM")])
def test_check_config_looks_into_the_authorities_that_are_trusted(tmp_path, text, complaint):
    file = tmp_path / "ca.pem"
    check = [binary("wsfanout"), "--check-config", "--protocol", "quotes", "--grpc", "localhost:1", "--grpc-tls", "--grpc-ca", file]
    if text is not None:
        file.write_text(text)
    refused = run(check, env={"JWT_SECRET": SECRET})
    assert refused.exit_code == 2 and refused.err.lines[0].startswith(f"wsfanout: TLS to gRPC: {file}: {complaint}")
    check[-1] = Authority(tmp_path / "authority").file
    assert run(check, env={"JWT_SECRET": SECRET}).exit_code == 0


def test_a_port_that_is_taken_is_told(redis, upstream):
    result = run([binary("wsfanout"), "--protocol", "quotes", "--redis", redis.url, "--port", "0", "--grpc-listen",
                  upstream.target], env={"JWT_SECRET": SECRET})
    assert result.exit_code == 1 and f"cannot listen on {upstream.target} for gRPC" in result.err.text
