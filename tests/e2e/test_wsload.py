"""wsload's verdicts: passed, missed, void; and what it refuses."""
import json
import os
import re
import signal
import socket

import pytest

from kit.fanout import Fanout
from kit.load import measured, told, wsload
from kit.process import Process, binary, run
from kit.terminal import Terminal
from kit.waiting import eventually


def at(server, kafka, topic):
    return "--url", server.url, "--brokers", kafka.address, "--topic", topic


SMALL = ("--connections", "50", "--pairs", "10", "--pairs-per-connection", "5", "--ramp", "500/s", "--publish", "50/s", "--duration", "2s")


def test_a_threshold_that_is_kept(fanout, kafka, topic, tmp_path):
    report = tmp_path / "result.json"
    done = measured(*at(fanout, kafka, topic), *SMALL, "--expect", "p95<5s", "--json", str(report))
    assert "PASS" in done.out.text, told(done)
    result = json.loads(report.read_text())
    assert find(result, "p95_ms") is not None or find(result, "p95") is not None, result


def test_a_threshold_that_is_missed(fanout, kafka, topic):
    done = measured(*at(fanout, kafka, topic), *SMALL, "--expect", "p95<1us", exit_code=99)
    assert "FAIL" in done.out.text, told(done)


def test_everything_is_received(fanout, kafka, topic, tmp_path):
    report = tmp_path / "result.json"
    measured(*at(fanout, kafka, topic), *SMALL, "--json", str(report))
    result = json.loads(report.read_text())
    counts = find(result, "received"), find(result, "expected")
    assert counts[0] == counts[1] > 0, result


