"""wsload --protocol quotes-patch: every client's document is the server's, and each event reaches whom it moves something for."""
import functools
import threading

import pytest

from kit import load
from kit.load import measured, told
from kit.process import Process, binary, run
from kit.quotes_patch import SECRET, QuotesPatch
from kit.waiting import eventually

SMALL = ("--connections", "200", "--ramp", "2000/s", "--publish", "10/s", "--warmup", "200ms", "--duration", "1s")
ENV = {"JWT_SECRET": SECRET}


@pytest.fixture
def server(start, redis):
    return start(QuotesPatch, "--redis", redis.url)


def at(server, redis):
    return "--protocol", "quotes-patch", "--url", server.url, "--redis", redis.url


result_of = functools.partial(load.result_of, secret=SECRET, env=ENV)


def test_every_event_reaches_each_client_and_the_documents_are_equal(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--expect", "p95<5s", "--expect", "bandwidth<1000MB/min")
    deliveries = result["deliveries"]
    assert deliveries["received"] == deliveries["expected"] == 200 * result["publisher"]["window_events"] == 2000
    assert result["documents"]["readers"] == {"compared": 200, "equal": 200} and result["chains"]["breaks"] == 0
    assert deliveries["window_bytes"] > deliveries["window_messages"] > 1000


@pytest.mark.parametrize("flags", [
    ["--fields", "current_price"], ["--fields", "last_updated", "--pairs", "AAPL,T", "--pairs-per-connection", "1"], ["--compact"],
    ["--compress", "shared"], ["--compress", "takeover"], ["--moving", "random", "--pair-choice", "random"],
    ["--moving", "random", "--fields", "change_percent", "--threads", "2"], ["--storm"],
], ids=" ".join)
def test_so_do_they_however_the_clients_ask(server, redis, tmp_path, flags):
    result = result_of(tmp_path, *at(server, redis), *SMALL, *flags)
    assert result["deliveries"]["received"] == result["deliveries"]["expected"] > 0
    assert result["documents"]["readers"]["equal"] == 200


def test_clients_that_do_not_read_have_the_newest_quotes_when_they_do(server, redis, tmp_path):
    result = result_of(tmp_path, *at(server, redis), *SMALL, "--slow", "20")
    assert result["documents"]["readers"] == {"compared": 180, "equal": 180}
    assert result["documents"]["slow"] == {"compared": 20, "equal": 20}


def test_clients_that_come_and_go_leave_nothing_behind(server, redis, tmp_path):
    churn = result_of(tmp_path, *at(server, redis), *SMALL, "--churn", "100/s")["churn"]
    assert churn["completed"] == churn["opened"] > 0 == churn["failed"]
    assert churn["server_after"] == churn["server_before"]


def test_a_price_of_somebody_else_is_told_by_connection_symbol_and_field(server, redis, start):
    program = start(Process, [binary("wsload"), *at(server, redis), *SMALL, "--connections", "3", "--duration", "3s"], env=ENV)
    eventually(lambda: server.counter("wsfanout_patches_made_total") > 6, 20, "it runs")
    redis.publish("price_updates", '{"AAPL":{"current_price":1.125}}')
    assert program.wait(30) in (1, 99)  # 1: void, on a busy machine
    assert "AAPL current_price is 1.125, which nobody has published" in " ".join(program.out.text.split()), program.out.text


def test_a_document_that_is_not_the_servers_is_told(server, redis, start):
    """What a server takes to itself after the last event, and tells nobody who was there before, is missing in their documents."""
    program = start(Process, [binary("wsload"), *at(server, redis), *SMALL, "--connections", "3"], env=ENV)
    ended = threading.Event()

    def change_behind_their_backs():
        while not ended.is_set():
            redis.publish("price_updates", '{"MSFT":{"current_price":2.5}}')
    program.err.wait_for("delivered", 30)  # the clients are about to leave: what comes now, only those who ask later see
    threading.Thread(target=change_behind_their_backs, daemon=True).start()
    code = program.wait(30)
    ended.set()
    assert code in (1, 99), program.out.text
    assert "MSFT" in program.out.text, program.out.text


def test_a_server_that_knows_nothing_of_a_symbol_is_told(server, redis):
    done = measured(*at(server, redis), *SMALL, "--pairs", "AAPL,NOPE", "--pairs-per-connection", "2", exit_code=99, env=ENV)
    assert "the first message adds no NOPE" in " ".join(done.out.text.split()), told(done)


@pytest.mark.parametrize("flags, says", [
    ([], "quotes-patch lets nobody in without a token"), (["--verify"], "--verify is of no use to quotes-patch"),
    (["--listen"], "--listen is of no use to quotes-patch"), (["--brokers", "x:1"], "--brokers is of no use to quotes-patch"),
    (["--users", "3"], "--users goes with --protocol notify"), (["--burst", "3"], "--burst goes with --protocol fx-rates"),
    (["--fields", "volume", "--redis", "redis://x"], "--fields: some of current_price"),
    (["--pairs", "51", "--redis", "redis://x"], "1 to 50 well-known symbols"),
    (["--publish", "1001/s", "--redis", "redis://x"], "at most 1000/s"),
    (["--compress", "some"], "--compress"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_makes_no_sense_is_refused_in_one_line(flags, says):
    done = run([binary("wsload"), "--protocol", "quotes-patch", "--check-config", *flags], env=ENV if "redis" in str(flags) else None)
    assert done.exit_code == 2 and len(done.err.lines) == 1 and says in done.err.text, told(done)


def test_its_flags_are_not_for_others():
    done = run([binary("wsload"), "--check-config", "--moving", "random"])
    assert done.exit_code == 2 and "--moving goes with --protocol quotes-patch" in done.err.text, told(done)
