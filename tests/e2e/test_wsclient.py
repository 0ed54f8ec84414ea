"""wsclient in pipes: NDJSON out, exit codes a script can act on."""
import base64
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading

import pytest

from kit.events import as_update, numbered, rate_event
from kit.fanout import Fanout
from kit.process import Process, binary, run
from kit.terminal import Terminal
from kit.waiting import eventually


def wsclient(server, *words):
    return [binary("wsclient"), "--url", server.url, *words]


def wait_for_subscribers(server, count=1):
    eventually(lambda: server.spring_metric("websocket.subscriptions.total") >= count, what=f"{count} subscriptions")


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


def test_an_unreachable_url_is_said_in_one_line():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{free.getsockname()[1]}/ws/fx-rates"
        done = run([binary("wsclient"), "--url", url, "ping", "-c", "1"])
    assert done.exit_code == 3 and done.out.text == ""
    assert len(done.err.lines) <= 2 and "127.0.0.1" in done.err.lines[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "nonsense", "ws://", "ws://host:99999/", "ftp://x/", "ws://[::1/"])
def test_what_is_no_websocket_url_is_a_usage_error(url):
    done = run([binary("wsclient"), "--url", url, "ping", "-c", "1"])
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text


@pytest.mark.parametrize("words", [["--url", "ws://u:p@h/"], ["--url", "http://h/"], ["--header", "x"], ["--origin", "a\nb"]])
def test_a_wrong_value_is_told_after_its_flag(words):
    done = run([binary("wsclient"), *words, "ping"])
    assert done.exit_code == 2 and done.err.lines[0].startswith(f"wsclient: {words[0]}: "), done.err.text


def test_check_config_reads_the_token_file(tmp_path):
    missing = tmp_path / "token"
    check = [binary("wsclient"), "--token-file", str(missing), "--check-config"]
    done = run(check)
    assert done.exit_code == 2 and str(missing) in done.err.text
    missing.write_text("abc\n")
    assert run(check).exit_code == 0


