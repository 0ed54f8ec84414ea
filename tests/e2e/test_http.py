"""HTTP on the same port: health, metrics, versions, and each way an upgrade is refused."""
import json
import re
import socket

import pytest

from kit.events import rate_event
from kit.fanout import Fanout
from kit.http import exchange, parse_answer, request, upgrade
from kit.process import binary, run

SPRING_NAMES = ["websocket.sessions.active", "websocket.subscriptions.total", "websocket.messages.sent", "websocket.events.received"]


@pytest.fixture
def server(shared_server):
    return shared_server


def test_health_in_springs_shape(server):
    answer = server.get("/actuator/health")
    assert answer.status == 200 and "json" in answer.header("Content-Type")
    assert answer.json["status"] == "UP"
    assert {name: part["status"] for name, part in answer.json["components"].items()} == {
        "diskSpace": "UP", "ping": "UP", "kafka": "UP"}


def test_the_list_of_metrics_in_springs_shape(server):
    assert set(SPRING_NAMES) <= set(server.get("/actuator/metrics").json["names"])


@pytest.mark.parametrize("name", SPRING_NAMES)
def test_one_metric_in_springs_shape(server, name):
    answer = server.get(f"/actuator/metrics/{name}").json
    assert answer["name"] == name
    assert answer["measurements"][0]["statistic"] in ("VALUE", "COUNT")
    assert isinstance(answer["measurements"][0]["value"], (int, float))
    assert answer["availableTags"] == []


def test_an_unknown_metric_is_not_found(server):
    assert server.get("/actuator/metrics/websocket.unknown").status == 404


def test_the_metrics_count(server, kafka):
    before = {name: server.spring_metric(name) for name in SPRING_NAMES}
    with server.client() as client:
        client.subscribe("EURUSD", "GBPUSD")
        kafka.publish(server.topic, rate_event("EURUSD"))
        client.receive()
        grown = {name: server.spring_metric(name) - before[name] for name in SPRING_NAMES}
        assert grown["websocket.sessions.active"] == 1
        assert grown["websocket.subscriptions.total"] == 2
        assert grown["websocket.events.received"] == 1
        assert grown["websocket.messages.sent"] >= 1


def test_every_family_is_present_from_the_start(start, kafka, topic):
    server = start(Fanout, brokers=kafka.address, topic=topic).wait_until_ready()
    answer = server.get("/metrics")
    assert answer.header("Content-Type").startswith("text/plain; version=0.0.4")
    first = server.metrics()
    assert any(name.startswith("wsfanout_") for name in first.families)
    assert {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_max_fds",
            "process_start_time_seconds"} <= set(first.families)
    named = {name for name, _, _ in first.samples}
    for family, kind in first.families.items():
        assert family in named or (kind in ("histogram", "summary") and f"{family}_count" in named), f"{family} has no sample"
    with server.client() as client:
        client.subscribe("EURUSD")
        client.ask("nonsense")
        kafka.publish(topic, "poison", rate_event("EURUSD"))
        client.receive()
        assert set(server.metrics().families) == set(first.families)
        assert {(name, tuple(labels.items())) for name, labels, _ in server.metrics().samples} == {
            (name, tuple(labels.items())) for name, labels, _ in first.samples}


def test_each_metric_has_a_help_text(server):
    text = server.get("/metrics").text
    typed = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert typed == re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE) and len(typed) == len(set(typed))


def test_liveness_readiness_and_version(server):
    assert server.get("/healthz").status == 200
    assert server.get("/readyz").status == 200
    version = server.get("/version")
    assert version.status == 200 and re.search(r"\d+\.\d+\.\d+", version.text)


def test_an_unknown_path_is_not_found(server):
    for path in ("/", "/ws", "/ws/fx-rates/more", "/actuator", "/index.html", "/../etc/passwd", "/%00", "/metrics/"):
        assert server.exchange(request(path)).status == 404, path


def test_an_upgrade_of_an_unknown_path_is_not_found(server):
    assert server.exchange(upgrade(path="/ws/unknown")).status == 404


