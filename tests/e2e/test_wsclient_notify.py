"""wsclient on the notify protocol: what is published for the token's user, from now on."""
import json
import re

import pytest

from kit.notify import Notify, token
from kit.process import Process, binary, run
from kit.redis import RedisServer
from kit.scripted import close_frame, text_frame

NOTE = '{"type": "batch_ready",  "batch_id":"b-1","score":1.50,"text":"Zoë ✓"}'


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path)
    yield server
    server.remove()


@pytest.fixture
def notify(start, redis):
    return lambda *flags, **options: start(Notify, redis.url, *flags, **options)


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.write_text(token())
    return str(path)


def wsclient(server, token_file, *words):
    return [binary("wsclient"), "--protocol", "notify", "--url", server.url, "--token-file", token_file, *words]


def test_in_a_pipe_each_notification_stands_on_a_line_to_the_letter(start, notify, redis, token_file):
    server = notify()
    program = start(Process, wsclient(server, token_file, "subscribe", "--count", "2"))
    server.wait_for_channels(1)
    redis.publish("ws:bob", '{"n":0}')
    redis.publish("ws:ada", NOTE)
    redis.publish("ws:ada", "plain words")
    assert program.wait() == 0, program.err.text
    assert program.out.lines == [NOTE, "plain words"]


def test_on_a_terminal_a_notification_is_told_in_words(terminal, notify, redis, token_file):
    server = notify()
    screen = terminal(wsclient(server, token_file, "subscribe", "--count", "2"), columns=80)
    server.wait_for_channels(1)
    redis.publish("ws:ada", NOTE)
    redis.publish("ws:ada", "plain words")
    assert screen.wait() == 0
    lines = screen.text.splitlines()
    assert re.fullmatch(r"[\d:.]{12} batch_ready batch_id=b-1 score=1.50 text=\"Zoë ✓\"", lines[0]), lines
    assert lines[1].endswith(" plain words")


def test_a_connection_that_comes_back_says_what_is_lost(start, notify, redis, token_file):
    server = notify()
    program = start(Process, wsclient(server, token_file, "subscribe", "--count", "2"))
    server.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":1}')
    program.out.wait_for('"n":1')
    server.stop()
    redis.publish("ws:ada", '{"n":2}')
    second = notify("--port", str(server.port))
    program.err.wait_for("connected again; what was published in between was not kept for us")
    second.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":3}')
    assert program.wait() == 0, program.err.text
    assert program.out.lines == ['{"n":1}', '{"n":3}']


def test_a_lost_feed_is_told(start, notify, redis, token_file):
    server = notify()
    program = start(Process, wsclient(server, token_file, "subscribe"))
    server.wait_for_channels(1)
    redis.stop()
    program.err.wait_for(r"the server has lost its feed \(feed_unavailable\)", 15)
    assert program.terminate() == 143
    assert "0 notifications in" in program.err.text


def test_one_connection_too_many_is_told_with_what_to_do(start, notify, token_file):
    server = notify("--notify-max-connections-per-user", "1")
    start(Process, wsclient(server, token_file, "subscribe"))
    server.wait_for_channels(1)
    done = run(wsclient(server, token_file, "subscribe"))
    assert done.exit_code == 5
    assert "1008 connection limit per user (end another connection of this user first" in done.err.text


def test_notifications_that_were_too_many_are_said_to_be_lost(start, scripted, token_file):
    server = scripted([text_frame(n=1), close_frame(4002)], [text_frame(n=2)], at_once=True)
    program = start(Process, wsclient(server, token_file, "subscribe", "--count", "2"))
    program.err.wait_for("4002 .*some are lost, fetch them from their source.*; trying again")
    assert program.wait() == 0
    assert server.targets == ["/", "/"]


def test_ping_goes_by_frames(notify, token_file):
    done = run(wsclient(notify(), token_file, "ping", "-c", "2", "-i", "20ms"))
    assert done.exit_code == 0 and len(done.out.lines) == 2, done.err.text


def steps(done):
    return [(step["step"], step["state"]) for step in map(json.loads, done.out.lines)]


def test_doctor_goes_the_way_to_the_first_notification(start, notify, redis, token_file):
    server = notify()
    program = start(Process, wsclient(server, token_file, "doctor"))
    server.wait_for_channels(1)
    redis.publish("ws:ada", NOTE)
    assert program.wait() == 0, program.out.text
    assert steps(program) == [(step, "ok") for step in ("name", "tcp", "upgrade", "notification")]
    assert "the token is accepted" in program.out.text and "batch_ready" in program.out.lines[-1]


def test_doctor_tells_silence_from_a_lost_redis(notify, redis, token_file):
    server = notify()
    done = run(wsclient(server, token_file, "doctor", "--timeout", "300ms"))
    assert done.exit_code == 1 and steps(done)[-4:] == [("notification", "fail")] + [("server", "note")] * 3
    assert '/healthz/redis says 200' in done.out.text
    redis.stop()
    server.wait_for_counter("wsfanout_redis_connected", 0, 15)
    done = run(wsclient(server, token_file, "doctor", "--timeout", "300ms"))
    assert '/healthz/redis says 503' in done.out.text


def test_doctor_names_a_bad_token(notify, tmp_path):
    bad = tmp_path / "bad"
    bad.touch(mode=0o600)
    bad.write_text(token(secret="another secret"))
    done = run(wsclient(notify(), str(bad), "doctor"))
    last = json.loads(done.out.lines[-1])
    assert (last["step"], last["state"], done.exit_code) == ("upgrade", "fail", 4)
    assert "the signature is wrong" in last["detail"] and "--token-file" in last["hint"]


@pytest.mark.parametrize("words, why", [
    (["subscribe", "ada"], "nothing can be chosen"), (["verify"], "verify has nothing to go by"), ([], "the prompt speaks fx-rates"),
    (["subscribe", "--meta"], "--meta belongs to fx-rates and trading"), (["subscribe", "--no-resume"], "--no-resume belongs to")])
def test_what_does_not_fit_is_refused_in_one_line(words, why):
    done = run([binary("wsclient"), "--protocol", "notify", *words])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text
