"""The seed's conversation, and each row of the fx-rates table, to the letter."""
import json
import re
import time

import pytest
from websocket import ABNF

from kit.events import as_update, numbered, rate_event, some_pairs

INVALID_FORMAT = '{"type":"error","message":"Invalid currencyPairs format","code":"invalid_format"}'
INVALID_JSON = '{"type":"error","message":"Invalid message format","code":"invalid_json"}'
LIMIT = '{"type":"error","message":"Subscription limit of 50 currency pairs exceeded","code":"subscription_limit"}'


@pytest.fixture
def client(fanout):
    with fanout.client(welcome=False) as connection:
        connection.welcome_text = connection.receive()
        yield connection


def test_the_whole_conversation_of_the_seed(client, kafka, topic):
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(r'\{"type":"connected","message":"Connected to FX Rates WebSocket","sessionId":"' + uuid + r'"\}',
                        client.welcome_text)
    assert client.ask('{"action": "subscribe", "currencyPairs": ["EURUSD", "GBPUSD", "USDJPY"]}') == (
        '{"type":"subscribed","currencyPairs":["EURUSD","GBPUSD","USDJPY"],'
        '"message":"Successfully subscribed to 3 currency pairs"}')
    euro, pound = rate_event("EURUSD"), rate_event("GBPUSD", "1.2700")
    kafka.publish(topic, euro, pound)
    assert client.receive_some(2) == [as_update(euro), as_update(pound)]
    assert client.ask('{"action":"unsubscribe","currencyPairs":["GBPUSD"]}') == (
        '{"type":"unsubscribed","currencyPairs":["GBPUSD"]}')
    yen = rate_event("USDJPY", "154.312")
    kafka.publish(topic, rate_event("GBPUSD", "1.2701"), yen)
    assert client.receive() == as_update(yen), "no update of an unsubscribed pair comes any more"
    pong = re.fullmatch(r'\{"type":"pong","timestamp":"(\d{13})"\}', client.ask('{"action":"ping"}'))
    assert pong and abs(int(pong.group(1)) / 1000 - time.time()) < 60
    assert client.close() == (1000, "bye")


@pytest.mark.parametrize("event", [
    rate_event("EURUSD", "1.0850"),
    rate_event("EURUSD", "1.08500000000000000001", bid="10845e-4", ask="1.0855E+0"),
    ' { "eventType" : "FxRateUpdated",\n\t"fxRate":{"ask":1.0855,"bid":1.0845,"rate":1.0850,"currencyPair":"EURUSD"} } ',
    rate_event("EURUSD")[:-1] + ',"note":"caf\u00e9 \U0001f4b6 \\u00e9 <&> \\/","empty":{},"list":[1,2.50,null]}',
], ids=["a rate written 1.0850", "more digits than a double has", "white space and another order", "text of any kind"])
def test_an_event_passes_through_byte_for_byte(client, kafka, topic, event):
    client.subscribe("EURUSD")
    kafka.publish(topic, event)
    assert client.receive() == as_update(event)


def test_events_arrive_in_the_order_of_the_log_and_only_those_of_subscribed_pairs(client, kafka, topic):
    client.subscribe("EURUSD", "GBPUSD")
    events = [event for three in zip(numbered("EURUSD", 100), numbered("USDJPY", 100), numbered("GBPUSD", 100)) for event in three]
    kafka.publish(topic, *events)
    wanted = [as_update(event) for event in events if "USDJPY" not in event]
    assert client.receive_some(len(wanted)) == wanted


def test_a_second_subscription_to_a_pair_still_brings_one_copy(client, kafka, topic):
    first = client.ask({"action": "subscribe", "currencyPairs": ["EURUSD"]})
    assert client.ask({"action": "subscribe", "currencyPairs": ["EURUSD"]}) == first
    events = numbered("EURUSD", 2)
    kafka.publish(topic, *events)
    assert client.receive_some(2) == [as_update(event) for event in events]


def test_pairs_named_twice_are_answered_once_in_their_order(client):
    assert client.ask({"action": "subscribe", "currencyPairs": ["USDJPY", "EURUSD", "USDJPY", "EURUSD"]}) == (
        '{"type":"subscribed","currencyPairs":["USDJPY","EURUSD"],"message":"Successfully subscribed to 2 currency pairs"}')


