"""wsclient on the trading protocol: an assessment's events and market prices, resumed after a lost connection."""
import json
import signal

import pytest

from kit.process import Process, binary, run
from kit.scripted import close_frame, text_frame
from kit.trading import PNL, PRICE, Topics, Trading, token


@pytest.fixture
def topics(kafka):
    return Topics(kafka, ["market-data.prices", "trading.pnl"])


@pytest.fixture
def trade(start, topics):
    return lambda *flags, **options: start(Trading, topics, *flags, **options).wait_until_ready()


@pytest.fixture
def token_file(tmp_path):
    """Writes a token into a file of its owner's own, and gives its path."""
    path = tmp_path / "token"

    def write(*arguments, **claims):
        path.touch(mode=0o600)
        path.write_text(token(*arguments, **claims))
        return str(path)

    return write


def wsclient(server, token_file, *words):
    return [binary("wsclient"), "--protocol", "trading", "--url", server.url, "--token-file", token_file, *words]


def event(number, assessment="assessment-123"):
    return f'{{"type":"pnl_update","assessmentId":"{assessment}","n":{number}}}'


def numbers(program):
    return [message["n"] for message in map(json.loads, program.out.lines) if "n" in message]


def follow(start, server, token_file, *words):
    """wsclient of the assessment, connected."""
    program = start(Process, wsclient(server, token_file(), "subscribe", "assessment-123", *words))
    program.out.wait_for('"type":"connected"')
    return program


def test_in_a_pipe_each_message_stands_on_a_line_as_the_server_sent_it(start, trade, topics, token_file):
    program = follow(start, trade(), token_file, "--no-resume", "--count", "2")
    topics.publish("trading.pnl", event(1, "assessment-9"), PNL)
    topics.publish("market-data.prices", PRICE)
    assert program.wait() == 0, program.err.text
    assert sorted(program.out.lines[1:]) == sorted([PNL, PRICE])


def test_on_a_terminal_a_message_is_told_in_words(terminal, trade, topics, token_file):
    server = trade()
    screen = terminal(wsclient(server, token_file(), "subscribe", "assessment-123", "--count", "2"), columns=80)
    screen.wait_for("connected as ada")
    topics.publish("trading.pnl", PNL)
    screen.wait_for(r"\d\d:\d\d:\d\d\.\d{3} pnl_update assessment-123 unrealizedPnl=1500.00 realizedPnl=500.00")
    topics.publish("market-data.prices", PRICE)
    screen.wait_for("market_price BTC price=42500.50")
    assert screen.wait() == 0


def test_pings_are_answered_for_as_long_as_it_listens(start, trade, topics, token_file):
    server = trade(env={"HEARTBEAT_INTERVAL": "100", "CONNECTION_TIMEOUT": "400"})
    program = follow(start, server, token_file, "--no-reconnect", "--count", "1")
    server.wait_for_counter("websocket_messages_received_total", 8, protocol="trading")
    topics.publish("trading.pnl", PNL)
    assert program.wait() == 0, program.err.text
    assert len([line for line in program.out.lines if '"type":"ping"' in line]) >= 8


def test_a_restart_of_the_server_costs_no_event_and_brings_none_twice(start, trade, topics, token_file):
    server = trade()
    program = follow(start, server, token_file, "--count", "5")
    topics.publish("trading.pnl", event(0))
    program.out.wait_for('"n":0')
    server.stop()
    topics.publish("trading.pnl", event(1), event(7, "assessment-9"), event(2))
    trade("--port", str(server.port))
    program.err.wait_for(rf"connected again, and asked for what came after {topics.name('trading.pnl')}:0-0$")
    topics.publish("trading.pnl", event(3), event(4))
    assert program.wait() == 0, program.err.text
    assert numbers(program) == [0, 1, 2, 3, 4]


def test_what_the_server_does_not_hold_any_more_is_a_gap_and_told(start, trade, topics, token_file):
    server = trade()
    program = follow(start, server, token_file)
    topics.publish("trading.pnl", event(0))
    program.out.wait_for('"n":0')
    server.stop()
    topics.publish("trading.pnl", *(event(n) for n in range(1, 6)))
    trade("--port", str(server.port), "--history", "2")
    program.err.wait_for(r"assessment-123: gap: the server no longer holds all .*-0 \(fetch the present state anew\)")
    program.out.wait_for('"n":5')
    assert program.terminate() == 143
    assert numbers(program) == [0, 4, 5] and "gaps 1, reconnects 1" in program.err.text


def test_verify_of_a_restart_finds_all_in_order(start, trade, topics, token_file):
    server = trade()
    program = start(Process, wsclient(server, token_file(), "verify", "assessment-123", "--count", "4"))
    server.wait_for_counter("websocket_connections_total", 1, protocol="trading")
    topics.publish("trading.pnl", event(0), event(1))
    server.wait_for_counter("websocket_messages_sent_total", 3, protocol="trading")
    server.stop()
    topics.publish("trading.pnl", event(2))
    trade("--port", str(server.port))
    program.err.wait_for("connected again")
    topics.publish("trading.pnl", event(3))
    assert program.wait() == 0, program.err.text
    verdict = json.loads(program.out.lines[-1])
    assert (verdict["result"], verdict["messages"], verdict["reconnects"]) == ("in_order", 4, 1)


