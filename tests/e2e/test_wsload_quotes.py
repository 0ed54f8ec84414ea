"""wsload --protocol quotes: every quote of a symbol to each client that has subscribed to it, and the newest of each at the end."""
import functools

import pytest

from kit import load
from kit.load import measured, told
from kit.process import Process, binary, run
from kit.quotes import SECRET, Quotes
from kit.waiting import eventually

SMALL = ("--connections", "200", "--ramp", "2000/s", "--publish", "100/s", "--warmup", "200ms", "--duration", "1s")
ENV = {"JWT_SECRET": SECRET}


@pytest.fixture
def server(start, redis):
    return start(Quotes, redis.url)


def at(server, redis):
    return "--protocol", "quotes", "--url", server.url, "--redis", redis.url


result_of = functools.partial(load.result_of, secret=SECRET, env=ENV)


def test_each_client_gets_every_quote_of_its_symbols_and_has_the_newest_at_the_end(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--expect", "p95<5s")
    deliveries = result["deliveries"]
    assert result["publisher"]["window_events"] == 100 and result["publisher"]["unheard"] == 0
    assert deliveries["received"] == deliveries["expected"] == 100 * 20  # 5 of 50 symbols each: a symbol has 20 clients
    assert deliveries["unexpected"] == deliveries["duplicates"] == result["chains"]["breaks"] == 0
    assert result["documents"]["readers"] == {"compared": 200, "equal": 200}
    assert result["stages"]["redis"]["count"] == 100


@pytest.mark.parametrize("flags", [
    ["--fields", "all"], ["--users", "40"], ["--pairs", "AAPL,BRK.B,T", "--pairs-per-connection", "2", "--threads", "2"],
    ["--compress", "shared"], ["--pair-choice", "random", "--connections", "4"], ["--pair-choice", "zipf"],
], ids=" ".join)
def test_so_it_is_however_the_clients_ask(server, redis, tmp_path, flags):
    result = result_of(tmp_path, *at(server, redis), *SMALL, *flags)
    assert result["deliveries"]["received"] == result["deliveries"]["expected"] > 0 == result["publisher"]["unheard"]
    readers = result["documents"]["readers"]
    assert readers["equal"] == readers["compared"] > 0


def test_clients_that_do_not_read_have_the_newest_quotes_when_they_do(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--slow", "20")
    assert result["documents"]["readers"] == {"compared": 180, "equal": 180}
    assert result["documents"]["slow"] == {"compared": 20, "equal": 20}


def test_clients_that_come_and_go_leave_nothing_behind(server, redis, tmp_path):
    churn = result_of(tmp_path, *at(server, redis), *SMALL, "--churn", "100/s")["churn"]
    assert churn["completed"] == churn["opened"] > 0 == churn["failed"]
    assert churn["server_after"] == churn["server_before"]


def test_the_sixth_connection_of_a_user_fails_the_run(server, redis):
    done = measured(*at(server, redis), *SMALL, "--connections", "6", "--users", "1", exit_code=99, env=ENV)
    assert "1008 connection limit per user" in " ".join(done.out.text.split()), told(done)


def test_a_quote_of_somebody_else_is_told_by_connection_symbol_and_price(server, redis, start):
    program = start(Process, [binary("wsload"), *at(server, redis), *SMALL, "--connections", "3", "--duration", "3s"], env=ENV)
    eventually(lambda: server.counter("quotes_published_total", protocol="quotes") > 10, 20, "it runs")
    assert redis.publish("quote:AAPL", '{"price":1.125}') == 1
    assert program.wait(30) in (1, 99)  # 1: void, on a busy machine
    assert "AAPL price is 1.125, which nobody has published" in " ".join(program.out.text.split()), program.out.text


@pytest.mark.parametrize("flags, says", [
    ([], "quotes lets nobody in without a token"), (["--verify"], "--verify is of no use to quotes, whose quotes are verified"),
    (["--storm"], "--storm is of no use to quotes"), (["--listen"], "--listen is of no use to quotes"),
    (["--brokers", "x:1"], "--brokers is of no use to quotes"), (["--burst", "3"], "--burst goes with --protocol fx-rates"),
    (["--moving", "random"], "--moving goes with --protocol quotes-patch"),
    (["--fields", "price", "--redis", "redis://x"], "--fields: of quotes, all or none at all"),
    (["-c", "5", "--users", "6", "--redis", "redis://x"], "--users 6 is more than the 5 connections"),
    (["--publish", "40001/s", "--redis", "redis://x"], "at most 40000/s of quotes"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_makes_no_sense_is_refused_in_one_line(flags, says):
    done = run([binary("wsload"), "--protocol", "quotes", "--check-config", *flags], env=ENV if "redis" in str(flags) else None)
    assert done.exit_code == 2 and len(done.err.lines) == 1 and says in done.err.text, told(done)