def test_one_pair_is_still_called_pairs(client):
    assert client.subscribe("EURUSD")["message"] == "Successfully subscribed to 1 currency pairs"


def test_an_empty_list_is_answered_with_an_empty_list(client):
    assert client.ask({"action": "subscribe", "currencyPairs": []}) == (
        '{"type":"subscribed","currencyPairs":[],"message":"Successfully subscribed to 0 currency pairs"}')


def test_valid_pairs_are_subscribed_before_the_invalid_ones_are_refused(client, kafka, topic):
    client.send({"action": "subscribe", "currencyPairs": ["EURUS", "EURUSD", "eurusd"]})
    assert client.receive_some(2) == [
        '{"type":"subscribed","currencyPairs":["EURUSD"],"message":"Successfully subscribed to 1 currency pairs"}',
        '{"type":"error","message":"Invalid currency pair: EURUS, eurusd","code":"invalid_pair",'
        '"currencyPairs":["EURUS","eurusd"]}']
    kafka.publish(topic, rate_event("EURUSD"))
    assert client.receive() == as_update(rate_event("EURUSD"))


def test_no_valid_pair_brings_only_the_error(client):
    assert client.ask({"action": "subscribe", "currencyPairs": ["EURUS"]}) == (
        '{"type":"error","message":"Invalid currency pair: EURUS","code":"invalid_pair","currencyPairs":["EURUS"]}')
    assert client.until_pong() == []


def test_a_long_invalid_pair_is_cut_at_32_bytes(client):
    answer = json.loads(client.ask({"action": "subscribe", "currencyPairs": ["E" * 100]}))
    assert answer["currencyPairs"] == ["E" * 32]
    assert answer["message"] == "Invalid currency pair: " + "E" * 32


def test_cutting_an_invalid_pair_never_splits_a_character(client):
    client.send(json.dumps({"action": "subscribe", "currencyPairs": ["\u20ac" * 20]}, ensure_ascii=False))
    answer = json.loads(client.receive())
    assert answer["code"] == "invalid_pair" and "\u20ac" * 20 != answer["currencyPairs"][0]
    assert len(answer["currencyPairs"][0].encode()) <= 32


@pytest.mark.parametrize("action", ["subscribe", "unsubscribe"])
@pytest.mark.parametrize("pairs", [None, '"EURUSD"', "7", "null", '["EURUSD",7]', '["EURUSD",null]', '[["EURUSD"]]', '{"a":1}'])
def test_pairs_that_are_no_list_of_strings_change_nothing(client, action, pairs):
    member = "" if pairs is None else f',"currencyPairs":{pairs}'
    assert client.ask(f'{{"action":"{action}"{member}}}') == INVALID_FORMAT


def test_an_invalid_format_subscribes_nothing(client, kafka, topic):
    assert client.ask('{"action":"subscribe","currencyPairs":["EURUSD",7]}') == INVALID_FORMAT
    client.subscribe("GBPUSD")
    kafka.publish(topic, rate_event("EURUSD"), rate_event("GBPUSD"))
    assert client.receive() == as_update(rate_event("GBPUSD"))


def test_the_51st_subscription_is_refused_and_changes_nothing(client, kafka, topic):
    pairs = some_pairs(51)
    assert len(client.subscribe(*pairs[:50])["currencyPairs"]) == 50
    assert client.ask({"action": "subscribe", "currencyPairs": [pairs[50]]}) == LIMIT
    kafka.publish(topic, rate_event(pairs[50]), rate_event(pairs[49]))
    assert client.receive() == as_update(rate_event(pairs[49]))
    assert client.subscribe(pairs[0])["currencyPairs"] == [pairs[0]], "a pair that is subscribed already counts once"
    client.ask({"action": "unsubscribe", "currencyPairs": [pairs[0]]})
    assert client.subscribe(pairs[50])["currencyPairs"] == [pairs[50]]


