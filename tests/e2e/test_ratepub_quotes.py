"""ratepub publishes made-up quotes in Redis, as the protocols quotes and quotes-patch take them."""
import json
import re

import pytest

from kit.process import Process, binary, run
from kit.quote_documents import QuoteServer, apply
from kit.redis import encoded

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def ratepub(protocol, *flags):
    return [binary("ratepub"), "--protocol", protocol, *flags]


def dry(protocol, *flags):
    done = run(ratepub(protocol, "--dry-run", "--rate", "1000/s", *flags))
    assert done.exit_code == 0, done.err.text
    return [json.loads(line) for line in done.out.lines]


def test_quotes_of_each_symbol_in_turn():
    quotes = dry("quotes", "--symbols", "AAPL,BRK.B", "--count", "3")
    assert [quote["symbol"] for quote in quotes] == ["AAPL", "BRK.B", "AAPL"]
    assert all(list(quote) == ["symbol", "price", "change", "change_percent", "timestamp"] for quote in quotes)
    assert all(TIME.fullmatch(quote["timestamp"]) for quote in quotes)


def test_price_updates_are_some_of_the_symbols_together():
    updates = dry("quotes-patch", "--symbols", "3", "--count", "30")
    assert {len(update) for update in updates} == {1, 2, 3}
    assert set().union(*updates) == {"AAPL", "GOOGL", "MSFT"}
    for update in updates:
        for symbol, quote in update.items():
            assert list(quote) == ["symbol", "current_price", "change", "change_percent", "last_updated"]
            assert quote["symbol"] == symbol and TIME.fullmatch(quote["last_updated"])


@pytest.mark.parametrize("protocol", ["quotes", "quotes-patch"])
def test_the_same_seed_makes_the_same_prices(protocol):
    def text(seed):
        return TIME.sub("", json.dumps(dry(protocol, "--count", "20", "--seed", seed)))

    assert text("7") == text("7") != text("8")


def test_symbols_of_ones_own(tmp_path):
    known = tmp_path / "symbols"
    known.write_text("# mine\nACME 12.5\nOTHER, 100\n")
    assert {quote["symbol"] for quote in dry("quotes", "--symbols-file", str(known), "--count", "4")} == {"ACME", "OTHER"}
    quotes = dry("quotes", "--symbols-file", str(known), "--symbols", "ACME", "--count", "4")
    assert all(12.37 <= quote["price"] <= 12.63 and quote["symbol"] == "ACME" for quote in quotes)


def test_each_symbol_has_a_channel_and_the_end_tells_what_nobody_heard(redis):
    with redis.connect() as listener, listener.makefile("rb") as replies:
        listener.sendall(encoded(["SUBSCRIBE", "quote:AAPL"]))
        lines = [replies.readline() for _ in range(6)]
        assert lines[-1] == b":1\r\n", lines
        done = run(ratepub("quotes", "--redis", redis.url, "--symbols", "AAPL,MSFT", "--count", "4", "--rate", "1000/s"))
        assert done.exit_code == 0, done.err.text
        message = [replies.readline() for _ in range(7)]
    assert message[4] == b"quote:AAPL\r\n" and json.loads(message[6])["symbol"] == "AAPL"
    assert "publishing quotes of 2 symbols at 1000/s to channels quote:SYMBOL of redis://" in done.err.text
    assert "4 published · 2 reached nobody · 0 failed" in done.err.text
    assert "2 of 4 reached nobody: no wsfanout had a client of their symbols at that moment" in done.err.text


def test_price_updates_reach_the_clients_of_quotes_patch(start, redis, join):
    server = start(QuoteServer, redis_url=redis.url)
    server.wait_for_counter("wsfanout_prices_simulated", 0, 20)
    client = join(server, "AAPL,MSFT")
    document = apply({"quotes": {}}, client.receive_json())
    program = start(Process, ratepub("quotes-patch", "--redis", redis.url, "--symbols", "AAPL,MSFT", "--rate", "20/s"))
    first = {symbol: quote["last_updated"] for symbol, quote in document["quotes"].items()}
    while any(document["quotes"][symbol]["last_updated"] == first[symbol] for symbol in first):
        apply(document, client.receive_json())
    assert all(TIME.fullmatch(quote["last_updated"]) for quote in document["quotes"].values())
    assert program.terminate() == 143
    assert "to channel price_updates of redis://" in program.err.text and "· 0 reached nobody · 0 failed" in program.err.text
    assert server.counter("wsfanout_prices_skipped_total", cause="not_json") == 0


@pytest.mark.parametrize("flags, why", [
    (["--symbols", "ACME"], '"ACME" has no base price'), (["--symbols", "51"], "1 to 50"), (["--symbols", "0"], "1 to 50"),
    (["--symbols-file", "/nowhere"], "--symbols-file"), (["--pairs", "EURUSD"], "--pairs goes with"),
    (["--brokers", "x:1"], "--brokers goes with"), (["--record", "-"], "--record goes with"), (["--replay", "f"], "--replay goes with"),
    (["--faults", "1%"], "--faults goes with"), (["--users", "a"], "--users goes with --protocol notify")])
@pytest.mark.parametrize("protocol", ["quotes", "quotes-patch"])
def test_what_does_not_fit_is_refused_in_one_line(protocol, flags, why):
    done = run(ratepub(protocol, *flags))
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text


def test_what_belongs_to_quotes_is_refused_without_it():
    done = run([binary("ratepub"), "--symbols", "AAPL", "--dry-run"])
    assert (done.exit_code, done.err.text) == (2, "ratepub: --symbols goes with --protocol quotes and quotes-patch")
