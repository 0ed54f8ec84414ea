"""wsclient verify: whether the updates of a stream, or of a recording, are all there."""
import json
import re
import signal

import pytest

from kit.events import numbered
from kit.process import Process, binary, run
from kit.scripted import text_frame
from kit.wsclient import wait_for_subscribers, wsclient

SUBSCRIBED = text_frame(type="subscribed", currencyPairs=["EURUSD"])


def update(offset, prev):
    return text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1}},
                      meta={"offset": offset, "prev": prev, "conflated": 0})


@pytest.fixture
def recording(start, fanout, kafka, topic):
    """What `wsclient subscribe` wrote of ten updates."""
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "10"))
    wait_for_subscribers(fanout)
    kafka.publish(topic, *numbered("EURUSD", 10))
    assert program.wait() == 0
    return program.out.lines


def verify(lines, *flags):
    """Of a recording in a pipe; the findings, the verdict, the exit code."""
    program = Process([binary("wsclient"), "verify", "--file", "-", *flags])
    try:
        program.type("".join(line + "\n" for line in lines))
        program.end_input()
        code = program.wait()
    finally:
        program.kill()
    *findings, verdict = [json.loads(line) for line in program.out.lines]
    return findings, verdict, code


def line_of(lines, event_id):
    return next(i for i, line in enumerate(lines) if f'"{event_id}"' in line)


def test_a_recording_is_complete(recording):
    findings, verdict, code = verify(recording)
    assert (findings, verdict["result"], verdict["updates"], code) == ([], "complete", 10, 0)


def test_a_line_taken_out_of_a_recording_is_a_hole(recording, tmp_path):
    at = line_of(recording, "EURUSD-4")
    doctored = tmp_path / "doctored.ndjson"
    doctored.write_text("\n".join(recording[:at] + recording[at + 1:]) + "\n")
    done = run([binary("wsclient"), "verify", "--file", str(doctored)])
    assert done.exit_code == 99, done.err.text
    hole, verdict = [json.loads(line) for line in done.out.lines]
    assert (hole["cause"], hole["after"], hole["offset"], hole["prev"], hole["line"]) == ("lost", "0-3", "0-5", "0-4", at + 1)
    assert verdict["result"] == "incomplete" and verdict["steps"]["lost"] == 1


def test_a_line_given_twice_is_a_hole_too(recording):
    at = line_of(recording, "EURUSD-4")
    findings, _, code = verify(recording[:at + 1] + recording[at:])
    assert ([finding["cause"] for finding in findings], code) == (["backwards"], 99)


def test_a_recording_across_a_restart_is_complete(start, serve, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "6"))
    wait_for_subscribers(fanout)
    kafka.publish(topic, *numbered("EURUSD", 2))
    program.out.wait_for("EURUSD-1")
    fanout.stop()
    kafka.publish(topic, *numbered("EURUSD", 4, first=2))
    serve(topic, "--port", str(fanout.port))
    assert program.wait() == 0
    findings, verdict, code = verify(program.out.lines)
    assert (findings, verdict["result"], verdict["reconnects"], code) == ([], "complete", 1, 0)


def test_a_recording_without_places_proves_nothing(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "subscribe", "EURUSD", "--count", "1", "--no-resume"))
    wait_for_subscribers(fanout)
    kafka.publish(topic, *numbered("EURUSD", 1))
    assert program.wait() == 0
    findings, verdict, code = verify(program.out.lines)
    assert (findings, verdict["result"], verdict["unplaced"], code) == ([], "nothing", 1, 1)


def test_what_is_no_json_is_told_and_skipped(recording):
    _, verdict, code = verify([*recording, '{"type":"rateUp'])
    assert (verdict["result"], code) == ("complete", 0)


def test_a_recording_that_is_not_there_is_a_usage_error():
    done = run([binary("wsclient"), "verify", "--file", "/no/such/recording"])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and "/no/such/recording" in done.err.text


def test_a_running_stream_is_complete(start, fanout, kafka, topic):
    program = start(Process, wsclient(fanout, "verify", "EURUSD", "GBPUSD", "--count", "20"))
    wait_for_subscribers(fanout, 2)
    kafka.publish(topic, *numbered("EURUSD", 10), *numbered("GBPUSD", 10))
    assert program.wait() == 0, program.err.text
    assert json.loads(program.out.lines[-1])["result"] == "complete"


def test_ctrl_c_is_the_normal_end_of_verify(start, scripted):
    server = scripted([SUBSCRIBED, update("0-4", None), update("1-2", "0-4")])
    program = start(Process, wsclient(server, "verify", "EURUSD"))
    program.out.wait_for('"type":"notice".*"cause":"moved"')
    program.send_signal(signal.SIGINT)
    assert program.wait() == 0
    assert json.loads(program.out.lines[-1])["result"] == "complete"


def test_a_duration_ends_it_with_a_verdict(fanout):
    done = run(wsclient(fanout, "verify", "EURUSD", "--duration", "100ms"))
    assert (done.exit_code, json.loads(done.out.lines[-1])["result"]) == (1, "nothing")


def test_a_hole_in_a_running_stream_is_told_at_once(start, scripted):
    server = scripted([SUBSCRIBED, update("0-4", None), update("0-9", "0-7")])
    program = start(Process, wsclient(server, "verify", "EURUSD"))
    program.out.wait_for('"cause":"lost"')
    assert program.running
    program.send_signal(signal.SIGINT)
    assert program.wait() == 99


def test_on_a_terminal_it_speaks_in_words(terminal, scripted):
    screen = terminal(wsclient(scripted([SUBSCRIBED, update("0-4", None)]), "verify", "EURUSD", "--count", "1"))
    assert screen.wait() == 0
    assert re.search("complete: 1 update of 1 pair in 0s without a hole, reconnects 0", screen.text)
