"""wsfanout --embedded-broker: the other programs find it without a flag."""
import json
import os
import re
import stat

import pytest

from kit.fanout import Fanout
from kit.load import measured
from kit.process import Process, binary, run
from kit.waiting import eventually


@pytest.fixture
def embedded(start):
    return start(Fanout, "--embedded-broker").wait_until_ready()


def test_ratepub_and_wsclient_find_each_other_through_it(start, embedded, runtime_folder):
    client = start(Process, [binary("wsclient"), "--url", embedded.url, "subscribe", "EURUSD", "--count", "5"])
    eventually(lambda: embedded.spring_metric("websocket.subscriptions.total") == 1, what="one subscription")
    publishing = run([binary("ratepub"), "--pairs", "EURUSD", "--rate", "100/s", "--count", "20"],
                     env={"XDG_RUNTIME_DIR": str(runtime_folder)})
    assert publishing.exit_code == 0, publishing.err.text
    assert client.wait() == 0
    assert len([line for line in client.out.lines if "rateUpdate" in line]) == 5


def test_it_says_that_it_is_for_trying_out(embedded):
    embedded.err.wait_for("(?i)embedded broker")


def test_where_it_is_stands_in_a_file_that_only_its_user_reads(embedded, runtime_folder):
    path = runtime_folder / "wsfanout" / "broker.json"
    told = json.loads(path.read_text())
    assert told["pid"] == embedded.pid and re.fullmatch(r"(127\.0\.0\.1|localhost):\d+", told["brokers"]) and told["topic"]
    assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    embedded.stop()
    assert not path.exists()


def test_a_file_of_a_process_that_is_gone_is_ignored(start, embedded, runtime_folder):
    embedded.kill()
    publishing = run([binary("ratepub"), "--count", "1"], env={"XDG_RUNTIME_DIR": str(runtime_folder)})
    assert publishing.exit_code in (2, 3) and "--brokers" in publishing.err.text


def test_kcat_reaches_it(start, embedded, runtime_folder):
    told = json.loads((runtime_folder / "wsfanout" / "broker.json").read_text())
    listing = run(["kcat", "-L", "-b", told["brokers"]])
    assert listing.exit_code == 0 and told["topic"] in listing.out.text


def test_wsload_publishes_into_it(embedded, runtime_folder):
    measured("--url", embedded.url, "--connections", "20", "--pairs", "10", "--pairs-per-connection", "2", "--publish", "50/s",
             "--duration", "2s", "--expect", "p95<5s", env={"XDG_RUNTIME_DIR": str(runtime_folder)})


def test_brokers_and_an_embedded_broker_exclude_each_other():
    refused = run([binary("wsfanout"), "--embedded-broker", "--brokers", "127.0.0.1:9092", "--port", "0"])
    assert refused.exit_code == 2 and len(refused.err.lines) == 1