def find(value, name):
    """The first number under this name, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get(name), (int, float)):
            return value[name]
        value = list(value.values())
    if isinstance(value, list):
        return next((found for found in (find(item, name) for item in value) if found is not None), None)
    return None


def test_listening_to_ratepub(start, serve, kafka):
    topic = kafka.new_topic()
    server = serve(topic)
    start(Process, [binary("ratepub"), "--brokers", kafka.address, "--topic", topic, "--pairs", "EURUSD,GBPUSD", "--rate", "100/s"])
    measured("--url", server.url, "--listen", "--connections", "20", "--pairs", "2", "--pairs-per-connection", "2",
             "--duration", "2s", "--expect", "p95<5s")


def test_connections_that_are_refused_are_no_pass(serve, kafka, topic):
    server = serve(topic, "--max-connections", "20")
    done = wsload(*at(server, kafka, topic), *SMALL, "--expect", "p95<5s")
    assert done.exit_code not in (0, 2), told(done)


def test_an_unreachable_server_is_said_in_one_line(kafka, topic):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{free.getsockname()[1]}/ws/fx-rates"
        done = wsload("--url", url, "--brokers", kafka.address, "--topic", topic, *SMALL)
    assert done.exit_code == 3, told(done)
    assert len([line for line in done.err.lines if "cannot" in line or "refused" in line]) == 1


def test_no_broker_is_said_in_one_line(fanout, topic):
    done = wsload("--url", fanout.url, "--brokers", "127.0.0.1:9", "--topic", topic, *SMALL)
    assert done.exit_code == 3, told(done)
    assert "127.0.0.1:9" in done.err.text


@pytest.mark.parametrize("flags", [["--expect", "p95"], ["--expect", "p95<soon"], ["--expect", "speed<5"], ["--connections", "0"],
                                   ["--url", "http://x/"], ["--pairs", "3", "--pairs-per-connection", "5"], ["--ramp", "x"],
                                   ["--listen", "--publish", "5/s"], ["--pairs", "EURUSD", "--pairs-per-connection", "10"],
                                   ["--json", "/nodir/x", "--check-config"], ["--json", "/tmp", "--check-config"],
                                   ["--source-addresses", "foo", "--check-config"]])
def test_bad_values_are_refused_in_one_line(flags):
    done = run([binary("wsload"), *flags])
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text


def test_sigint_ends_it(start, fanout, kafka, topic):
    program = start(Process, [binary("wsload"), "--url", fanout.url, "--brokers", kafka.address, "--topic", topic, "--connections", "5",
                              "--pairs", "5", "--pairs-per-connection", "1", "--duration", "60s"])
    eventually(lambda: fanout.spring_metric("websocket.messages.sent") > 20, 20, "it runs")
    program.send_signal(signal.SIGINT)
    assert program.wait() == 128 + signal.SIGINT


def test_a_server_that_dies_is_a_failure_that_names_it(start, runtime_folder):
    server = start(Fanout, "--embedded-broker").wait_until_ready()
    program = start(Process, [binary("wsload"), "--url", server.url, "--connections", "20", "--pairs", "10", "--publish", "50/s",
                              "--duration", "60s"])
    eventually(lambda: server.spring_metric("websocket.messages.sent") > 1000, 20, "it runs")
    server.kill()
    assert program.wait(30) == 99, program.out.text + program.err.text
    told = program.out.text
    assert told.startswith("FAIL") and "void" not in told
    assert re.search(r"^ +closed +20 connections, 1006", told, re.MULTILINE)
    assert f"process {server.pid} has ended" in told
    received, expected = (int(number.replace(",", "")) for number in re.search(r"reach +([\d,]+) of ([\d,]+)", told).groups())
    assert received < expected == 50 * 60 * 20


def test_sigint_ends_the_wait_for_kafka(start, fanout):
    program = start(Process, [binary("wsload"), "--url", fanout.url, "--brokers", "127.0.0.1:1", "--connections", "20"])
    eventually(lambda: fanout.spring_metric("websocket.subscriptions.total") > 0, 10, "the first connection")
    program.send_signal(signal.SIGINT)
    assert program.wait(3) == 128 + signal.SIGINT


def test_a_wait_for_kafka_is_told_on_a_terminal(fanout):
    terminal = Terminal([binary("wsload"), "--url", fanout.url, "--brokers", "127.0.0.1:1", "--connections", "20"])
    try:
        terminal.wait_for(r"kafka +waiting for Kafka at 127\.0\.0\.1:1", 5)
    finally:
        terminal.close()


def checked(*flags, env=None):
    return run([binary("wsload"), *flags, "--check-config"], env=env)


def test_a_flag_wins_over_what_it_excludes_from_elsewhere(tmp_path):
    printed = tmp_path / "printed.conf"
    printed.write_text(run([binary("wsload"), "--print-config"]).out.text + "\n")
    for done in (checked("--publish", "5/s", env={"WSLOAD_LISTEN": "true"}), checked("--config", printed, "--listen"),
                 checked("--config", printed), checked("--config", printed, "--pairs", "EURUSD")):
        assert done.exit_code == 0, done.err.text


def test_settings_of_the_same_strength_exclude_each_other():
    done = checked(env={"WSLOAD_LISTEN": "true", "WSLOAD_PUBLISH": "5/s"})
    assert (done.exit_code, done.err.text) == (2, "wsload: WSLOAD_LISTEN and WSLOAD_PUBLISH exclude each other")


def test_one_pair_needs_no_further_flag():
    assert checked("--pairs", "EURUSD").exit_code == 0


def test_a_bad_value_is_told_by_where_it_stands(tmp_path):
    assert checked(env={"WSLOAD_EXPECT": "p95<100"}).err.text.startswith("wsload: WSLOAD_EXPECT: bad expectation")
    file = tmp_path / "f.conf"
    file.write_text("\n\nexpect = p95<100\n")
    assert checked("--config", file).err.text.startswith(f"wsload: {file}:3: expect: bad expectation")


def test_check_config_makes_no_file(tmp_path):
    assert checked("--json", tmp_path / "new.json").exit_code == 0
    assert os.listdir(tmp_path) == []


def test_a_subscription_that_is_refused_is_status_4(fanout, kafka, topic):
    done = wsload(*at(fanout, kafka, topic), "--connections", "1", "--pairs", "51", "--pairs-per-connection", "51")
    assert done.exit_code == 4 and "the subscription was refused" in done.err.text, told(done)


def test_a_report_is_one_page_with_everything_in_it(fanout, kafka, topic, tmp_path):
    page = tmp_path / "report.html"
    measured(*at(fanout, kafka, topic), *SMALL, "--report", str(page))
    html = page.read_text()
    assert html.startswith("<!doctype html>") and html.rstrip().endswith("</html>")
    assert html.count("<svg") == 4 and "PASS" in html and "prefers-color-scheme: dark" in html
    assert not re.search(r"<script|src=|https?://", html)


def test_two_results_are_compared(fanout, kafka, topic, tmp_path):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    measured(*at(fanout, kafka, topic), *SMALL, "--json", str(before))
    same = run([binary("wsload"), "compare", before, before])
    assert same.exit_code == 0 and re.search(r"latency p99, ms +[\d.]+ +[\d.]+ +\+0\.0 %", same.out.text), same.out.text
    result = json.loads(before.read_text())
    result["latency"]["p99_ms"] = result["latency"]["p99_ms"] * 2 + 1
    after.write_text(json.dumps(result))
    assert run([binary("wsload"), "compare", before, after]).exit_code == 99
    assert run([binary("wsload"), "compare", before, after, "--tolerance", "10000%"]).exit_code == 0
    assert run([binary("wsload"), "compare", before, tmp_path / "none.json"]).exit_code == 2
    assert run([binary("wsload"), "compare", before]).exit_code == 2


def test_the_knee_of_a_server_with_a_limit_of_connections(serve, kafka, topic):
    server = serve(topic, "--max-connections", "30")
    done = wsload(*at(server, kafka, topic), "--find-capacity", "connections", "--connections", "10", "--pairs", "5",
                  "--pairs-per-connection", "5", "--ramp", "0", "--publish", "50/s", "--duration", "500ms", "--warmup", "100ms")
    knee = re.search(r"^knee +(\d+) connections held, (\d+) connections did not", done.out.text, re.MULTILINE)
    assert knee and done.exit_code == 0, told(done)
    if "VOID" not in done.out.text:
        held, broke = int(knee.group(1)), int(knee.group(2))
        assert held <= 30 < broke and broke - held <= 4
