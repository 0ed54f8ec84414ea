"""wsclient doctor: the way to the first update step by step, and a hint where it ends."""
import json
import socket

import pytest

from kit.events import rate_event
from kit.process import Process, binary, run
from kit.scripted import answering_once, text_frame
from kit.wsclient import wait_for_subscribers


def doctor(url, *flags):
    return [binary("wsclient"), "doctor", url, *flags]


def steps(program):
    return [json.loads(line) for line in program.out.lines]


def test_a_good_server_is_ok_at_every_step(start, fanout, kafka, topic):
    program = start(Process, doctor(fanout.url))
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("EURUSD", "1.0712"))
    assert program.wait() == 0, program.out.text
    told = steps(program)
    assert [step["step"] for step in told] == ["name", "tcp", "upgrade", "welcome", "subscription", "update"]
    assert all(step["state"] == "ok" and step["time_ms"] >= 0 for step in told)
    assert "EURUSD 1.0712" in told[-1]["detail"]


def test_in_words_each_step_has_a_line_and_a_time(terminal, fanout, kafka, topic):
    screen = terminal(doctor(fanout.url, "GBPUSD"), columns=80)
    wait_for_subscribers(fanout)
    kafka.publish(topic, rate_event("GBPUSD"))
    assert screen.wait() == 0
    lines = screen.text.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", step] for step in
                                                   ("name", "tcp", "upgrade", "welcome", "subscription", "update")]
    assert all(line.endswith(("ms", "us", " s")) and len(line) <= 80 for line in lines), screen.text


def last_step(*argv):
    done = run(doctor(*argv))
    told = steps(done)
    assert told[-1]["state"] == "fail", done.out.text
    return told[-1], done.exit_code


def test_a_closed_port_is_named():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        step, code = last_step(f"ws://127.0.0.1:{free.getsockname()[1]}/ws/fx-rates")
    assert (step["step"], code) == ("tcp", 3) and "refused" in step["detail"] and "wsfanout" in step["hint"]


def test_a_wrong_path_is_named(fanout):
    step, code = last_step(f"ws://{fanout.authority}/nowhere")
    assert (step["step"], code) == ("upgrade", 3) and "404" in step["detail"] and "/ws/fx-rates" in step["hint"]


def test_a_wrong_origin_is_named(serve, topic):
    server = serve(topic, "--allowed-origins", "https://app.example")
    step, code = last_step(server.url, "--origin", "https://evil.example")
    assert (step["step"], code) == ("upgrade", 4) and "403" in step["detail"]
    assert "--allowed-origins" in step["hint"] and "--origin" in step["hint"]


def test_a_name_that_does_not_exist_is_named():
    step, code = last_step("ws://no-such-host.invalid/")
    assert (step["step"], code) == ("name", 3)


def test_a_silent_market_is_told_from_a_broken_server(fanout):
    done = run(doctor(fanout.url, "--timeout", "300ms"))
    told = steps(done)
    assert done.exit_code == 1
    failed = next(step for step in told if step["state"] == "fail")
    assert failed["step"] == "update" and "within 300ms" in failed["detail"]
    pages = [step["detail"] for step in told if step["state"] == "note"]
    assert pages[0].startswith("/readyz says 200") and '"UP"' in pages[1]


def test_the_age_of_the_last_known_price_is_told(serve, kafka, topic):
    kafka.publish(topic, rate_event("EURUSD"))
    done = run(doctor(serve(topic).url, "--timeout", "300ms"))
    assert "last known price, of EURUSD, is" in done.out.text


def test_a_server_that_shuts_down_is_told():
    with answering_once(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as url:
        step, code = last_step(url)
    assert (step["step"], code) == ("upgrade", 3) and "503" in step["detail"] and "shuts down" in step["hint"]


def test_a_server_without_welcome_is_told(scripted):
    step, code = last_step(scripted([text_frame(type="x")]).url, "--timeout", "300ms")
    assert (step["step"], code) == ("welcome", 1)


@pytest.mark.parametrize("words", [["wss://127.0.0.1/", "--tls-ca", "/nowhere"], ["http://127.0.0.1/"], ["eurusd"]])
def test_what_cannot_be_examined_is_a_usage_error(words):
    done = run([binary("wsclient"), "doctor", *words])
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text