def test_a_request_that_would_pass_the_limit_is_refused_whole(client, kafka, topic):
    pairs = some_pairs(51)
    assert client.ask({"action": "subscribe", "currencyPairs": pairs}) == LIMIT
    client.subscribe("EURUSD")
    kafka.publish(topic, rate_event(pairs[0]), rate_event("EURUSD"))
    assert client.receive() == as_update(rate_event("EURUSD"))


def test_unsubscribing_what_was_never_subscribed_is_answered_all_the_same(client):
    assert client.ask({"action": "unsubscribe", "currencyPairs": ["CHFJPY"]}) == (
        '{"type":"unsubscribed","currencyPairs":["CHFJPY"]}')


@pytest.mark.parametrize("text, named", [
    ('{"action":"resubscribe"}', "resubscribe"), ('{"action":"SUBSCRIBE","currencyPairs":["EURUSD"]}', "SUBSCRIBE")])
def test_an_unknown_action_is_named(client, text, named):
    assert client.ask(text) == f'{{"type":"error","message":"Unknown action: {named}","code":"unknown_action"}}'


@pytest.mark.parametrize("text", ["{}", '{"action":null}', '{"action":1}', '{"currencyPairs":["EURUSD"]}'])
def test_a_missing_action_is_an_unknown_action(client, text):
    assert json.loads(client.ask(text))["code"] == "unknown_action"


@pytest.mark.parametrize("text", ["", "hello", "[]", '"subscribe"', "1", "null", '{"action":"ping"', "{'action':'ping'}",
                                  '{"action":"ping"} x', '{"action":"ping","a":NaN}', '{"a":' * 33 + "1" + "}" * 33,
                                  "[" * 30000], ids=lambda text: text[:20] or "empty")
def test_what_is_no_json_object_is_an_invalid_message(client, text):
    assert client.ask(text) == INVALID_JSON
    assert json.loads(client.ask({"action": "ping"}))["type"] == "pong", "the connection stays open"


@pytest.mark.parametrize("name", ['"r-1"', "7", '"' + "x" * 64 + '"'], ids=["text", "number", "64 bytes"])
def test_an_id_comes_back_as_it_was(client, name):
    for command in ('"subscribe","currencyPairs":["EURUSD"]', '"unsubscribe","currencyPairs":["EURUSD"]', '"ping"',
                    '"subscribe","currencyPairs":["bad"]', '"subscribe"', '"nonsense"'):
        answer = client.ask(f'{{"action":{command},"id":{name}}}')
        assert answer.endswith(f',"id":{name}}}'), answer


@pytest.mark.parametrize("name", ['"' + "x" * 65 + '"', "null", "true", "[1]", '{"a":1}'],
                         ids=["65 bytes", "null", "true", "list", "object"])
def test_an_id_of_another_kind_never_breaks_an_answer(client, name):
    answer = json.loads(client.ask(f'{{"action":"ping","id":{name}}}'))
    assert answer["type"] in ("pong", "error") and "id" not in answer


def test_commands_sent_in_one_piece_are_answered_in_their_order(client):
    for _ in range(200):
        client.send('{"action":"ping","id":1}')
        client.send('{"action":"subscribe","currencyPairs":["EURUSD"],"id":2}')
    answers = [json.loads(text)["id"] for text in client.receive_some(400)]
    assert answers == [1, 2] * 200


def test_a_message_in_fragments_is_one_message(client):
    client.send_frame(ABNF.OPCODE_TEXT, '{"action":', fin=0)
    client.send_frame(ABNF.OPCODE_PING, "between")
    client.send_frame(ABNF.OPCODE_CONT, '"ping","id"', fin=0)
    client.send_frame(ABNF.OPCODE_CONT, ':5}', fin=1)
    assert json.loads(client.receive())["id"] == 5


def test_a_client_that_did_not_ask_for_extensions_never_sees_their_members(client, kafka, topic):
    kafka.publish(topic, rate_event("EURUSD", "1.0"))
    client.subscribe("EURUSD")
    kafka.publish(topic, rate_event("EURUSD", "2.0"))
    messages = []
    while as_update(rate_event("EURUSD", "2.0")) not in messages:
        messages.append(client.receive())
    assert set(messages) <= {as_update(rate_event("EURUSD", "1.0")), as_update(rate_event("EURUSD", "2.0"))}
