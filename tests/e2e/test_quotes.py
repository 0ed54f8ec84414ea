"""quotes: what is published in Redis of a symbol reaches each connection that has subscribed to it, on every replica."""
import json
import subprocess
import sys

import pytest
import websocket

from kit.client import Closed, WsClient
from kit.process import binary, run
from kit.quotes import AAPL, SECRET, Quotes, subscribe, token

QUOTE = '{"type":"quote","symbol":"AAPL","price":150.250,"timestamp":"2025-10-27T10:30:00Z"}'
WHOLE = ('{"type":"quote","symbol":"AAPL","price":150.250,"change":-2.50,"change_percent":-1.60,'
         '"timestamp":"2025-10-27T10:30:00Z"}')

# As a newcomer writes it who has seen the messages and nothing else.
PLAIN_CLIENT = """
import json, sys, websocket
ws = websocket.create_connection(sys.argv[1])
ws.send(json.dumps({"type": "subscribe", "symbols": ["AAPL", "GOOGL", "MSFT"]}))
print(ws.recv(), flush=True)
message = json.loads(ws.recv())
assert message["type"] == "quote"
print(message["symbol"], message["price"], message["timestamp"], flush=True)
ws.send(json.dumps({"type": "unsubscribe", "symbols": ["AAPL"]}))
print(ws.recv(), flush=True)
"""


@pytest.fixture
def quotes(start, redis):
    """Starts a wsfanout with the protocol quotes on `redis`."""
    return lambda *flags, **options: start(Quotes, redis.url, *flags, **options)


def test_a_quote_comes_to_the_letter_to_each_subscriber_on_both_replicas(quotes, redis, join):
    one, other = quotes(), quotes()
    clients = [subscribe(join(one), "AAPL"), subscribe(join(one, "bob"), "MSFT", "AAPL"), subscribe(join(other), "AAPL")]
    one.wait_for_symbols(2)
    other.wait_for_symbols(1)
    assert redis.publish("quote:AAPL", AAPL) == 2
    for client in clients:
        assert client.receive() == QUOTE
    redis.publish("quote:MSFT", '{"Symbol":"MSFT","Price":4.1E2,"Timestamp":"2025-10-27T12:30:00.5+02:00"}')
    assert clients[1].receive() == '{"type":"quote","symbol":"MSFT","price":4.1E2,"timestamp":"2025-10-27T10:30:00.500Z"}'


def test_all_fields_come_to_those_who_ask_for_them(quotes, redis, join):
    server = quotes()
    whole, plain = subscribe(join(server, query="&fields=all"), "AAPL"), subscribe(join(server), "AAPL")
    server.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert whole.receive() == WHOLE and plain.receive() == QUOTE
    redis.publish("quote:AAPL", '{"symbol":"AAPL","price":151,"timestamp":1761561001000}')
    assert whole.receive() == ('{"type":"quote","symbol":"AAPL","price":151,"change":-2.50,"change_percent":-1.60,'
                               '"timestamp":"2025-10-27T10:30:01Z"}')
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        join(server, query="&fields=price")
    assert refusal.value.status_code == 400


def test_a_client_that_knows_the_messages_alone_works(quotes, redis):
    server = quotes()
    client = subprocess.Popen([sys.executable, "-c", PLAIN_CLIENT, f"{server.url}?token={token()}"], stdout=subprocess.PIPE,
                              text=True)
    assert client.stdout.readline() == '{"type":"subscribed","symbols":["AAPL","GOOGL","MSFT"]}\n'
    server.wait_for_symbols(3)
    redis.publish("quote:AAPL", AAPL)
    assert client.stdout.readline() == "AAPL 150.25 2025-10-27T10:30:00Z\n"
    assert client.stdout.readline() == '{"type":"unsubscribed","symbols":["AAPL"]}\n'
    assert client.wait(20) == 0
    server.wait_for_symbols(0)


