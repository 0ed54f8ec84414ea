"""ratepub publishes notifications in Redis; wsfanout passes them on to the users who are here."""
import json
import re

import pytest

from kit.certificates import Authority
from kit.notify import Notify
from kit.process import Process, binary, run
from kit.redis import RedisServer


@pytest.fixture
def start_redis(tmp_path):
    running = []

    def start_one(*flags, **options):
        running.append(RedisServer(tmp_path, *flags, **options))
        return running[-1]

    yield start_one
    for server in running:
        server.remove()


@pytest.fixture
def redis(start_redis):
    return start_redis()


def ratepub(url, *flags):
    return [binary("ratepub"), "--protocol", "notify", "--redis", url, "--rate", "100/s", *flags]


def publish(url, *flags, **options):
    done = run(ratepub(url, *flags), **options)
    assert done.exit_code == 0, done.err.text
    return done.err.text


def test_users_who_are_here_get_theirs_and_the_end_tells_how_many_reached_nobody(start, redis, join):
    server = start(Notify, redis.url)
    ada = join(server, "ada")
    server.wait_for_channels(1)
    told = publish(redis.url, "--users", "ada,bob", "--count", "6")
    notes = [ada.receive_json() for _ in range(3)]
    assert [(note["type"], note["userId"], note["load"]["seq"]) for note in notes] == [("notification", "ada", n) for n in (1, 2, 3)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", note["timestamp"]) for note in notes)
    assert "6 queued" in told and "6 published · 3 reached nobody · 0 failed" in told
    assert "3 of 6 reached nobody: no wsfanout had a connection" in told


def test_when_all_are_here_nothing_is_said_of_nobody(start, redis, join):
    server = start(Notify, redis.url)
    for number in (1, 2):
        join(server, f"user-{number}")
    server.wait_for_channels(2)
    assert "reached nobody:" not in publish(redis.url, "--users", "2", "--count", "4")


def test_a_dry_run_shows_what_would_be_published():
    done = run([binary("ratepub"), "--protocol", "notify", "--users", "ada,bob", "--dry-run", "--count", "3", "--rate", "1000/s"])
    assert done.exit_code == 0
    assert [json.loads(line)["userId"] for line in done.out.lines] == ["ada", "bob", "ada"]


def test_the_password_comes_from_file_or_environment(start_redis, tmp_path):
    server = start_redis("--requirepass", "open sesame")
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    publish(server.url, "--count", "1", "--redis-password-file", str(secret))
    publish(server.url, "--count", "1", env={"REDIS_PASSWORD": "open sesame"})
    for env in ({}, {"REDIS_PASSWORD": "open barley"}):
        done = run(ratepub(server.url), env=env)
        assert done.exit_code == 4 and len(done.err.lines) == 1, done.err.text
        assert "refuses us" in done.err.text and "--redis-password-file, or REDIS_PASSWORD" in done.err.text
        assert "barley" not in done.err.text


def test_redis_by_tls(start_redis, tmp_path):
    authority = Authority(tmp_path / "ca")
    server = start_redis(authority=authority)
    publish(server.url, "--count", "1", "--redis-tls-ca", authority.file)
    done = run(ratepub(server.url, "--timeout", "500ms"))
    assert done.exit_code == 3 and "certificate" in done.err.text, done.err.text


def test_a_redis_that_is_not_there_is_told_in_one_line(redis):
    redis.stop()
    done = run(ratepub(redis.url, "--timeout", "300ms"))
    assert done.exit_code == 3 and len(done.err.lines) == 1
    assert f"cannot reach Redis at {redis.url} within 300ms: Connection refused (is it running? choose --redis)" in done.err.text


def test_a_redis_that_restarts_gets_what_waited_for_it(start, redis):
    program = start(Process, ratepub(redis.url, "--duration", "3s"))
    program.err.wait_for("publishing notifications for 10 users at 100/s")
    redis.stop()
    program.err.wait_for("Redis is lost: .*; trying again")
    redis.start()
    program.err.wait_for("Redis is back")
    program.wait()
    assert re.search(r"(\d+) queued .* · (\d+) published", program.err.text).group(1) == "300"


def test_what_redis_did_not_take_in_time_has_failed_and_so_has_the_run(start, redis):
    program = start(Process, ratepub(redis.url, "--timeout", "200ms", "--duration", "2s"))
    program.err.wait_for("publishing")
    redis.stop()
    assert program.wait() == 1
    assert re.search(r"· [1-9]\d* failed", program.err.text)
    assert "last error: not sent within 200 ms: Connection refused" in program.err.text


@pytest.mark.parametrize("flags, why", [
    (["--users", "a b"], "letters, digits"), (["--users", "0"], "1 to"), (["--brokers", "x:1"], "--brokers goes with"),
    (["--pairs", "EURUSD"], "--pairs goes with"), (["--assessments", "a"], "--assessments goes with --protocol trading"),
    (["--redis", "redis://:pw@127.0.0.1:1"], "a process list shows the password"), (["--redis", "http://x"], "not a Redis URL"),
    (["--redis-tls-ca", "/x"], "not rediss://"), (["--redis-password", "x"], "shown to every user"), (["--replay", "f"], "--replay goes with")])
def test_what_does_not_fit_is_refused_in_one_line(flags, why):
    done = run([binary("ratepub"), "--protocol", "notify", *flags])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text


def test_what_belongs_to_notify_is_refused_without_it():
    done = run([binary("ratepub"), "--users", "a", "--dry-run"])
    assert (done.exit_code, done.err.text) == (2, "ratepub: --users goes with --protocol notify")
