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


TOO_MANY = [f"AAAA{a}{b}" for a in "ABC" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:51]
CLOSE = 0x88
TEXT = 0x81


def frame(kind, payload):
    assert len(payload) < 126
    return bytes([kind, len(payload)]) + payload


def close_frame(code):
    return frame(CLOSE, struct.pack("!H", code))


def text_frame(**members):
    return frame(TEXT, json.dumps(members).encode())


def upgrade(peer):
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.recv(4096)
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request).group(1)
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")


class Scripted:
    """A server with one list of frames for each connection in turn: sent after what the client says first."""

    def __init__(self, *connections):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peers = []
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.asked = threading.Semaphore(0)  # once for each client that said something
        threading.Thread(target=self._serve, args=(connections,), daemon=True).start()

    def _serve(self, connections):
        for frames in connections:
            peer, _ = self._listener.accept()
            self._peers.append(peer)
            upgrade(peer)
            peer.recv(4096)
            self.asked.release()
            peer.sendall(b"".join(frames))
            if frames and frames[-1][0] == CLOSE:
                peer.recv(4096)
                peer.close()

    def close(self):
        for one in (self._listener, *self._peers):
            one.close()


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


@pytest.fixture
def scripted():
    with contextlib.ExitStack() as stack:
        yield lambda *connections: stack.enter_context(contextlib.closing(Scripted(*connections)))


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


def test_a_subscription_above_the_limit_is_refused(fanout):
    done = run(wsclient(fanout, "subscribe", *TOO_MANY))
    assert done.exit_code == 4
    assert len(done.err.lines) == 1 and "limit of 50" in done.err.text, done.err.text
    assert '"subscription_limit"' in done.out.lines[-1], "the message itself is shown as well"


def test_a_refused_subscription_is_no_timeout(fanout):
    done = run(wsclient(fanout, "subscribe", *TOO_MANY, "--count", "1", "--timeout", "1s"))
    assert done.exit_code == 4 and "no update within" not in done.err.text, done.err.text


@pytest.mark.parametrize("kind", ["dumb", "xterm-256color"])
def test_a_subscription_above_the_limit_is_refused_on_a_terminal(terminal, fanout, kind):
    screen = terminal(wsclient(fanout, "subscribe", *TOO_MANY), env={"TERM": kind})
    assert screen.wait() == 4
    assert len(re.findall("limit of 50", screen.text)) == 1, screen.text


def test_a_part_that_is_refused_is_told_and_the_rest_goes_on(start, scripted):
    refusal = text_frame(type="error", message="Invalid: USDJPY", code="invalid_pair", currencyPairs=["USDJPY"])
    update = text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1}})
    server = scripted([refusal, text_frame(type="subscribed", currencyPairs=["EURUSD"]), update])
    program = start(Process, wsclient(server, "subscribe", "EURUSD", "USDJPY", "--count", "1"))
    assert program.wait() == 0
    assert program.err.lines == ["wsclient: the server says: Invalid: USDJPY"]


def test_a_connection_that_comes_back_is_told(start, scripted):
    subscribed = text_frame(type="subscribed", currencyPairs=["EURUSD"])
    server = scripted([subscribed, close_frame(1012)], [subscribed])
    program = start(Process, wsclient(server, "subscribe", "EURUSD"))
    program.err.wait_for("closed by the server: 1012.*trying again")
    program.err.wait_for("^wsclient: connected again, subscribed again to 1 pair: EURUSD$")


def test_a_connection_that_comes_back_is_told_below_the_table(terminal, scripted):
    subscribed = text_frame(type="subscribed", currencyPairs=["EURUSD"])
    server = scripted([subscribed, close_frame(1012)], [subscribed])
    screen = terminal(wsclient(server, "subscribe", "EURUSD"))
    screen.wait_for("connected again, subscribed again to 1 pair: EURUSD")


def test_a_connection_that_comes_back_is_told_at_the_prompt(start, scripted):
    subscribed = text_frame(type="subscribed", currencyPairs=["EURUSD"])
    server = scripted([subscribed, close_frame(1012)], [subscribed])
    program = start(Process, wsclient(server))
    program.type("subscribe EURUSD\n")
    program.err.wait_for("^wsclient: connected again, subscribing again to 1 pair: EURUSD$")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("words", [["ping"], ["subscribe", "EURUSD"], []], ids=["ping", "subscribe", "prompt"])
def test_a_signal_while_connecting_is_told_in_one_line(start, words, number):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/"
        program = start(Process, [binary("wsclient"), "--url", url, *words])
        peer, _ = server.accept()
        program.send_signal(number)
        assert program.wait() == 128 + number
        peer.close()
    assert program.err.lines == [f"wsclient: interrupted while connecting to {url}"] and not program.out.text


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


def test_the_prompt_in_a_pipe_asks_for_what_the_flags_say(start, fanout, kafka, topic):
    for flags, has_meta in ([], False), (["--meta"], True):
        program = start(Process, wsclient(fanout, *flags))
        program.type("subscribe EURUSD\n")
        program.out.wait_for('"subscribed"')
        kafka.publish(topic, rate_event("EURUSD"))
        program.out.wait_for("rateUpdate")
        assert ('"meta"' in program.out.text, '"snapshot"' in program.out.text) == (has_meta, False)
        assert program.terminate() == 143


def with_stdin(server, path):
    stdin = os.open(path, os.O_RDONLY)
    try:
        return subprocess.run(wsclient(server), stdin=stdin, capture_output=True, text=True, timeout=15)
    finally:
        os.close(stdin)


def test_the_prompt_ends_with_an_empty_stdin(fanout):
    done = with_stdin(fanout, os.devnull)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stdin_that_cannot_be_read_is_said_in_one_line(fanout, tmp_path):
    done = with_stdin(fanout, tmp_path)
    assert (done.returncode, done.stderr) == (1, "wsclient: cannot read stdin: Is a directory\n")


def test_no_colour_and_no_cursor_movement_in_a_pipe(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "1"), env={"TERM": "xterm-256color"})
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD"))
    assert program.wait() == 0
    assert "\x1b" not in program.out.text + program.err.text
    assert as_update(rate_event("EURUSD")) in program.out.text


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
