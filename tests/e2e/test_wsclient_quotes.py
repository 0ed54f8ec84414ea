"""wsclient on quotes-patch, of a wsfanout that makes its prices up, and on quotes, of a server that a test wrote down."""
import json
import re

import pytest

from kit.notify import token
from kit.process import Process, binary, run
from kit.quote_documents import QuoteServer, apply
from kit.scripted import close_frame, text_frame

QUOTE = text_frame(type="quote", symbol="AAPL", price=150.25, change=1.5, change_percent=1.01, timestamp="2025-10-27T10:30:00Z")
SUBSCRIBED = text_frame(type="subscribed", symbols=["AAPL"])


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.write_text(token())
    return str(path)


@pytest.fixture
def server(start):
    return start(QuoteServer, "--price-interval", "100ms")


def patch(*operations):
    return text_frame(type="quotes_patch", operations=[dict(zip(("op", "path", "value"), one)) for one in operations])


ADD = patch(("add", "/quotes/AAPL", {"symbol": "AAPL", "current_price": 1}))


def wsclient(protocol, url, *words):
    return [binary("wsclient"), "--protocol", protocol, "--url", url, *words]


def patched(server, token_file, *words):
    return wsclient("quotes-patch", server.url, "--token-file", token_file, *words)


def test_in_a_pipe_each_message_stands_on_a_line_as_it_came(server, token_file):
    done = run(patched(server, token_file, "subscribe", "AAPL", "MSFT", "--count", "3"))
    assert done.exit_code == 0, done.err.text
    messages = [json.loads(line) for line in done.out.lines]
    assert len(messages) == 3 and {operation["op"] for operation in messages[0]["operations"]} == {"add"}


def test_the_document_is_what_another_library_makes_of_the_messages(server, token_file, start):
    program = start(Process, patched(server, token_file, "subscribe", "AAPL", "MSFT"))
    documents = start(Process, patched(server, token_file, "subscribe", "AAPL", "MSFT", "--document"))
    for one in (program, documents):
        one.out.wait_for('"current_price"')
    final = json.loads(run(patched(server, token_file, "subscribe", "AAPL", "MSFT", "--document", "--count", "4")).out.lines[-1])
    stamp = max(quote["last_updated"] for quote in final["quotes"].values())
    for one in (program, documents):
        one.out.wait_for(re.escape(stamp))
        assert one.terminate() == 143
    made, document = [], {"quotes": {}}
    for line in program.out.lines:
        made.append(json.loads(json.dumps(apply(document, json.loads(line)))))
    shown = [json.loads(line) for line in documents.out.lines]
    assert final in made and final in shown


def test_with_a_count_only_the_last_document_is_written(server, token_file):
    done = run(patched(server, token_file, "--document", "--count", "2", "--fields", "current_price", "subscribe", "AAPL"))
    assert done.exit_code == 0 and len(done.out.lines) == 1, done.err.text
    assert set(json.loads(done.out.text)["quotes"]["AAPL"]) == {"symbol", "current_price"}


def test_what_is_wanted_stands_in_the_url(start, scripted):
    server = scripted([ADD], at_once=True)
    words = ["subscribe", "AAPL,BRK.B", "--fields", "current_price,change", "--compact", "--count", "1"]
    done = run(wsclient("quotes-patch", server.url, *words))
    assert done.exit_code == 0
    assert server.targets == ["/?symbols=AAPL,BRK.B&fields=current_price,change&compact=1"]
    assert done.err.text == "wsclient: the server does not know BRK.B"


def test_a_live_table_of_eighty_columns(terminal, server, token_file):
    screen = terminal(patched(server, token_file, "subscribe", "AAPL", "BRK.B"), columns=80)
    for pattern in ("SYMBOL +PRICE +CHANGE +CHANGE % +TIME +AGE", r"AAPL +1[45]\d\.\d\d +[+-]\d\.\d\d +[+-]\d\.\d\d % +\d\d:\d\d:\d\d +\d\.\d s",
                    r"BRK\.B +3[45]\d\.\d\d", "reconnects 0"):
        screen.wait_for(pattern)
    assert max(len(line) for line in re.split(r"[\r\n]+", screen.text)) <= 80
    screen.type("q")
    assert screen.wait() == 0
    assert re.search(r"messages?, \d+ updates of 2 symbols in \d+s", screen.text)


