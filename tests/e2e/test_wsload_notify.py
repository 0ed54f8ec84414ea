"""wsload --protocol notify: every message of a user to each of the user's connections, and to nobody else."""
import functools
import socket

import pytest

from kit import load
from kit.load import measured, told, wsload
from kit.notify import SECRET, Notify
from kit.process import Process, binary, run
from kit.waiting import eventually

SMALL = ("--connections", "60", "--ramp", "1000/s", "--publish", "200/s", "--warmup", "200ms", "--duration", "1s")
ENV = {"JWT_SECRET": SECRET}


@pytest.fixture
def server(start, redis):
    return start(Notify, redis.url)


def at(server, redis):
    return "--protocol", "notify", "--url", server.url, "--redis", redis.url


result_of = functools.partial(load.result_of, secret=SECRET, env=ENV)


def test_each_user_gets_every_message(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--expect", "p95<5s")
    assert result["protocol"] == "notify"
    deliveries = result["deliveries"]
    assert deliveries["received"] == deliveries["expected"] == result["publisher"]["window_events"] == 200
    assert deliveries["unexpected"] == deliveries["duplicates"] == result["publisher"]["unheard"] == 0
    assert result["stages"]["redis"]["count"] == 200


def test_a_message_is_due_once_for_each_connection_of_its_user(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--users", "20")
    assert result["deliveries"]["received"] == result["deliveries"]["expected"] == 3 * 200


def test_the_sixth_connection_of_a_user_fails_the_run(server, redis):
    done = measured(*at(server, redis), *SMALL, "--connections", "6", "--users", "1", exit_code=99, env=ENV)
    assert "1 connections, 1008" in done.out.text, told(done)


def test_clients_that_come_and_go_leave_nothing_behind(server, redis, tmp_path):
    churn = result_of(tmp_path, *at(server, redis), *SMALL, "--churn", "100/s")["churn"]
    assert churn["completed"] == churn["opened"] > 0 == churn["failed"]
    assert churn["server_after"] == churn["server_before"]


def test_a_message_that_is_for_another_user_is_a_failure(server, redis, start):
    program = start(Process, [binary("wsload"), *at(server, redis), *SMALL, "--connections", "3", "--duration", "3s"], env=ENV)
    server.wait_for_channels(3)
    assert redis.publish("ws:user-1", '{"userId":"user-2"}') == 1
    assert program.wait(30) in (1, 99)  # 1: void, on a busy machine
    assert "1 of another user" in program.out.text, program.out.text + program.err.text


def test_a_redis_that_dies_in_the_middle_is_not_laid_at_the_servers_door(server, redis, start):
    program = start(Process, [binary("wsload"), *at(server, redis), *SMALL, "--duration", "2s"], env=ENV)
    eventually(lambda: server.counter("websocket_messages_sent_total", protocol="notify") > 100, 20, "it runs")
    redis.stop()
    assert program.wait(40) == 1
    assert program.out.text.startswith("VOID") and "Redis did not confirm all events" in program.out.text, program.out.text


def test_no_redis_is_said_in_one_line(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        done = wsload("--protocol", "notify", "--url", server.url, "--redis", f"redis://127.0.0.1:{free.getsockname()[1]}", *SMALL, env=ENV)
    assert done.exit_code == 3, told(done)
    assert "cannot reach Redis at redis://127.0.0.1:" in done.err.text, told(done)


@pytest.mark.parametrize("flags, says", [
    ([], "notify lets nobody in without a token"), (["--verify"], "--verify is of no use to notify"),
    (["--storm"], "--storm is of no use to notify"), (["--brokers", "x:1"], "--brokers is of no use to notify"),
    (["--assessments", "3"], "--assessments goes with --protocol trading"), (["--redis", "http://x"], "--redis"),
    (["--redis", "redis://:hush@x"], "a process list shows the password"), (["--token-file", "/nowhere"], "/nowhere"),
    (["-c", "5", "--users", "6", "--redis", "redis://x"], "--users 6 is more than the 5 connections"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_makes_no_sense_is_refused_in_one_line(flags, says):
    done = run([binary("wsload"), "--protocol", "notify", "--check-config", *flags], env=ENV if "redis" in str(flags) else None)
    assert done.exit_code == 2 and len(done.err.lines) == 1 and says in done.err.text, told(done)
