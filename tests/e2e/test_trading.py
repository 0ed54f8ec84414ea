"""trading: market prices for everybody, the events of an assessment for its connections, and nothing lost silently."""
import contextlib
import json
import re
import uuid

import pytest
import websocket

from kit.client import WsClient
from kit.events import as_update, rate_event
from kit.fanout import Fanout
from kit.trading import ASSESSMENT, PNL, POSITION, PRICE, RULE, SECRET, VIOLATION, Topics, Trading, token


@pytest.fixture
def topics(kafka):
    return Topics(kafka)


@pytest.fixture
def trade(start, topics):
    return lambda *flags, **options: start(Trading, topics, *flags, **options).wait_until_ready()


def position(topics, kind, offset):
    return f"{topics.name(kind)}:0-{offset}"


def event(number, assessment="a"):
    return f'{{"type":"pnl_update","assessmentId":"{assessment}","n":{number}}}'


def test_the_welcome_names_connection_user_and_time(trade, join):
    welcome = join(trade(), "test", user="u-1").welcome
    assert welcome["type"] == "connected" and welcome["userId"] == "u-1"
    assert uuid.UUID(welcome["connectionId"]).version == 4
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", welcome["timestamp"])


def test_each_message_of_the_seed_reaches_whom_it_is_for_to_the_letter(trade, topics, join):
    server = trade()
    of_it, of_another, of_none = join(server, "assessment-123"), join(server, "assessment-9"), join(server)
    for kind, value in zip(("trading.pnl", "trading.positions", "trading.rules", "trading.violations",
                            "trading.assessments"), (PNL, POSITION, RULE, VIOLATION, ASSESSMENT)):
        topics.publish(kind, value)
        assert of_it.receive() == value
    topics.publish("market-data.prices", PRICE)
    for client in (of_it, of_another, of_none):
        assert client.receive() == PRICE


def test_a_value_without_a_type_gets_that_of_its_topic(trade, topics, join):
    client = join(trade(), "a")
    topics.publish("trading.pnl", '{"assessment_id":"a","realizedPnl":1.50}')
    assert client.receive() == '{"type":"pnl_update","assessment_id":"a","realizedPnl":1.50}'
    topics.publish("market-data.prices", '{ "market":"ETH" }')
    assert client.receive() == '{"type":"market_price", "market":"ETH" }'


@pytest.mark.parametrize("query", ["", "?token=", "?token=x.y.z", f"?token={token(secret='another secret')}",
                                   f"?token={token(lives_s=-60)}"])
def test_without_a_good_token_the_upgrade_is_refused(trade, query):
    server = trade()
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        WsClient(server.url + query)
    assert refusal.value.status_code == 401


def test_the_tokens_assessments_are_the_only_ones(trade, topics, join):
    server = trade()
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        join(server, "c", claims={"assessments": ["a", "b"]})
    assert refusal.value.status_code == 403
    both = join(server, claims={"assessments": ["a", "b"]})
    one = join(server, "b", claims={"assessments": ["a", "b"]})
    topics.publish("trading.pnl", event(1, "a"), event(2, "c"), event(3, "b"))
    assert both.receive_some(2) == [event(1, "a"), event(3, "b")]
    assert one.receive() == event(3, "b")


def test_an_assessment_that_is_no_id_is_refused(trade):
    server = trade()
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        server.join("a%0d%0ab")
    assert refusal.value.status_code == 400


def test_who_answers_pings_stays_and_who_is_silent_goes(trade, join):
    server = trade(env={"HEARTBEAT_INTERVAL": "200", "CONNECTION_TIMEOUT": "700"})
    silent, answering = join(server, "a"), join(server, "a")
    ping = answering.receive_json()
    assert ping["type"] == "ping" and isinstance(ping["timestamp"], int)
    closed = None
    for _ in range(20):
        answering.send({"type": "pong", "timestamp": ping["timestamp"]})
        ping = answering.receive_json()
        assert ping["type"] == "ping"
    closed = silent.expect_close()
    assert (closed.code, closed.reason) == (1001, "heartbeat timeout")
    assert server.counter("websocket_heartbeat_failures_total") == 1


def test_a_topic_that_appears_later_is_read_from_its_start(start, kafka, join):
    topics = Topics(kafka, kinds=("market-data.prices",))
    server = start(Trading, topics).wait_until_ready()
    client = join(server, "a")
    topics.make("trading.pnl")
    topics.publish("trading.pnl", event(1), event(2))
    assert client.receive_some(2, deadline_s=30) == [event(1), event(2)]


def test_a_client_that_comes_back_gets_what_it_missed_on_any_replica(trade, topics, join):
    first, second = trade(), trade()
    client = join(first, "a", query="&meta=1")
    topics.publish("trading.pnl", event(1))
    seen = client.receive_json()
    assert seen == {"type": "pnl_update", "assessmentId": "a", "n": 1, "position": position(topics, "trading.pnl", 0)}
    client.drop()
    topics.publish("trading.pnl", event(2), event(9, "other"))
    topics.publish("trading.rules", '{"type":"rule_status","assessmentId":"a","n":3}')
    second.wait_for_counter("wsfanout_events_total", 4)
    back = join(second, "a", query=f"&since={seen['position']}")
    assert [json.loads(text)["n"] for text in back.receive_some(2)] == [2, 3]
    topics.publish("trading.pnl", event(4))
    assert back.receive_json()["n"] == 4


