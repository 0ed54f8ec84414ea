"""quotes-patch: a client that applies the operations holds the server's quotes at all times."""
import json
import re

import pytest
import websocket

from kit.client import WsClient
from kit.foreign import NODE_ENVIRONMENT, node, script
from kit.process import Process, binary, run
from kit.quotes_patch import LAST, SECRET, SYMBOLS, Document, QuotesPatch, RandomPrices, price_of, publish, token
from kit.waiting import eventually

FIELDS = ["symbol", "current_price", "change", "change_percent", "last_updated"]


@pytest.fixture
def quotes(start):
    """Starts a wsfanout with the protocol quotes-patch; prices move every 50 ms."""
    return lambda *flags, **options: start(QuotesPatch, "--price-interval", "50ms", *flags, **options)


@pytest.fixture
def fed(start, redis):
    """One whose prices come from `redis`, and nowhere else."""
    def start_one(*flags, **options):
        server = start(QuotesPatch, "--redis", redis.url, "--price-interval", "1h", *flags, **options)
        eventually(lambda: server.counter("wsfanout_prices_simulated") == 0 and redis.publish("price_updates", "{}") == 1,
                   what="it listens")
        return server
    return start_one


@pytest.mark.parametrize("credential", ["", "&token=", "&token=x.y.z", f"&token={token(secret='another secret of many bytes')}",
                                        f"&token={token(lives_s=-90)}"])
def test_without_a_good_token_the_upgrade_is_refused(quotes, credential):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        WsClient(f"{quotes().url}?symbols=AAPL{credential}", welcome=False)
    assert refusal.value.status_code == 401


@pytest.mark.parametrize("symbols", [[], ["NOPE"], ["aapl", "NOPE"]])
def test_without_a_known_symbol_the_upgrade_is_refused(quotes, symbols):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        quotes().join(symbols)
    assert refusal.value.status_code == 400


def test_an_unknown_symbol_among_known_ones_is_left_out_and_logged(quotes):
    server = quotes()
    client = server.join(["AAPL", "NOPE", "GOOGL"])
    assert sorted(Document(client).take()["quotes"]) == ["AAPL", "GOOGL"]
    server.err.wait_for("not known, and were left out: NOPE")
    client.drop()


def test_first_each_quote_is_added_and_then_its_changed_fields_are_replaced(quotes):
    client = quotes().join(["AAPL", "GOOGL"])
    first = client.receive_json()
    assert first["type"] == "quotes_patch"
    assert [(one["op"], one["path"]) for one in first["operations"]] == [("add", "/quotes/AAPL"), ("add", "/quotes/GOOGL")]
    for operation in first["operations"]:
        assert list(operation["value"]) == FIELDS
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", operation["value"]["last_updated"])
    for _ in range(10):
        for operation in client.receive_json()["operations"]:
            assert operation["op"] == "replace"
            assert re.fullmatch(r"/quotes/(AAPL|GOOGL)/(current_price|change|change_percent|last_updated)", operation["path"])
    client.drop()


def test_simulated_prices_stay_within_a_percent_and_are_repeatable(quotes):
    def steps(*flags):
        document = Document(quotes(*flags).join(["TSLA"]))
        base = document.take()["quotes"]["TSLA"]["current_price"]
        prices = [document.take()["quotes"]["TSLA"]["current_price"] for _ in range(20)]
        assert all(abs(price - base) <= base * 0.01 + 0.005 for price in prices)
        document.client.drop()
        return prices
    assert steps("--seed", "7") == steps("--seed", "7") != steps("--seed", "8")


def test_only_symbols_with_a_client_move(quotes):
    server = quotes()
    document = Document(server.join(["AAPL"]))
    for _ in range(10):
        document.take()
    others = server.document(["GOOGL"], fields="last_updated")["quotes"]["GOOGL"]["last_updated"]
    assert others < document.value["quotes"]["AAPL"]["last_updated"]
    document.client.drop()