def test_a_query_does_not_change_the_path(server):
    assert server.get("/healthz?verbose=1").status == 200
    assert server.exchange(upgrade(path="/ws/fx-rates?x=1")).status == 101


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_another_method_is_not_allowed(server, method):
    for path in ("/healthz", "/ws/fx-rates"):
        answer = server.exchange(request(path, "Content-Length: 0", method=method))
        assert (answer.status, answer.header("Allow")) == (405, "GET")


def test_the_path_without_an_upgrade_says_what_it_wants(server):
    answer = server.exchange(request("/ws/fx-rates"))
    assert answer.status == 426 and answer.header("Upgrade") == "websocket"


def test_http_1_0_cannot_upgrade(server):
    assert server.exchange(upgrade(version="1.0")).status == 426


def test_an_upgrade_is_answered_as_the_rfc_computes_it(server):
    answer = server.exchange(upgrade())
    assert answer.status == 101
    assert answer.header("Upgrade").lower() == "websocket" and answer.header("Connection").lower() == "upgrade"
    assert answer.header("Sec-WebSocket-Accept") == "BACScCJPNqyz+UBoqMH89VmURoA="
    assert answer.header("Sec-WebSocket-Extensions") is None and answer.header("Sec-WebSocket-Protocol") is None


def test_headers_are_read_in_any_case_and_among_others(server):
    raw = upgrade().replace(b"Connection: Upgrade", b"CONNECTION: keep-alive, UPGRADE").replace(
        b"Upgrade: websocket", b"upGRADE: WebSocket")
    assert server.exchange(raw).status == 101


def test_the_subprotocol_of_ours_is_chosen_when_offered(server):
    answer = server.exchange(upgrade("Sec-WebSocket-Protocol: chat, wsfanout.v1"))
    assert (answer.status, answer.header("Sec-WebSocket-Protocol")) == (101, "wsfanout.v1")


