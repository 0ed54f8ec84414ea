"""ratepub serves made-up quotes as a MarketDataService: to a gateway, and to clients of another make; without Redis."""
import datetime
import json

import grpc
import pytest

from kit.grpc import SERVING, Gateway, QuotePublisher
from kit.process import binary, run
from kit.quotes import subscribe
from kit.waiting import FACTOR, eventually

MS_BETWEEN = 20
PACE = ["--symbols", "AAPL", "--seed", "7", "--rate", f"{1000 // MS_BETWEEN}/s"]


def made_up(count):
    """The numbers of so many quotes of PACE."""
    done = run([binary("ratepub"), "--protocol", "quotes", "--dry-run", *PACE[:-1], "1000/s", "--count", str(count)])
    assert done.exit_code == 0, done.err.text
    quotes = [json.loads(line) for line in done.out.lines]
    return [(quote["price"], quote["change"], quote["change_percent"]) for quote in quotes]


def epoch_ms(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def check_times(times):
    assert [time - times[0] for time in times] == [MS_BETWEEN * i for i in range(len(times))]


def test_a_client_behind_a_gateway_gets_every_quote_from_its_subscription_to_the_end(start, join):
    publisher = start(QuotePublisher, *PACE)
    gateway = start(Gateway, publisher.target, "--upstream-grace", "1h").wait_until_ready()
    client = subscribe(join(gateway, query="&fields=all"), "AAPL")
    quotes = [json.loads(client.receive()) for _ in range(20)]
    assert publisher.terminate() == 143
    published, unheard, sent = publisher.totals()
    assert published == unheard + sent
    quotes += [json.loads(client.receive()) for _ in range(sent - len(quotes))]
    assert [(quote["price"], quote["change"], quote["change_percent"]) for quote in quotes] == made_up(published)[unheard:]
    check_times([epoch_ms(quote["timestamp"]) for quote in quotes])


def test_at_the_end_of_a_count_each_stream_has_all_that_it_is_owed(start, connect):
    count = int(300 * FACTOR)
    publisher = start(QuotePublisher, *PACE, "--count", str(count))
    stream, other = connect(publisher).stream("AAPL"), connect(publisher).stream("MSFT")
    stream.receive()
    assert publisher.wait(60) == 0, publisher.err.text
    published, unheard, sent = publisher.totals()
    assert (published, sent) == (count, count - unheard)
    quotes = [stream.receive() for _ in range(sent - 1)]
    numbers = [(quote.price, quote.change, quote.change_percent) for quote in quotes]
    assert numbers == made_up(count)[unheard + 1:]
    check_times([quote.timestamp for quote in quotes])
    for one in (stream, other):
        assert one.end() == (grpc.StatusCode.UNAVAILABLE, "service restart")


def test_it_is_healthy_and_knows_the_newest_quote_of_its_symbols(start, connect):
    client = connect(start(QuotePublisher, "--symbols", "AAPL,MSFT", "--rate", "100/s"))
    assert client.health() == SERVING
    eventually(lambda: client.batch("AAPL", "TSLA", "MSFT") == ["AAPL", "MSFT"], 20)
    assert client.market_data("AAPL").price > 0


def test_what_nobody_asked_for_is_told():
    publisher = run([binary("ratepub"), "--protocol", "quotes", "--grpc-listen", "127.0.0.1:0", "--symbols", "AAPL,MSFT",
                     "--count", "4", "--rate", "1000/s"])
    assert publisher.exit_code == 0, publisher.err.text
    assert "publishing quotes of 2 symbols at 1000/s as MarketDataService on 127.0.0.1:" in publisher.err.text
    assert "4 published · 4 reached nobody · 0 sent to streams" in publisher.err.text
    assert "4 of 4 reached nobody: no stream had asked for their symbols at that moment" in publisher.err.text


def test_a_port_that_is_taken_is_told(start):
    publisher = start(QuotePublisher)
    done = run([binary("ratepub"), "--protocol", "quotes", "--grpc-listen", publisher.target])
    assert done.exit_code == 1 and f"cannot listen on {publisher.target} for gRPC" in done.err.text


@pytest.mark.parametrize("flags, why", [
    (["--redis", "redis://localhost"], "--redis"), (["--redis-tls-ca", "ca.pem"], "--redis-tls-ca is for Redis"),
    (["--protocol", "notify"], "--grpc-listen goes with --protocol quotes"),
    (["--protocol", "quotes-patch"], "--grpc-listen goes with --protocol quotes"),
    (["--grpc-listen", "50051"], "--grpc-listen: ")])
def test_what_does_not_fit_is_refused_in_one_line(flags, why):
    usual = {"--protocol": "quotes", "--grpc-listen": "127.0.0.1:0"}
    usual.update(zip(flags[::2], flags[1::2]))
    done = run([binary("ratepub"), *(word for flag in usual.items() for word in flag)])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text