def test_prices_come_from_the_channel_to_the_letter(fed, redis):
    server = fed()
    client = server.join(["AAPL"])
    client.receive()
    redis.publish("price_updates", '{"AAPL":{"symbol":"AAPL","current_price":151.2500,"change":-0.50,"change_percent":1e-1,'
                                   '"last_updated":"2025-10-27T12:30:00+02:00"}}')
    assert client.receive() == ('{"type":"quotes_patch","operations":['
                                '{"op":"replace","path":"/quotes/AAPL/current_price","value":151.2500},'
                                '{"op":"replace","path":"/quotes/AAPL/change","value":-0.50},'
                                '{"op":"replace","path":"/quotes/AAPL/change_percent","value":1e-1},'
                                '{"op":"replace","path":"/quotes/AAPL/last_updated","value":"2025-10-27T10:30:00Z"}]}')
    client.drop()


def test_what_is_no_quote_is_counted_and_skipped(fed, redis):
    server = fed()
    client = server.join(["AAPL"], query={"fields": "current_price"})
    client.receive()
    for payload in ["oops", "[]", '{"AAPL":7}', '{"AAPL":{"current_price":-1}}', '{"aapl":{"current_price":1}}',
                    '{"AAPL":{"current_price":"1"}}', '{"AAPL":{"symbol":"T","current_price":1}}', '{"AAPL":{"change":1}}']:
        redis.publish("price_updates", payload)
    redis.publish("price_updates", '{"T":{"price":0},"AAPL":{"Price":152}}')
    assert json.loads(client.receive())["operations"] == [{"op": "replace", "path": "/quotes/AAPL/current_price", "value": 152}]
    assert server.counter("wsfanout_prices_skipped_total", cause="not_json") == 1
    assert server.counter("wsfanout_prices_skipped_total", cause="not_object") == 1
    assert server.counter("wsfanout_prices_skipped_total", cause="bad_symbol") == 2
    assert server.counter("wsfanout_prices_skipped_total", cause="bad_quote") == 5
    client.drop()


def test_fields_and_the_compact_form_give_the_same_quotes(fed, redis):
    server = fed()
    plain = Document(server.join())
    compact = Document(server.join(query={"compact": 1}))
    prices = Document(server.join(query={"fields": "current_price"}))
    documents = [plain, compact, prices]
    for document in documents:
        document.take()
    market = RandomPrices(5)
    publish(redis, [market.event() for _ in range(100)])
    publish(redis, [price_of("AAPL", 1.25)])
    for document in documents:
        document.take_until(1.25, "AAPL")
    assert plain.value == compact.value == server.document()
    assert prices.value == {"quotes": {symbol: {"symbol": symbol, "current_price": quote["current_price"]}
                                       for symbol, quote in plain.value["quotes"].items()}}
    assert compact.operations < plain.operations
    for document in documents:
        document.client.drop()


def said_at(client, price):
    """What patch_client.js says once LAST has this price."""
    client.type(f"until {LAST} {price}\n")
    return json.loads(client.out.wait_for(f'^{{"messages".*"{LAST}":{{"symbol":"{LAST}","current_price":{price},', 60).string)


def test_documents_made_by_foreign_libraries_are_the_servers_after_ten_thousand_updates(fed, redis, start):
    """By Python's jsonpatch and JavaScript's fast-json-patch; two that read at once, two that stop for most of it."""
    server = fed("--outbox-age", "5m", "--write-timeout", "5m", "--outbox-bytes", "64KiB")
    symbols = SYMBOLS + [LAST]
    fast, slow = Document(server.join(symbols)), Document(server.join(symbols, receive_buffer_bytes=4096))
    command = node(script("patch_client.js"), server.url + server.query(symbols), needs=("ws", "fast-json-patch"))
    scripts = [start(Process, command, env=NODE_ENVIRONMENT) for _ in range(2)]
    for document in [fast, slow]:
        document.take()
    for client in scripts:
        client.out.wait_for("^joined$", 20)
    scripts[1].type("pause\n")
    scripts[1].out.wait_for("^paused$")

    market = RandomPrices(20)
    steps, size = 200, 50  # what comes at once fits into the kernel's buffers
    for step in range(1, steps + 1):
        publish(redis, [market.event() for _ in range(size)] + [price_of(LAST, step)])
        fast.take_until(step)
        told = said_at(scripts[0], step)
    assert server.counter("wsfanout_updates_conflated_total") > 1000, "the slow ones fell behind"
    servers = server.document(symbols)
    assert servers == fast.value == told["document"]
    assert fast.messages == told["messages"] == 1 + steps * (size + 1), "who keeps up gets every event"

    assert slow.take_until(steps) == servers
    scripts[1].type("resume\n")
    told = said_at(scripts[1], steps)
    assert told["document"] == servers
    assert slow.messages < fast.messages and told["messages"] < fast.messages
    for document in [fast, slow]:
        document.client.drop()


