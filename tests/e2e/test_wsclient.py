"""wsclient in pipes: NDJSON out, exit codes a script can act on."""
import json
import re
import signal
import threading

import pytest

from kit.events import as_update, numbered, rate_event
from kit.process import Process, run
from kit.scripted import text_frame
from kit.waiting import eventually
from kit.wsclient import wait_for_subscribers, wsclient


def test_subscribe_in_a_pipe_writes_each_update_as_one_line(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "GBPUSD", "--count", "3"))
    wait_for_subscribers(fanout, 2)
    events = numbered("EURUSD", 2) + [rate_event("GBPUSD", "1.2700")]
    kafka.publish(topic, rate_event("USDJPY"), *events)
    assert program.wait() == 0
    updates = [line for line in program.out.lines if '"rateUpdate"' in line]
    assert [json.loads(line)["event"] for line in updates] == [json.loads(event) for event in events]
    assert all(json.loads(line) for line in program.out.lines), "stdout is NDJSON and nothing else"
    assert all(event in line for event, line in zip(events, updates)), "the bytes of the event are kept"


def test_the_server_is_asked_for_a_rate_and_for_status(start, scripted):
    server = scripted([text_frame(type="stale", currencyPair="EURUSD", since=1705315800000)])
    program = start(Process, wsclient(server, "subscribe", "EURUSD", "--max-rate", "2", "--status"))
    program.out.wait_for('^{"type": "stale", "currencyPair": "EURUSD"')
    assert json.loads(server.heard[0]) == {"action": "subscribe", "currencyPairs": ["EURUSD"], "meta": True,
                                           "status": True, "maxRateHz": 2}


def test_lines_come_as_they_happen(start, fanout, kafka, topic):
    """Each message is flushed: a reader of the pipe need not wait for the end."""
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD"))
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD", "1.5"))
    program.out.wait_for(re.escape(rate_event("EURUSD", "1.5")))
    assert program.running
    program.send_signal(signal.SIGINT)
    assert program.wait() in (0, 128 + signal.SIGINT)


def test_head_may_close_the_pipe(fanout, kafka, topic):
    """As in `wsclient subscribe EURUSD | head -n 2`: no message about the broken pipe."""
    command = " ".join(wsclient(fanout, "subscribe", "EURUSD")) + " | head -n 2"
    reading = Process(["sh", "-c", command])
    wait_for_subscribers(fanout)
    stop = threading.Event()

    def publish():
        while not stop.is_set():
            kafka.publish(topic, rate_event("EURUSD"))

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        assert reading.wait(20) == 0
    finally:
        stop.set()
        publisher.join()
    assert len(reading.out.lines) == 2 and "ipe" not in reading.err.text
    eventually(lambda: fanout.spring_metric("websocket.sessions.active") == 0, what="wsclient is gone too")


def test_ping_counts_and_sums_up(fanout):
    done = run(wsclient(fanout, "ping", "-c", "3", "-i", "50ms"))
    assert done.exit_code == 0, done.err.text
    text = done.out.text + done.err.text
    assert re.search(r"3 .*3 .*(received|answered)", text) and "0 %" in text or "0%" in text, text


def test_ping_in_a_pipe_is_ndjson(fanout):
    done = run(wsclient(fanout, "ping", "-c", "2", "-i", "50ms"))
    assert done.exit_code == 0
    assert len([json.loads(line) for line in done.out.lines]) >= 2


def test_no_colour_and_no_cursor_movement_in_a_pipe(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "1"), env={"TERM": "xterm-256color"})
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD"))
    assert program.wait() == 0
    assert "\x1b" not in program.out.text + program.err.text
    assert as_update(rate_event("EURUSD"))[:-1] + ',"meta":{' in program.out.text


def test_without_resume_a_pipe_gets_the_plain_messages(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "1", "--no-resume"))
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD"))
    assert program.wait() == 0
    assert program.out.lines[-1] == as_update(rate_event("EURUSD"))


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_only_sigint_is_the_normal_end_of_a_ping(start, fanout, number, code):
    program = start(Process, wsclient(fanout, "ping", "-i", "50ms"))
    program.out.wait_for("pong")
    program.send_signal(number)
    assert program.wait() == code
    assert "ping statistics" in program.err.text


def test_a_ping_without_answer_ends_with_1_on_sigint(start, scripted):
    server = scripted([])
    program = start(Process, wsclient(server, "ping"))
    server.asked.acquire()
    program.send_signal(signal.SIGINT)
    assert program.wait() == 1
    assert re.search("1 sent, 0 answered", program.err.text)