@pytest.mark.parametrize("without", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_an_upgrade_without_a_key_or_a_version_is_bad(server, without):
    assert server.exchange(upgrade(without=without)).status == 400


@pytest.mark.parametrize("key", ["", "short", "!!!!!!!!!!!!!!!!!!!!!!!!", "MDEyMzQ1Njc4OWFiY2RlZjAx"])
def test_a_key_that_is_no_16_bytes_is_bad(server, key):
    assert server.exchange(upgrade(f"Sec-WebSocket-Key: {key}", without="Sec-WebSocket-Key")).status == 400


def test_another_version_is_told_ours(server):
    answer = server.exchange(upgrade("Sec-WebSocket-Version: 8", without="Sec-WebSocket-Version"))
    assert (answer.status, answer.header("Sec-WebSocket-Version")) == (400, "13")


@pytest.mark.parametrize("twice", ["Host: localhost", "Origin: http://localhost", "Sec-WebSocket-Version: 13",
                                   "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="])
def test_what_must_stand_once_may_not_stand_twice(server, twice):
    name = twice.split(":")[0]
    assert server.exchange(upgrade(twice, twice, without=name, host="" if name == "Host" else "localhost")).status == 400


def test_http_1_1_without_a_host_is_bad(server):
    assert server.exchange(upgrade(host="")).status == 400


def test_headers_over_16_kib_are_too_large(server):
    assert server.exchange(upgrade("X-Filler: " + "x" * 10_000)).status == 101
    assert server.exchange(upgrade("X-Filler: " + "x" * 20_000)).status == 431
    assert server.exchange(request("/" + "x" * 20_000)).status == 431


@pytest.mark.parametrize("raw", [b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
                                 b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"])
def test_what_is_no_http_is_bad(server, raw):
    assert server.exchange(raw).status in (400, 505)


def test_an_error_arrives_even_when_the_request_goes_on(server):
    """The rest of the request is drained before the close, so that no reset eats the answer."""
    for _ in range(20):
        answer = server.exchange(request("/ws/fx-rates", "Content-Length: 100000", method="POST") + b"x" * 100_000)
        assert answer.status == 405


def test_two_requests_on_one_connection_are_both_answered_or_the_first_says_close(server):
    with socket.create_connection(server.address, timeout=10) as peer:
        peer.sendall(request("/healthz"))
        first = parse_answer(peer.recv(65536))
        assert first.status == 200
        if (first.header("Connection") or "").lower() != "close":
            peer.sendall(request("/healthz"))
            assert parse_answer(peer.recv(65536)).status == 200


def test_any_origin_passes_by_default(server):
    assert server.exchange(upgrade("Origin: https://anywhere.example")).status == 101


def test_a_list_of_origins_is_exact(serve, topic):
    server = serve(topic, "--allowed-origins", "https://app.example,http://localhost:3000")
    wanted = {
        "Origin: https://app.example": 101, "Origin: http://localhost:3000": 101,
        "Origin: https://app.example.evil": 403, "Origin: http://app.example": 403, "Origin: https://evil.example": 403,
        "Origin: null": 403, "Origin: https://app.example:8443": 403, "X-No: origin": 101,
    }
    assert {line: server.exchange(upgrade(line)).status for line in wanted} == wanted


def test_an_origin_that_names_this_server_passes(serve, topic):
    """Python's websocket-client always sends an Origin made of the address that it connects to."""
    server = serve(topic, "--allowed-origins", "https://app.example")
    with server.client() as client:
        client.subscribe("EURUSD")
    assert server.exchange(upgrade(f"Origin: http://localhost:{server.port}", host=f"localhost:{server.port}")).status == 101
    assert server.exchange(upgrade("Origin: http://localhost:1", host=f"localhost:{server.port}")).status == 403


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6_is_served(start, kafka, topic, host):
    server = start(Fanout, brokers=kafka.address, topic=topic, host=host).wait_until_ready()
    with server.client() as client:
        client.subscribe("EURUSD")
    assert exchange(("::1", server.port), request("/healthz", host="[::1]")).status == 200
    if host == "::":
        assert exchange(("127.0.0.1", server.port), request("/healthz")).status == 200


def test_another_path_can_be_given(serve, topic):
    server = serve(topic, "--path", "fx-rates=/prices")
    assert server.exchange(upgrade(path="/prices")).status == 101
    assert server.exchange(upgrade(path="/ws/fx-rates")).status == 404


def test_the_bodies_of_errors_say_what_was_wrong(server):
    for raw, word in ((upgrade(without="Sec-WebSocket-Key"), "key"), (request("/ws/fx-rates"), "websocket")):
        assert word in server.exchange(raw).text.lower()


def test_health_is_valid_json_for_every_status(start):
    server = start(Fanout, brokers="127.0.0.1:9")
    answer = server.get("/actuator/health")
    assert answer.status == 503 and json.loads(answer.text)["status"] == "DOWN"
    assert answer.json["components"]["kafka"]["status"] == "DOWN"


def test_health_and_metrics_may_have_a_port_of_their_own(start):
    server = start(Fanout, "--embedded-broker", "--admin", "127.0.0.1:0")
    found = server.err.wait_for(r"health and metrics at http://(\S+):(\d+)", 10)
    admin = (found.group(1), int(found.group(2)))
    for path in ["/metrics", "/healthz", "/readyz", "/actuator/health", "/version"]:
        assert exchange(admin, request(path)).status in (200, 503)
        assert server.get(path).status == 404
    assert exchange(admin, request("/ws/fx-rates")).status == 404
    assert exchange(admin, request("/metrics", method="POST")).status == 405
    with server.client() as client:
        client.subscribe("EURUSD")
        assert b"wsfanout_sessions 1\n" in exchange(admin, request("/metrics")).body
    server.stop()  # here, because what ends servers after a test asks for their counters on the clients' port


@pytest.mark.parametrize("value", ["9090", ":9090", "nowhere.invalid:1", "127.0.0.1"])
def test_an_admin_port_that_cannot_be_is_said_in_one_line(value):
    done = run([binary("wsfanout"), "--check-config", "--admin", value])
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text
