"""wsclient and servers that cannot be reached, refuse, or go away: one line, and an exit code for each."""
import os
import re
import signal
import socket
import subprocess

import pytest

from kit.events import some_pairs
from kit.process import Process, binary, run
from kit.scripted import answering_once, text_frame
from kit.wsclient import wsclient

TOO_MANY = some_pairs(51)


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
    with answering_once(b"SSH-2.0-OpenSSH_9.2\r\n") as url:
        done = run([binary("wsclient"), "--url", url, "ping", "-c", "1"])
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