def test_after_an_unsubscription_nothing_comes_and_redis_is_left(quotes, redis, join):
    server = quotes()
    client = subscribe(join(server), "AAPL", "MSFT")
    server.wait_for_symbols(2)
    assert client.ask({"type": "unsubscribe", "symbols": ["AAPL"]}) == '{"type":"unsubscribed","symbols":["AAPL"]}'
    server.wait_for_symbols(1)
    assert redis.publish("quote:AAPL", AAPL) == 0
    redis.publish("quote:MSFT", '{"price":1,"timestamp":0}')
    assert client.receive() == '{"type":"quote","symbol":"MSFT","price":1,"timestamp":"1970-01-01T00:00:00Z"}'
    client.close()
    server.wait_for_symbols(0)


def test_a_snapshot_is_the_newest_quote(quotes, redis, join):
    server = quotes()
    first = subscribe(join(server), "AAPL")
    server.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert first.receive() == QUOTE
    later = subscribe(join(server), "AAPL", snapshot=True)
    assert later.receive() == QUOTE[:-1] + ',"snapshot":true}'


def test_invalid_requests_are_answered_and_the_connection_stays(quotes, join):
    client = join(quotes())
    assert json.loads(client.ask("hello"))["code"] == "invalid_json"
    assert json.loads(client.ask({"type": "buy", "symbols": []}))["code"] == "unknown_type"
    assert json.loads(client.ask({"type": "subscribe", "symbols": "AAPL"}))["code"] == "invalid_format"
    client.send({"type": "subscribe", "symbols": ["AAPL", "nope"], "id": 7})
    assert [json.loads(text) for text in client.receive_some(2)] == [
        {"type": "subscribed", "symbols": ["AAPL"], "id": 7},
        {"type": "error", "message": "Invalid symbol: nope", "code": "invalid_symbol", "symbols": ["nope"], "id": 7}]
    assert json.loads(client.ask({"type": "ping"}))["type"] == "pong"


def test_more_symbols_than_the_limit_are_refused(quotes, join):
    client = join(quotes("--quotes-max-subscriptions", "2"))
    answer = json.loads(client.ask({"type": "subscribe", "symbols": ["A", "B", "C"]}))
    assert (answer["code"], answer["message"]) == ("subscription_limit", "Subscription limit of 2 symbols exceeded")
    subscribe(client, "A", "B")


def test_a_tier_sees_its_symbols_and_is_told_of_the_others(quotes, redis, join):
    server = quotes("--quotes-tier", "basic=AAPL,MSFT", "--quotes-tier", "premium=*", "--quotes-tier", "default=MSFT")
    basic, premium, other = join(server, tier="basic"), join(server, tier="premium"), join(server, tier="gold")
    basic.send({"type": "subscribe", "symbols": ["TSLA", "AAPL"]})
    assert [json.loads(text) for text in basic.receive_some(2)] == [
        {"type": "subscribed", "symbols": ["AAPL"]},
        {"type": "error", "message": "Symbol TSLA not allowed for your subscription", "code": "not_allowed",
         "symbols": ["TSLA"]}]
    subscribe(premium, "TSLA", "AAPL")
    assert json.loads(other.ask({"type": "subscribe", "symbols": ["AAPL"]}))["code"] == "not_allowed"
    subscribe(other, "MSFT")
    server.wait_for_symbols(3)
    redis.publish("quote:TSLA", '{"price":1}')
    redis.publish("quote:AAPL", AAPL)
    assert basic.receive() == QUOTE
    assert [json.loads(text)["symbol"] for text in premium.receive_some(2)] == ["TSLA", "AAPL"]
    assert server.counter("wsfanout_quotes_denied_symbols_total") == 2


@pytest.mark.parametrize("query", ["", "?token=", f"?token={token(secret='another secret')}", f"?token={token(lives_s=-60)}"])
def test_without_a_good_token_the_upgrade_is_refused(quotes, query):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        WsClient(quotes().url + query, welcome=False)
    assert refusal.value.status_code == 401


def test_the_sixth_connection_of_a_user_is_upgraded_and_then_closed(quotes, join):
    server = quotes()
    for _ in range(5):
        join(server)
    sixth = join(server).expect_close()
    assert (sixth.code, sixth.reason) == (1008, "connection limit per user")
    subscribe(join(server, "bob"), "AAPL")