def test_a_token_may_come_from_a_pipe():
    """As in --token-file <(pass show prices): it can be read once only."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/"
        reader, writer = os.pipe()
        os.write(writer, b"abc\n")
        os.close(writer)
        program = subprocess.Popen([binary("wsclient"), "--url", url, "--token-file", f"/dev/fd/{reader}", "ping"],
                                   pass_fds=[reader], stderr=subprocess.DEVNULL)
        os.close(reader)
        try:
            peer, _ = server.accept()
            assert b"Authorization: Bearer abc\r\n" in peer.recv(4096)
            peer.close()
        finally:
            program.kill()
            program.wait()


def test_a_server_that_is_no_websocket_is_said_in_one_line(fanout):
    done = run([binary("wsclient"), "--url", f"ws://{fanout.authority}/metrics", "ping", "-c", "1"])
    assert done.exit_code == 3 and len(done.err.lines) <= 2, done.err.text
    assert re.search(r"\b(40\d|426|200)\b", done.err.text), "the status of the answer is named"


def test_a_server_that_speaks_no_http_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer():
            peer, _ = server.accept()
            peer.recv(4096)
            peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            peer.close()

        threading.Thread(target=answer, daemon=True).start()
        done = run([binary("wsclient"), "--url", f"ws://127.0.0.1:{server.getsockname()[1]}/", "ping", "-c", "1"])
    assert done.exit_code == 3 and len(done.err.lines) <= 2, done.err.text


def test_a_server_that_never_answers_times_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/"
        done = run([binary("wsclient"), "--url", url, "--timeout", "500ms", "ping", "-c", "1"])
    assert done.exit_code == 3, done.err.text


def test_a_refused_origin_or_rule_is_exit_code_4(serve, topic):
    server = serve(topic, "--allowed-origins", "https://app.example")
    done = run([binary("wsclient"), "--url", server.url, "--origin", "https://evil.example", "ping", "-c", "1"])
    assert done.exit_code == 4 and "403" in done.err.text


def test_an_invalid_pair_is_refused(fanout):
    done = run(wsclient(fanout, "subscribe", "EURUS", "--count", "1", "--timeout", "5s"))
    assert done.exit_code in (1, 2) and "EURUS" in done.err.text and len(done.err.lines) <= 2


def test_it_reconnects_after_a_restart_of_the_server(start, kafka, topic):
    first = start(Fanout, brokers=kafka.address, topic=topic).wait_until_ready()
    program = start(Process, wsclient(first, "subscribe", "EURUSD", "--count", "2"))
    wait_for_subscribers(first)
    kafka.publish(topic, rate_event("EURUSD", "1.1"))
    program.out.wait_for(re.escape('"rate":1.1,'))
    first.stop()
    second = start(Fanout, "--port", str(first.port), brokers=kafka.address, topic=topic).wait_until_ready()
    eventually(lambda: second.spring_metric("websocket.subscriptions.total") >= 1, 30, "it is back")
    kafka.publish(topic, rate_event("EURUSD", "1.2"))
    assert program.wait() == 0
    assert re.search(r'"rate":1\.2,', program.out.text)


def test_a_close_that_says_fix_first_is_exit_code_5(serve, topic):
    """The prompt can send raw text; what the server refuses ends the program when reconnecting would not help."""
    server = serve(topic, "--max-errors", "1")
    program = Process(wsclient(server))
    try:
        program.type("raw nonsense\nraw nonsense\nraw nonsense\n")
        assert program.wait() == 5, program.err.text
        assert "1008" in program.err.text
    finally:
        program.kill()


def test_the_prompt_takes_commands_from_a_pipe(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout))
    program.type("subscribe EURUSD\n")
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD", "1.7"))
    program.out.wait_for("1.7")
    program.type("ping\n")
    program.out.wait_for("pong")
    program.type("unsubscribe EURUSD\n")
    eventually(lambda: fanout.spring_metric("websocket.subscriptions.total") == 0, what="no subscription")
    program.end_input()
    assert program.wait() == 0


def test_no_colour_and_no_cursor_movement_in_a_pipe(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "1"), env={"TERM": "xterm-256color"})
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD"))
    assert program.wait() == 0
    assert "\x1b" not in program.out.text + program.err.text
    assert as_update(rate_event("EURUSD")) in program.out.text


@pytest.fixture
def terminal():
    """Starts a program on a terminal that ends with the test."""
    opened = []

    def open_one(argv, **options):
        opened.append(Terminal(argv, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_a_live_table_on_a_terminal(terminal, fanout, kafka, topic):
    screen = terminal(wsclient(fanout, "subscribe", "EURUSD", "USDJPY"))
    wait_for_subscribers(fanout, 2)
    kafka.publish(topic, rate_event("EURUSD", "1.08523", bid="1.08518", ask="1.08528"))
    for word in ("PAIR", "EURUSD", "USDJPY", r"1\.08523", r"1\.08518", r"1\.08528", "SPREAD", "LATENCY"):
        screen.wait_for(word)
    screen.type("\x03")
    assert screen.wait() in (0, 128 + signal.SIGINT)
    assert "\x1b[?25l" not in screen.raw or screen.raw.rindex("\x1b[?25h") > screen.raw.rindex("\x1b[?25l"), "the cursor is back"


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


def test_the_prompt_on_a_terminal(terminal, fanout, kafka, topic):
    screen = terminal(wsclient(fanout))
    screen.type("subscribe EURUSD\n")
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD", "1.7"))
    screen.wait_for(r"1\.7")
    screen.type("help\n")
    screen.wait_for("unsubscribe")
    screen.type("unsub\tEURUSD\n")
    eventually(lambda: fanout.spring_metric("websocket.subscriptions.total") == 0, what="the completed word was obeyed")
    screen.type("\x04")
    assert screen.wait() == 0
