"""Two replicas of trading behind HAProxy, by the configuration that the project ships."""
import contextlib
import os

import pytest

from kit.client import WsClient
from kit.process import Process
from kit.redis import free_port
from kit.trading import Topics, Trading, token
from kit.waiting import eventually

CONFIGURATION = os.path.join(os.path.dirname(__file__), "../../deploy/haproxy/haproxy.cfg")
ASSESSMENTS = [f"assessment-{n}" for n in range(16)]


def event(assessment, number):
    return f'{{"type":"pnl_update","assessmentId":"{assessment}","n":{number}}}'


@pytest.fixture
def topics(kafka):
    return Topics(kafka)


@pytest.fixture
def replicas(start, topics):
    return [start(Trading, topics, "--trusted-proxies", "127.0.0.1").wait_until_ready() for _ in range(2)]


class Balancer:
    def __init__(self, start, replicas):
        self.port = free_port()
        first, second = (replica.authority for replica in replicas)
        self.process = start(Process, ["/usr/sbin/haproxy", "-db", "-f", CONFIGURATION], env={
            "LISTEN": f"127.0.0.1:{self.port}", "WSFANOUT_1": first, "WSFANOUT_2": second})

    def join(self, assessment, query=""):
        return WsClient(f"ws://127.0.0.1:{self.port}/ws?token={token()}&assessmentId={assessment}{query}")

    def answers(self):
        with contextlib.suppress(Exception):
            self.join("probe").drop()
            return True
        return False


@pytest.fixture
def balancer(start, replicas):
    balancer = Balancer(start, replicas)
    eventually(balancer.answers, 20, "HAProxy lets a client through")
    for replica in replicas:
        replica.wait_for_counter("websocket_connections_total", 0)
    return balancer


@pytest.fixture
def join(balancer):
    with contextlib.ExitStack() as opened:
        def join_one(*arguments):
            client = balancer.join(*arguments)
            opened.callback(client.drop)
            return client

        yield join_one


def connections(replicas):
    return [replica.counter("websocket_connections_total") for replica in replicas]


def test_all_connections_of_an_assessment_reach_one_replica_and_assessments_are_spread(replicas, join):
    seen = []
    for assessment in ASSESSMENTS:
        before = connections(replicas)
        for _ in range(3):
            join(assessment)
        grown = [now - then for now, then in zip(connections(replicas), before)]
        assert sorted(grown) == [0, 3], assessment
        seen.append(grown.index(3))
    assert set(seen) == {0, 1}


def test_the_clients_of_a_replica_that_drains_go_on_at_the_other_and_miss_nothing(replicas, topics, join):
    before = connections(replicas)
    client = join("a", "&meta=1")
    home = [now - then for now, then in zip(connections(replicas), before)].index(1)
    topics.publish("trading.pnl", event("a", 1))
    seen = client.receive_json()["position"]
    replicas[home].stop()
    assert client.expect_close().code == 1012
    topics.publish("trading.pnl", event("a", 2))
    back = None

    def came_back():
        nonlocal back
        with contextlib.suppress(Exception):
            back = join("a", f"&since={seen}")
            return True
        return False

    eventually(came_back, 20, "the other replica takes the client")
    assert back.receive_json()["n"] == 2
    topics.publish("trading.pnl", event("a", 3))
    assert back.receive_json()["n"] == 3


def test_the_balancers_log_names_the_request_without_its_token(balancer):
    balancer.join("a").drop()
    balancer.process.err.wait_for(r"GET /ws$")
    assert "token" not in balancer.process.err.text and "eyJ" not in balancer.process.err.text