def test_a_silent_connection_gets_heartbeats(quotes, redis, join):
    server = quotes("--quotes-heartbeat", "500ms")
    client = subscribe(join(server), "AAPL")
    assert client.receive_some(2) == ['{"type":"heartbeat"}'] * 2
    redis.publish("quote:AAPL", AAPL)
    while (text := client.receive()) == '{"type":"heartbeat"}':
        pass
    assert text == QUOTE


def test_a_restart_of_redis_loses_no_connection_and_no_quote_after_it(quotes, redis, join):
    server = quotes("--upstream-grace", "1h")
    client = subscribe(join(server), "AAPL")
    server.wait_for_symbols(1)
    redis.stop()
    server.wait_for_counter("wsfanout_quotes_feed_up", 0)
    assert "degraded: Redis unreachable" in server.get("/readyz").text
    assert server.health()["components"]["redis"] == {"status": "DOWN"}
    late = subscribe(join(server, "bob"), "AAPL", "MSFT")
    redis.start()
    server.wait_for_symbols(2)
    redis.publish("quote:AAPL", AAPL)
    assert client.receive() == QUOTE and late.receive() == QUOTE
    assert server.get("/readyz").text == "ready\n"


def test_a_longer_outage_is_told_once_and_the_connections_stay(quotes, redis, join):
    server = quotes("--upstream-grace", "200ms")
    client = subscribe(join(server), "AAPL")
    server.wait_for_symbols(1)
    redis.stop()
    assert client.receive() == '{"type":"error","code":"feed_unavailable"}'
    assert join(server, "late").receive() == '{"type":"error","code":"feed_unavailable"}'
    redis.start()
    server.wait_for_symbols(1)
    redis.publish("quote:AAPL", AAPL)
    assert client.receive() == QUOTE


def test_a_token_that_ends_ends_the_connection_unless_it_is_renewed(quotes, join):
    server = quotes()
    renewed, left = join(server, lives_s=2), join(server, "bob", lives_s=2)
    answer = json.loads(renewed.ask({"type": "auth", "token": token(), "id": 7}))
    assert (answer["type"], answer["userId"], answer["id"]) == ("authenticated", "ada", 7)
    with pytest.raises(Closed) as closed:
        left.receive()
    assert closed.value.code == 4001
    subscribe(renewed, "AAPL")


def test_metrics_and_the_log_show_what_there_is(quotes, redis, join):
    server = quotes("--log-level", "debug")
    client = subscribe(join(server), "AAPL", "MSFT")
    server.wait_for_symbols(2)
    redis.publish("quote:AAPL", AAPL)
    redis.publish("quote:AAPL", '{"symbol":"AAPL","price":"150"}')
    client.receive()
    server.wait_for_counter("wsfanout_quotes_skipped_total", 1, cause="bad_quote")
    metrics = server.metrics()
    assert metrics.value("websocket_connections_total", protocol="quotes") == 1
    assert metrics.value("websocket_messages_received_total", protocol="quotes") == 1
    assert metrics.value("redis_subscriptions_total", protocol="quotes") == 2
    assert metrics.value("quotes_published_total", protocol="quotes") == 1
    assert metrics.value("grpc_stream_duration_seconds_count", protocol="quotes") == 0
    assert "ada" not in metrics.text
    server.err.wait_for(r"user_id=ada symbols=\[AAPL,MSFT\] connection_id=[0-9a-f-]{36} action=subscribe")
    server.err.wait_for(r"skipped a quote: .*cause=bad_quote channel=quote:AAPL")


@pytest.mark.parametrize("arguments, complaint", [
    (["--quotes-tier", "AAPL"], "is no list of a tier (try basic=AAPL,MSFT or premium=*)"),
    (["--quotes-tier", "basic=aapl"], '"aapl" of basic is no symbol'),
    (["--embedded-broker"], "no protocol that is served reads Kafka"),
    (["--path", "/metrics"], "/metrics is served already"),
])
def test_wrong_flags_are_explained(arguments, complaint):
    result = run([binary("wsfanout"), "--protocol", "quotes", *arguments], env={"JWT_SECRET": SECRET})
    assert result.exit_code == 2 and complaint in result.err.text


def test_without_a_secret_nobody_could_come_in():
    result = run([binary("wsfanout"), "--protocol", "quotes"])
    assert result.exit_code == 2 and "set JWT_SECRET" in result.err.text