def test_a_connection_that_comes_back_begins_a_new_document(scripted):
    server = scripted([ADD, close_frame(1012)], [patch(("add", "/quotes/MSFT", {"current_price": 2}))], at_once=True)
    done = run(wsclient("quotes-patch", server.url, "subscribe", "AAPL", "MSFT", "--document", "--count", "2"))
    assert done.exit_code == 0, done.err.text
    assert done.out.lines == ['{"quotes":{"MSFT":{"current_price":2}}}']
    assert "connected again; the document begins anew" in done.err.text


def test_a_patch_that_does_not_fit_ends_with_the_status_of_a_broken_stream(scripted):
    server = scripted([ADD, patch(("replace", "/quotes/MSFT/current_price", 2))], at_once=True)
    done = run(wsclient("quotes-patch", server.url, "subscribe", "AAPL"))
    assert done.exit_code == 99 and len(done.out.lines) == 2
    assert "wsclient: message 2 cannot be applied to the document: key 'MSFT' not found (the stream is broken" in done.err.text


def test_verify_of_a_server_and_of_a_recording(server, token_file, tmp_path):
    done = run(patched(server, token_file, "verify", "AAPL", "--count", "3"))
    assert done.exit_code == 0 and json.loads(done.out.lines[-1])["result"] == "applied", done.err.text
    recording = tmp_path / "day.ndjson"
    lines = run(patched(server, token_file, "subscribe", "AAPL", "--count", "3")).out.lines
    for kept, result, code in ((lines, "applied", 0), (lines[1:], "broken", 99)):
        recording.write_text("\n".join(kept) + "\n")
        done = run([binary("wsclient"), "--protocol", "quotes-patch", "verify", "--file", str(recording)])
        assert (json.loads(done.out.lines[-1])["result"], done.exit_code) == (result, code), done.out.text


def test_verify_has_a_verdict_although_the_first_message_is_wrong(scripted):
    server = scripted([patch(("replace", "/quotes/MSFT/current_price", 2))], at_once=True)
    done = run(wsclient("quotes-patch", server.url, "verify", "MSFT"))
    assert done.exit_code == 99 and done.err.text == ""
    assert [json.loads(line)["type"] for line in done.out.lines] == ["hole", "verdict"]


def steps(done):
    return [(step["step"], step["state"]) for step in map(json.loads, done.out.lines)]


def test_doctor_goes_the_way_to_the_first_quotes(server, token_file):
    done = run(patched(server, token_file, "doctor", "AAPL", "MSFT", "NOPE"))
    assert done.exit_code == 0, done.out.text
    assert steps(done) == [("name", "ok"), ("tcp", "ok"), ("upgrade", "ok"), ("server", "note"), ("message", "ok")]
    assert "the token is accepted" in done.out.text and "does not know NOPE" in done.out.text
    assert ", and 1 more" in done.out.lines[-1]


def test_doctor_and_ping_need_no_symbol(server, token_file):
    assert run(patched(server, token_file, "doctor")).exit_code == 0
    assert run(patched(server, token_file, "ping", "-c", "1")).exit_code == 0


def test_what_quotes_patch_refuses_is_told_with_a_way_out(server, token_file, tmp_path):
    done = run(patched(server, token_file, "subscribe", "NOPE"))
    assert done.exit_code == 4 and "none of the symbols is known (wsfanout --symbols FILE lists those" in done.err.text
    bad = tmp_path / "bad"
    bad.touch(mode=0o600)
    bad.write_text(token(secret="another secret"))
    done = run(patched(server, str(bad), "doctor"))
    last = json.loads(done.out.lines[-1])
    assert (last["step"], last["state"], done.exit_code) == ("upgrade", "fail", 4) and "--token-file" in last["hint"]


