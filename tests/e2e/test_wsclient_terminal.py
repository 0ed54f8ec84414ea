"""wsclient on a terminal: the live table."""
import re
import signal

from kit.events import rate_event
from kit.scripted import text_frame
from kit.wsclient import wait_for_subscribers, wsclient


def test_a_live_table_on_a_terminal(terminal, fanout, kafka, topic):
    screen = terminal(wsclient(fanout, "subscribe", "EURUSD", "USDJPY"))
    wait_for_subscribers(fanout, 2)
    kafka.publish(topic, rate_event("EURUSD", "1.08523", bid="1.08518", ask="1.08528"))
    for word in ("PAIR", "EURUSD", "USDJPY", r"1\.08523", r"1\.08518", r"1\.08528", "SPREAD", "LATENCY"):
        screen.wait_for(word)
    screen.type("\x03")
    assert screen.wait() in (0, 128 + signal.SIGINT)
    assert "\x1b[?25l" not in screen.raw or screen.raw.rindex("\x1b[?25h") > screen.raw.rindex("\x1b[?25l"), "the cursor is back"


def test_a_pair_that_the_server_calls_stale_says_so_beside_its_age(terminal, scripted):
    server = scripted([text_frame(type="subscribed", currencyPairs=["EURUSD"]),
                       text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1.5}}),
                       text_frame(type="stale", currencyPair="EURUSD", since=1705315800000)])
    screen = terminal(wsclient(server, "subscribe", "EURUSD"))
    screen.wait_for(r"EURUSD .*stale \d+\.\d s")
    assert '"status":true' in server.heard[0]


def test_no_colour_where_it_is_not_wanted(terminal, fanout, kafka, topic):
    screen = terminal(wsclient(fanout, "subscribe", "EURUSD"), env={"NO_COLOR": "1"})
    wait_for_subscribers(fanout)
    for rate in ("1.1", "1.2", "1.1"):
        kafka.publish(topic, rate_event("EURUSD", rate))
    screen.wait_for(r"1\.1")
    screen.type("\x03")
    screen.wait()
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38;[\d;]+|4[0-7])m", screen.raw)


def test_a_table_never_writes_past_a_narrow_terminal(terminal, fanout, kafka, topic):
    screen = terminal(wsclient(fanout, "subscribe", "EURUSD"), columns=40)
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD", "1.1"))
    screen.wait_for(r"1\.1")
    assert max(len(line) for line in re.split(r"[\r\n]+", screen.text)) <= 40
    screen.type("\x03")
    screen.wait()
