"""wsclient that loses its connection: it comes back, resumes, and tells what it missed."""
import json
import re

from kit.events import numbered
from kit.process import Process
from kit.scripted import close_frame, text_frame
from kit.wsclient import wait_for_subscribers, wsclient


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


def restart(server, serve, *flags, meanwhile):
    """The same port, as a supervisor would; `meanwhile` happens while nobody serves."""
    server.stop()
    meanwhile()
    return serve(server.topic, "--port", str(server.port), *flags)


def subscribed_with_one_update(start, server, kafka, *flags):
    program = start(Process, wsclient(server, "subscribe", "EURUSD", *flags))
    wait_for_subscribers(server)
    kafka.publish(server.topic, *numbered("EURUSD", 1))
    program.out.wait_for("EURUSD-0")
    return program


def ids(program):
    updates = [json.loads(line) for line in program.out.lines if "rateUpdate" in line]
    return [update["event"]["eventId"] for update in updates]


def test_a_restart_of_the_server_costs_no_update(start, serve, fanout, kafka, topic):
    program = subscribed_with_one_update(start, fanout, kafka, "--count", "5")
    restart(fanout, serve, meanwhile=lambda: kafka.publish(topic, *numbered("EURUSD", 3, first=1)))
    program.err.wait_for("connected again, subscribed again to 1 pair: EURUSD, and nothing was missed")
    kafka.publish(topic, *numbered("EURUSD", 1, first=4))
    assert program.wait() == 0
    assert ids(program) == [f"EURUSD-{i}" for i in range(5)]


def test_what_the_server_does_not_know_any_more_is_a_gap_and_told(start, serve, fanout, kafka, topic):
    program = subscribed_with_one_update(start, fanout, kafka)
    restart(fanout, serve, "--history", "2", meanwhile=lambda: kafka.publish(topic, *numbered("EURUSD", 9, first=1)))
    program.err.wait_for("^wsclient: EURUSD: gap: the server does not know what came between 0-0 and 0-9$")
    program.out.wait_for('"type":"gap"')
    assert program.terminate() == 143
    assert ids(program) == ["EURUSD-0", "EURUSD-9"]
    assert re.search("gaps 1, reconnects 1", program.err.text)


def test_without_resume_only_news_come_after_a_restart(start, serve, fanout, kafka, topic):
    program = subscribed_with_one_update(start, fanout, kafka, "--no-resume", "--meta", "--count", "2")
    second = restart(fanout, serve, meanwhile=lambda: kafka.publish(topic, *numbered("EURUSD", 3, first=1)))
    wait_for_subscribers(second)
    kafka.publish(topic, *numbered("EURUSD", 1, first=4))
    assert program.wait() == 0
    assert ids(program) == ["EURUSD-0", "EURUSD-4"]
    assert "EURUSD: missed while not connected: what came between 0-0 and 0-4" in program.err.text


def test_a_gap_is_marked_in_the_table(terminal, scripted):
    subscribed = text_frame(type="subscribed", currencyPairs=["EURUSD"])
    update = text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1.5}},
                        meta={"offset": "0-4", "prev": None})
    lost = text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1.6}},
                      meta={"offset": "0-9", "prev": "0-7"})
    screen = terminal(wsclient(scripted([subscribed, update, lost]), "subscribe", "EURUSD"))
    screen.wait_for("gaps 1")
    screen.wait_for("EURUSD !")


def test_the_prompt_resumes_as_well(start, scripted):
    subscribed = text_frame(type="subscribed", currencyPairs=["EURUSD"])
    update = text_frame(type="rateUpdate", event={"fxRate": {"currencyPair": "EURUSD", "rate": 1.5}},
                        meta={"offset": "0-4", "prev": None})
    server = scripted([subscribed, update, close_frame(1012)], [subscribed])
    program = start(Process, wsclient(server, "--meta"))
    program.type("subscribe EURUSD\n")
    program.err.wait_for("connected again")
    server.asked.acquire()
    server.asked.acquire()
    assert '"resume":{"EURUSD":"0-4"}' in server.heard[1]