def test_quotes_are_asked_for_by_a_message_and_told_in_lines(terminal, scripted):
    server = scripted([SUBSCRIBED, text_frame(type="heartbeat"), QUOTE])
    screen = terminal(wsclient("quotes", server.url, "subscribe", "AAPL", "--fields", "all", "--snapshot", "--count", "1"), columns=80)
    assert screen.wait() == 0
    lines = screen.text.splitlines()
    assert lines[0] == "subscribed to 1 symbol: AAPL"
    assert re.fullmatch(r"[\d:.]{12} heartbeat", lines[1]) and re.fullmatch(r"[\d:.]{12} AAPL 150.25 \+1.50 \(\+1.01 %\)", lines[2]), lines
    assert server.targets == ["/?fields=all"]
    assert server.heard == ['{"type":"subscribe","symbols":["AAPL"],"snapshot":true}']


def test_quotes_in_a_pipe_are_as_they_came_and_a_lost_source_is_explained(scripted):
    server = scripted([SUBSCRIBED, text_frame(error="connection_lost"), close_frame(1012)], [SUBSCRIBED, QUOTE])
    done = run(wsclient("quotes", server.url, "subscribe", "AAPL", "--count", "1"))
    assert done.exit_code == 0, done.err.text
    assert [json.loads(line).get("type") for line in done.out.lines] == ["subscribed", None, "subscribed", "quote"]
    assert "the server has lost the source of its quotes (connection_lost)" in done.err.text
    assert "connected again, subscribed again to 1 symbol: AAPL" in done.err.text


def test_a_symbol_that_the_tier_does_not_include_is_a_refusal(scripted):
    server = scripted([text_frame(type="error", message="Symbol AAPL not allowed for your subscription")])
    done = run(wsclient("quotes", server.url, "subscribe", "AAPL"))
    assert done.exit_code == 4 and "refuses the subscription: Symbol AAPL not allowed" in done.err.text


def test_doctor_goes_the_way_to_the_first_quote(scripted):
    done = run(wsclient("quotes", scripted([SUBSCRIBED, QUOTE]).url, "doctor"))
    assert done.exit_code == 0, done.out.text
    assert steps(done) == [(step, "ok") for step in ("name", "tcp", "upgrade", "subscription", "quote")]
    assert "1 symbol: AAPL" in done.out.lines[-2] and "AAPL 150.25" in done.out.lines[-1]


def test_doctor_says_where_quotes_end(scripted):
    done = run(wsclient("quotes", scripted([text_frame(error="unauthorized")]).url, "doctor"))
    assert done.exit_code == 4 and steps(done)[-1] == ("subscription", "fail") and "--token-file" in done.out.lines[-1]


def test_the_prompt_speaks_quotes(start, scripted):
    server = scripted([SUBSCRIBED, QUOTE])
    program = start(Process, wsclient("quotes", server.url, "--count", "1"))
    program.type("subscribe AAPL\n")
    assert program.wait() == 0, program.err.text
    assert server.heard == ['{"type":"subscribe","symbols":["AAPL"]}'] and '"quote"' in program.out.lines[-1]


@pytest.mark.parametrize("protocol, words, why", [
    ("quotes-patch", [], "the prompt speaks fx-rates and quotes alone"), ("quotes-patch", ["subscribe"], "subscribe wants symbols"),
    ("quotes", ["verify", "AAPL"], "verify has nothing to go by"), ("quotes", ["subscribe", "aapl"], "did you mean AAPL?"),
    ("quotes", ["subscribe", "AAPL", "--document"], "--document belongs to quotes-patch"),
    ("quotes", ["subscribe", "AAPL", "--fields", "change"], "--fields: all"),
    ("quotes-patch", ["subscribe", "AAPL", "--fields", "price"], "--fields: a list of current_price"),
    ("quotes-patch", ["verify", "AAPL", "--document"], "--document belongs to subscribe"),
    ("quotes-patch", ["subscribe", "AAPL", "--snapshot"], "--snapshot belongs to fx-rates and quotes"),
    ("quotes-patch", ["subscribe", "AAPL", "--no-resume"], "of quotes-patch nothing is kept"),
    ("fx-rates", ["subscribe", "EURUSD", "--compact"], "--compact belongs to quotes-patch")])
def test_what_does_not_fit_is_refused_in_one_line(protocol, words, why):
    done = run([binary("wsclient"), "--protocol", protocol, *words])
    assert done.exit_code == 2 and len(done.err.lines) == 1 and why in done.err.text, done.err.text