def test_verify_finds_what_comes_twice(tmp_path):
    recording = tmp_path / "recording.ndjson"
    lines = [{"type": "pnl_update", "assessmentId": "a", "position": f"trading.pnl:0-{at}"} for at in (4, 5, 4)]
    recording.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run([binary("wsclient"), "--protocol", "trading", "verify", "--file", str(recording)])
    hole, verdict = map(json.loads, done.out.lines)
    assert (hole["cause"], hole["after"], hole["position"], hole["line"]) == ("backwards", "0-5", "0-4", 3)
    assert (verdict["result"], done.exit_code) == ("out_of_order", 99)


def test_ping_is_answered_by_message_and_by_frame(trade, token_file):
    server = trade()
    for more in ([], ["--frame"]):
        done = run(wsclient(server, token_file(), "ping", "-c", "2", "-i", "20ms", *more))
        assert done.exit_code == 0 and len(done.out.lines) == 2, done.err.text


def test_doctor_goes_the_way_to_the_first_message(start, trade, topics, token_file):
    server = trade()
    program = start(Process, wsclient(server, token_file(), "doctor", "assessment-123"))
    program.out.wait_for('"step":"welcome"')
    topics.publish("trading.pnl", PNL)
    assert program.wait() == 0, program.out.text
    told = [json.loads(line) for line in program.out.lines]
    assert [(step["step"], step["state"]) for step in told] == [
        (step, "ok") for step in ("name", "tcp", "upgrade", "welcome", "message")]
    assert told[3]["detail"] == "connected as ada" and "pnl_update assessment-123" in told[4]["detail"]


def test_doctor_asks_the_pages_when_nothing_comes(trade, token_file):
    done = run(wsclient(trade(), token_file(), "doctor", "--timeout", "300ms"))
    assert done.exit_code == 1
    assert '/ready says 200' in done.out.text and '/health says 200' in done.out.text


def refusal(server, token_file, *words):
    done = run(wsclient(server, token_file, *words))
    assert len(done.err.lines) == 1, done.err.text
    return done.exit_code, done.err.text


def test_who_is_not_let_in_is_told_what_to_do(trade, token_file):
    server = trade()
    code, words = refusal(server, token_file(secret="another secret"), "subscribe", "a")
    assert code == 4 and "401" in words and "the signature is wrong" in words and "--token-file FILE" in words
    code, words = refusal(server, token_file(assessments=["b"]), "subscribe", "a")
    assert code == 4 and "403" in words and 'its claim "assessments" lists those' in words


def test_a_token_that_ends_may_be_renewed_in_its_file(start, trade, topics, token_file):
    server = trade("--jwt-leeway", "0s")
    program = start(Process, wsclient(server, token_file(lives_s=2), "subscribe", "assessment-123", "--count", "1"))
    program.out.wait_for('"type":"connected"')
    token_file()
    program.err.wait_for(r"closed by the server: 4001 token expired \(put a new one into --token-file: it is read for each "
                         r"connection\); trying again")
    program.err.wait_for("connected again")
    topics.publish("trading.pnl", PNL)
    assert program.wait() == 0, program.err.text


def test_no_token_stands_in_the_process_list(start, trade, token_file):
    program = follow(start, trade(), token_file)
    with open(f"/proc/{program.pid}/cmdline", encoding="utf-8") as arguments:
        assert token()[:20] not in arguments.read()


def test_after_a_gap_of_the_connection_it_asks_for_the_rest(start, scripted):
    placed = [text_frame(type="pnl_update", assessmentId="a", n=n, position=f"trading.pnl:0-{n}") for n in (4, 5)]
    server = scripted([placed[0], close_frame(4002)], [placed[1]], at_once=True)
    program = start(Process, [binary("wsclient"), "--protocol", "trading", "--url", server.url + "?x=1", "subscribe", "a", "--count", "2"])
    program.err.wait_for("closed by the server: 4002 .*: they are asked for again, .*; trying again")
    assert program.wait() == 0
    assert server.targets == ["/?x=1&assessmentId=a&meta=1", "/?x=1&assessmentId=a&meta=1&since=trading.pnl:0-4"]
    assert numbers(program) == [4, 5]


@pytest.mark.parametrize("words, why", [
    (["subscribe", "a", "b"], "one assessment at a time"), (["subscribe", "a b"], "a b is no assessment"),
    (["subscribe", "--snapshot"], "--snapshot belongs to fx-rates"), (["subscribe", "--max-rate", "3"], "belongs to fx-rates"),
    ([], "the prompt speaks fx-rates and quotes alone")])
def test_what_does_not_fit_is_refused_in_one_line(words, why):
    done = run([binary("wsclient"), "--protocol", "trading", *words])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text


def test_a_signal_ends_it_with_its_figures(start, trade, token_file):
    program = follow(start, trade(), token_file)
    program.send_signal(signal.SIGINT)
    assert program.wait() == 130
    assert "0 messages in" in program.err.text
