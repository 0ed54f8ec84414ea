"""notify: what is published in Redis for a user reaches each of the user's connections, on every replica."""
import contextlib

import pytest
import websocket

from kit.client import Closed, WsClient
from kit.notify import SECRET, Notify, token
from kit.process import binary, run
from kit.waiting import FACTOR

NOTE = '{"type": "batch_ready",  "batch_id":"b-1","score":1.50,"text":"Zoë ✓"}'


def test_a_message_comes_to_the_letter_to_each_connection_of_its_user_on_both_replicas(notify, redis, join):
    one, other = notify(), notify()
    hers = [join(one), join(one), join(other)]
    his = join(one, "bob")
    one.wait_for_channels(2)
    other.wait_for_channels(1)
    assert redis.publish("ws:ada", NOTE) == 2
    for client in hers:
        assert client.receive() == NOTE
    redis.publish("ws:bob", '{"n":1}')
    assert his.receive() == '{"n":1}'


def test_the_channel_is_held_from_the_first_connection_of_the_user_to_the_last(notify, redis, join):
    server = notify()
    first, last = join(server), join(server)
    server.wait_for_channels(1)
    first.close()
    server.wait_for_counter("websocket_active_connections", 1, protocol="notify")
    assert redis.publish("ws:ada", NOTE) == 1
    assert last.receive() == NOTE
    last.close()
    server.wait_for_channels(0)
    assert redis.publish("ws:ada", NOTE) == 0


@pytest.mark.parametrize("query", ["", "?token=", "?token=x.y.z", f"?token={token(secret='another secret')}",
                                   f"?token={token(lives_s=-60)}"])
def test_without_a_good_token_the_upgrade_is_refused(notify, query):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        WsClient(notify().url + query, welcome=False)
    assert refusal.value.status_code == 401


def test_the_sixth_connection_of_a_user_is_upgraded_and_then_closed(notify, join):
    server = notify()
    five = [join(server) for _ in range(5)]
    sixth = join(server).expect_close()
    assert (sixth.code, sixth.reason) == (1008, "connection limit per user")
    join(server, "bob")
    five[0].close()
    server.wait_for_counter("websocket_active_connections", 5, protocol="notify")
    join(server)
    server.wait_for_counter("websocket_active_connections", 6, protocol="notify")
    assert server.counter("websocket_connections_total", status="limit_exceeded") == 1


def test_the_environment_of_the_service_that_it_replaces_is_taken(start, redis, join):
    server = start(Notify, redis.url, env={"WEBSOCKET_MAX_CONNECTIONS_PER_USER": "1", "JWT_ALGORITHM": "HS256",
                                           "WEBSOCKET_IDLE_TIMEOUT": "300", "WEBSOCKET_PORT": "18080",
                                           "CORS_ORIGINS": '["http://localhost:3000"]'})
    client = join(server, origin="http://localhost:3000")
    assert join(server).expect_close().code == 1008
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        join(server, "bob", origin="http://elsewhere.example")
    assert refusal.value.status_code == 403
    settings = run([binary("wsfanout"), "--protocol", "notify", "--print-config"],
                   env={"WEBSOCKET_PORT": "18080", "JWT_SECRET_KEY": SECRET, "WEBSOCKET_IDLE_TIMEOUT": "90",
                        "REDIS_URL": "redis://:hidden@localhost"}).out.text
    assert "notify-port = 18080" in settings and "idle-timeout = 90s" in settings
    assert SECRET not in settings and "hidden" not in settings
    client.drop()


def test_a_connection_without_a_message_either_way_is_idle(notify, redis, join):
    server = notify("--idle-timeout", "1s")
    idle, talks, listens = join(server, "idle"), join(server, "talks"), join(server, "listens")
    server.wait_for_channels(3)
    closed = None
    while closed is None:
        talks.send({"type": "still here"})
        redis.publish("ws:listens", NOTE)
        assert listens.receive() == NOTE
        with contextlib.suppress(AssertionError):
            closed = idle.expect_close(0.1 / FACTOR)
    assert (closed.code, closed.reason) == (1001, "idle timeout")
    redis.publish("ws:talks", NOTE)
    assert talks.receive() == NOTE


def test_a_restart_of_redis_loses_no_connection_and_no_message_after_it(notify, redis, join):
    server = notify()
    client = join(server)
    server.wait_for_channels(1)
    assert server.get("/healthz/redis").status == 200
    redis.stop()
    server.wait_for_counter("wsfanout_redis_connected", 0)
    assert server.get("/healthz/redis").status == 503
    assert "degraded: Redis unreachable" in server.get("/readyz").text
    late = join(server, "bob")
    redis.start()
    server.wait_for_channels(2)
    redis.publish("ws:ada", NOTE)
    redis.publish("ws:bob", NOTE)
    assert client.receive() == NOTE and late.receive() == NOTE
    assert server.get("/healthz/redis").status == 200


def test_a_longer_outage_is_told_once(notify, redis, join):
    server = notify()
    client = join(server)
    server.wait_for_channels(1)
    redis.stop()
    assert client.receive() == '{"type":"error","code":"feed_unavailable"}'
    assert join(server, "late").receive() == '{"type":"error","code":"feed_unavailable"}'
    redis.start()
    server.wait_for_channels(2)
    redis.publish("ws:ada", NOTE)
    assert client.receive() == NOTE


