"""The prompt of wsclient, typed at and fed from a pipe."""
import os
import subprocess

from kit.events import rate_event, some_pairs
from kit.process import Process, run
from kit.waiting import eventually
from kit.wsclient import wait_for_subscribers, wsclient


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


def test_a_script_ends_when_its_subscription_was_refused(start, fanout):
    program = start(Process, wsclient(fanout))
    program.type(f"subscribe {' '.join(some_pairs(51))}\n")
    program.end_input()
    assert program.wait() == 4
    assert '"subscription_limit"' in program.out.lines[-1]