def test_a_new_token_is_taken_and_an_expired_one_ends_the_connection(quotes):
    client = quotes().join(["AAPL"])
    client.send({"action": "auth", "token": token(lives_s=600), "id": 7})
    while True:
        answer = client.receive_json()
        if answer["type"] != "quotes_patch":
            break
    assert (answer["type"], answer["id"]) == ("authenticated", 7)
    client.drop()


def test_the_environment_of_the_service_that_it_replaces_is_taken(start):
    settings = run([binary("wsfanout"), "--protocol", "quotes-patch", "--print-config"],
                   env={"WS_MAX_CONNECTIONS": "900", "WS_IDLE_TIMEOUT": "20m", "WS_HEALTH_CHECK_INTERVAL": "10s",
                        "WS_CIRCUIT_BREAKER_THRESHOLD": "3", "PRICE_UPDATE_INTERVAL": "2s", "JWT_SECRET": SECRET}).out.text
    for line in ["quotes-patch-max-connections = 900", "quotes-patch-idle-timeout = 20m", "health-check-interval = 10s",
                 "breaker-threshold = 3", "price-interval = 2s"]:
        assert line in settings
    assert SECRET not in settings


def test_a_connection_without_a_message_either_way_is_idle(start):
    server = start(QuotesPatch, "--price-interval", "1h", "--quotes-patch-idle-timeout", "1s")
    closed = server.join(["AAPL"]).expect_close()
    assert (closed.code, closed.reason) == (1001, "idle timeout")


def test_a_symbol_list_of_ones_own(start, tmp_path):
    listed = tmp_path / "symbols"
    listed.write_text("# mine\nXYZ 12.50\nT.A, 3\n")
    server = start(QuotesPatch, "--symbols", listed)
    document = server.document(["XYZ", "T.A", "AAPL"], fields="current_price")
    assert document == {"quotes": {"XYZ": {"symbol": "XYZ", "current_price": 12.5}, "T.A": {"symbol": "T.A", "current_price": 3}}}
    listed.write_text("XYZ twelve\n")
    refused = run([binary("wsfanout"), "--protocol", "quotes-patch", "--symbols", listed], env={"JWT_SECRET": SECRET})
    assert refused.exit_code == 2
    assert "line 1: XYZ needs a base price above 0" in refused.err.text


def test_the_pool_is_seen_in_the_metrics(quotes):
    server = quotes()
    document = Document(server.join(["AAPL"]))
    for _ in range(5):
        document.take()
    document.client.send("{}")
    server.wait_for_counter("websocket_pool_messages_received_total", 1)
    assert server.counter("websocket_pool_connections_total") == 1
    assert server.counter("websocket_pool_active_connections") == 1
    assert server.counter("websocket_pool_messages_sent_total") >= 5
    assert server.counter("websocket_pool_bytes_sent_total") > 500
    assert server.counter("websocket_pool_average_latency_ms") > 0
    with pytest.raises(websocket.WebSocketBadStatusException):
        server.join(["NOPE"])
    server.wait_for_counter("websocket_pool_failed_connections_total", 1)
    document.client.close()
    server.wait_for_counter("websocket_pool_active_connections", 0)
