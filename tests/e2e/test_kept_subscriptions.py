"""Subscriptions that Redis keeps: a client that comes back with its session has its pairs again."""
import pytest

from kit.events import as_update, rate_event
from kit.notify import token
from kit.waiting import eventually

SECRET = "dev-secret"


@pytest.fixture
def keeper(serve, redis, topic):
    return lambda *flags, **options: serve(topic, "--keep-subscriptions", "30s", "--redis", redis.url, *flags, **options)


def come_back(server, session, query=""):
    return server.connect(f"?session={session}{query}")


def kept(redis, session):
    return int(redis.command("SCARD", f"subscriptions:{session}")[1:])


def test_a_client_that_comes_back_to_another_replica_has_its_pairs(keeper, redis, kafka, topic):
    one, other = keeper(), keeper()
    first = one.connect()
    first.subscribe("EURUSD", "GBPUSD", "USDJPY")
    first.ask({"action": "unsubscribe", "currencyPairs": ["USDJPY"]})
    session = first.welcome["sessionId"]
    eventually(lambda: kept(redis, session) == 2, 10, "two pairs are kept")
    first.drop()
    second = come_back(other, session)
    assert second.receive_json() == {"type": "subscribed", "currencyPairs": ["EURUSD", "GBPUSD"], "session": session,
                                     "message": "Successfully subscribed to 2 currency pairs"}
    kafka.publish(topic, rate_event("GBPUSD"))
    assert second.receive() == as_update(rate_event("GBPUSD"))
    assert second.welcome["sessionId"] != session
    eventually(lambda: kept(redis, second.welcome["sessionId"]) == 2, 10, "the new session is kept as well")
    second.drop()


def test_what_is_kept_lives_as_long_as_the_session_and_then_a_while(keeper, redis):
    server = keeper("--keep-subscriptions", "2s")
    client = server.connect()
    client.subscribe("EURUSD")
    key = f"subscriptions:{client.welcome['sessionId']}"

    def left_ms():
        return int(redis.command("PTTL", key)[1:])

    eventually(lambda: 0 < left_ms() < 1700, 10, "time passes")
    eventually(lambda: left_ms() > 1800, 10, "it is prolonged while the session lives")
    client.drop()
    eventually(lambda: redis.command("EXISTS", key) == ":0", 10, "it is gone")


def test_a_session_that_nobody_knows_is_told_so(keeper):
    server = keeper()
    for session in ("x", "0a3f78fa-4d64-45f1-b34e-b978f87f46ce", "../../etc", "%2A"):
        client = come_back(server, session)
        assert client.receive_json() == {"type": "error", "message": "Unknown session", "code": "unknown_session"}
        client.subscribe("EURUSD")
        client.drop()
    server.wait_for_counter("wsfanout_session_recalls_total", 4, result="unknown")


def test_where_tokens_are_asked_for_only_the_same_user_gets_them(keeper, redis):
    server = keeper(env={"WSFANOUT_JWT_SECRET": SECRET})
    ada = f"&token={token('ada')}"
    first = server.connect(f"?{ada[1:]}")
    first.subscribe("EURUSD")
    session = first.welcome["sessionId"]
    eventually(lambda: kept(redis, session) == 1, 10, "it is kept")
    first.drop()
    other = come_back(server, session, f"&token={token('bob')}")
    assert other.receive_json()["code"] == "unknown_session"
    other.drop()
    again = come_back(server, session, ada)
    assert again.receive_json()["currencyPairs"] == ["EURUSD"]
    again.drop()
    less = come_back(server, session, f"&token={token('ada', pairs=['GBPUSD'])}")
    assert less.receive_json()["code"] == "not_allowed"
    less.drop()


def test_what_the_client_says_itself_is_not_overruled_by_what_it_had(keeper, redis, kafka, topic):
    server = keeper()
    first = server.connect()
    first.subscribe("EURUSD", "GBPUSD", "USDJPY")
    session = first.welcome["sessionId"]
    eventually(lambda: kept(redis, session) == 3, 10, "they are kept")
    first.drop()
    redis.command("CLIENT", "PAUSE", "60000", "WRITE")
    second = come_back(server, session)
    second.subscribe("EURUSD", meta=True)
    second.ask({"action": "unsubscribe", "currencyPairs": ["GBPUSD"]})
    redis.command("CLIENT", "UNPAUSE")
    assert second.receive_json()["currencyPairs"] == ["USDJPY"]
    kafka.publish(topic, rate_event("GBPUSD"), rate_event("EURUSD"))
    message = second.receive_json()
    assert message["event"]["fxRate"]["currencyPair"] == "EURUSD" and "meta" in message
    second.drop()


def test_without_redis_clients_are_served_and_told_that_nothing_can_be_restored(keeper, redis, kafka, topic):
    server = keeper()
    redis.stop()
    client = come_back(server, "0a3f78fa-4d64-45f1-b34e-b978f87f46ce")
    client.subscribe("EURUSD")
    kafka.publish(topic, rate_event("EURUSD"))
    heard = {client.receive(20), client.receive(20)}
    assert as_update(rate_event("EURUSD")) in heard and any('"session_unavailable"' in text for text in heard), heard
    session = client.welcome["sessionId"]
    redis.start()
    client.ask({"action": "subscribe", "currencyPairs": ["GBPUSD"]})
    eventually(lambda: kept(redis, session) == 2, 20, "both are written")
    client.drop()


def test_it_is_off_by_default(fanout):
    client = come_back(fanout, "0a3f78fa-4d64-45f1-b34e-b978f87f46ce")
    assert client.until_pong() == []
    client.drop()