def test_what_the_buffer_no_longer_holds_is_a_gap(trade, topics, join):
    server = trade("--history", "2")
    topics.publish("trading.pnl", *[event(n) for n in range(5)])
    server.wait_for_counter("wsfanout_events_total", 5)
    since = position(topics, "trading.pnl", 0)
    back = join(server, "a", query=f"&since={since}")
    assert back.receive_json() == {"type": "gap", "assessmentId": "a", "since": since}
    assert [json.loads(text)["n"] for text in back.receive_some(2)] == [3, 4]


def test_a_restarted_server_fills_its_buffer_from_the_log(trade, topics, join):
    topics.publish("trading.pnl", *[event(n) for n in range(4)])
    back = join(trade(), "a", query=f"&since={position(topics, 'trading.pnl', 1)}")
    assert [json.loads(text)["n"] for text in back.receive_some(2)] == [2, 3]


def test_a_client_that_cannot_take_its_events_is_told_by_4002(trade, topics, join):
    server = trade("--outbox-bytes", "32KiB")
    slow = join(server, "a", receive_buffer_bytes=4096)
    filler = "x" * 4000
    topics.publish("trading.pnl", *[f'{{"type":"pnl_update","assessmentId":"a","n":{n},"f":"{filler}"}}'
                                    for n in range(300)])
    server.wait_for_counter("wsfanout_closes_total", 1, code="4002", reason="gap")
    numbers = []
    with pytest.raises(Exception) as end:
        while True:
            numbers.append(slow.receive_json()["n"])
    assert end.value.code == 4002
    assert numbers == list(range(len(numbers)))


def test_messages_that_are_none_are_answered_by_an_error(trade, join):
    client = join(trade(), "a")
    assert json.loads(client.ask("what"))["code"] == "invalid_json"
    assert json.loads(client.ask({"type": "subscribe"}))["code"] == "unknown_type"
    assert json.loads(client.ask({"type": "ping"}))["type"] == "pong"


def test_the_seven_metrics_and_the_health_pages(trade, topics, join):
    server = trade()
    with contextlib.closing(server.join("a")) as client:
        topics.publish("trading.pnl", event(1))
        client.receive()
        client.send({"type": "pong"})
        server.wait_for_counter("websocket_messages_received_total", 1)
        assert server.counter("websocket_connections_total") == 1
        assert server.counter("websocket_messages_sent_total") == 2
        assert server.counter("websocket_kafka_messages_processed_total") == 1
        assert server.counter("websocket_kafka_consumer_lag", topic=topics.name("trading.pnl")) == 0
        assert server.counter("websocket_heartbeat_failures_total") == 0
    server.wait_for_counter("websocket_connection_duration_seconds_count", 1)
    assert server.get("/health").status == 200
    assert server.get("/ready").status == 200


def test_both_protocols_in_one_process_each_with_its_own_rules(start, kafka, topic, topics, join):
    server = start(Fanout, "--protocol", "fx-rates,trading", "--trading-topics", topics.pattern, brokers=kafka.address,
                   topic=topic, env={"JWT_SECRET": SECRET}).wait_until_ready()
    trader = WsClient(f"ws://{server.authority}/ws?token={token()}&assessmentId=a")
    with server.client() as watcher:
        watcher.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD"))
        topics.publish("trading.pnl", event(1))
        assert watcher.receive() == as_update(rate_event("EURUSD"))
        assert trader.receive() == event(1)
    trader.drop()


def test_the_seeds_environment_is_all_it_needs(start, kafka, topics, join):
    env = {"PORT": "0", "NODE_ENV": "production", "KAFKA_BROKERS": kafka.address, "KAFKA_CLIENT_ID": "websocket-service",
           "KAFKA_GROUP_ID": "websocket-service-group", "REDIS_HOST": "localhost"}
    from kit.process import Process, binary
    server = start(Process, [binary("wsfanout"), "--protocol", "trading"], env={**env, "JWT_SECRET": SECRET})
    port = int(server.err.wait_for(r"listening on \S+:(\d+)", 20).group(1))
    client = WsClient(f"ws://localhost:{port}/ws?token={token()}&assessmentId=test")
    assert client.welcome["type"] == "connected"
    client.drop()
    server.err.wait_for("group=websocket-service-group")


def test_without_a_secret_it_does_not_start(start):
    from kit.process import binary, run
    refused = run([binary("wsfanout"), "--protocol", "trading", "--brokers", "127.0.0.1:1"])
    assert refused.exit_code == 2
    assert "JWT_SECRET" in refused.err.text