def test_redis_that_refuses_us_is_named_in_the_log_without_the_password(start, start_redis, tmp_path):
    redis = start_redis("--requirepass", "right-password")
    password = tmp_path / "password"
    password.write_text("wrong-password\n")
    password.chmod(0o600)
    server = start(Notify, redis.url, "--redis-password-file", str(password))
    server.err.wait_for(r"Redis redis://127.0.0.1:\d+: WRONGPASS .*--redis-password-file")
    assert server.get("/healthz/redis").status == 503
    assert server.get("/readyz").status == 503
    assert "wrong-password" not in server.err.text + server.metrics().text


def test_the_password_comes_from_a_file_and_a_user_from_the_url(start, start_redis, tmp_path, join):
    redis = start_redis("--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "-@all", "+subscribe", "+unsubscribe")
    password = tmp_path / "password"
    password.write_text("pass\n")
    password.chmod(0o600)
    server = start(Notify, f"redis://listener@127.0.0.1:{redis.port}", "--redis-password-file", str(password))
    client = join(server)
    server.wait_for_channels(1)
    redis.publish("ws:ada", NOTE)
    assert client.receive() == NOTE


@pytest.mark.parametrize("arguments, complaint", [
    (["--redis", "redis://:secret@localhost"], "a process list shows the password"),
    (["--redis", "localhost:6379"], "redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]"),
    (["--redis-tls-ca", "/nowhere.pem"], "--redis is not rediss://"),
    (["--redis", "rediss://localhost", "--redis-tls-ca", "/nowhere.pem"], "/nowhere.pem"),
    (["--protocol", "trading"], "two protocols share /ws"),
    (["--embedded-broker"], "no protocol that is served reads Kafka"),
])
def test_wrong_flags_are_explained(arguments, complaint):
    result = run([binary("wsfanout"), "--protocol", "notify", *arguments], env={"JWT_SECRET_KEY": SECRET, "JWT_SECRET": SECRET})
    assert result.exit_code == 2 and complaint in result.err.text
    assert "secret@" not in result.err.text


def test_without_a_secret_nobody_could_come_in():
    result = run([binary("wsfanout"), "--protocol", "notify"])
    assert result.exit_code == 2 and "JWT_SECRET_KEY" in result.err.text


def test_health_and_metrics_show_what_there_is(notify, redis, join):
    server = notify()
    clients = [join(server), join(server), join(server, "bob")]
    server.wait_for_channels(2)
    assert server.get("/healthz/websocket").json == {"status": "healthy", "active_connections": 3, "active_users": 2}
    redis.publish("ws:ada", NOTE)
    for client in clients[:2]:
        assert client.receive() == NOTE
    clients[2].close()
    server.wait_for_counter("websocket_connections_total", 1, status="closed")
    metrics = server.metrics()
    assert metrics.value("websocket_connections_total", status="accepted") == 3
    assert metrics.value("websocket_active_connections") == 2
    assert metrics.value("websocket_messages_sent_total", protocol="notify") == 2
    assert metrics.value("websocket_connection_duration_seconds_count", protocol="notify") == 1
    assert "ada" not in metrics.text
    assert server.health()["components"]["redis"] == {"status": "UP"}


def test_what_no_text_frame_may_hold_is_skipped_and_counted(notify, redis, join):
    server = notify("--max-event", "100")
    client = join(server)
    server.wait_for_channels(1)
    redis.publish("ws:ada", b"\xff\xfe")
    redis.publish("ws:ada", "x" * 101)
    redis.publish("ws:ada", NOTE)
    assert client.receive() == NOTE
    assert server.metrics().by_label("wsfanout_notify_skipped_total", "cause") == {"too_large": 1, "invalid_utf8": 1}


def test_a_client_that_does_not_take_its_messages_is_told_by_the_close(notify, redis, join):
    server = notify("--outbox-bytes", "100KiB")
    client = join(server, receive_buffer_bytes=4096)
    server.wait_for_channels(1)
    sent = 0
    while not server.counter("wsfanout_notify_gaps_total"):
        redis.publish("ws:ada", f'{{"n":{sent},"pad":"{"x" * 30_000}"}}')
        sent += 1
        assert sent < 1000
    got = []
    with pytest.raises(Closed) as closed:
        while True:
            got.append(client.receive_json()["n"])
    assert (closed.value.code, closed.value.reason) == (4002, "gap")
    assert got == list(range(len(got)))


def test_a_token_that_ends_ends_the_connection_unless_it_is_renewed(notify, join):
    server = notify()
    renewed = server.connect(f"?token={token(lives_s=2)}", welcome=False)
    left = server.connect(f"?token={token('bob', lives_s=2)}", welcome=False)
    answer = renewed.ask({"action": "auth", "token": token(), "id": 7})
    assert '"id":7' in answer and '"userId":"ada"' in answer
    assert left.expect_close().code == 4001
    renewed.send({"any": "thing"})
    assert renewed.ask("not JSON") == '{"type":"error","message":"Invalid message format","code":"invalid_json"}'
    renewed.drop()
