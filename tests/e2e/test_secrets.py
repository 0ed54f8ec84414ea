"""Secrets of every kind, good and bad, and every place where one could come out again."""
import base64
import contextlib
import hashlib
import json
import pathlib
import re
import time

import jwt
import pytest
import websocket

from kit.events import rate_event
from kit.fanout import Fanout
from kit.http import request, upgrade
from kit.process import Process, binary, run

JWT_SECRET = "jwt-secret-of-the-desk-0123456789abcdef"
API_KEY = "api-key-3f9c81d27b6e4a50"
BAD_API_KEY = "bad-api-key-77e1c0"
SASL_PASSWORD = "sasl-password-5d0b"
URL_PASSWORD = "url-password-91aa"


def token(secret=JWT_SECRET, user="ada", lives_s=300):
    return jwt.encode({"sub": user, "exp": int(time.time()) + lives_s}, secret, "HS256")


class Secrets:
    """All that must not be seen again: whole, and in the parts that would give it away."""

    def __init__(self):
        self._words = {JWT_SECRET, API_KEY, BAD_API_KEY, SASL_PASSWORD, URL_PASSWORD}

    def of(self, text):
        signature = text.rsplit(".", 1)[-1]
        self._words |= {text, signature, base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")}
        return text

    def seen_in(self, text):
        return [word for word in self._words if word in text]


@pytest.fixture
def secrets():
    return Secrets()


def command_line(process):
    return pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def core_limits(process):
    limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
    return re.search(r"Max core file size +(\S+) +(\S+)", limits).groups()


@pytest.fixture
def api_keys(tmp_path):
    path = tmp_path / "api-keys"
    path.write_text(json.dumps({"sha256": hashlib.sha256(API_KEY.encode()).hexdigest(), "sub": "desk-7"}) + "\n")
    return path


@pytest.fixture
def server(serve, topic, api_keys):
    return serve(topic, "--api-keys", str(api_keys), "--log-level", "trace", "--kafka-conf", "sasl.mechanism=PLAIN", "--kafka-conf",
                 "sasl.username=wsfanout", "--kafka-conf", f"sasl.password={SASL_PASSWORD}", "--kafka-conf", "debug=broker,security",
                 env={"WSFANOUT_JWT_SECRET": JWT_SECRET})


PAGES = ("/metrics", "/actuator/health", "/actuator/metrics", "/actuator/metrics/websocket.sessions.active", "/readyz", "/healthz", "/version")


def test_no_secret_comes_out_of_the_server(server, secrets, kafka, topic):
    answers = []

    def note(answer):
        answers.append(repr(answer))

    places = [lambda text: {"query": "?token=" + text}, lambda text: {"headers": ["Authorization: Bearer " + text]},
              lambda text: {"subprotocols": ["wsfanout.v1", "base64url.bearer.authorization." + text]},
              lambda text: {"subprotocols": ["wsfanout.v1", "base64url.bearer.authorization."
                                             + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")]}]
    for place in places:
        with contextlib.closing(server.connect(**place(secrets.of(token())))) as client:
            note(client.handshake_headers)
            note(client.welcome)
            note(client.ask({"action": "auth", "token": secrets.of(token(user="eve"))}))
            note(client.ask({"action": "auth", "token": secrets.of(token(lives_s=200))}))
            note(client.ask({"action": secrets.of(token())[:20]}))
        for bad in (token("another secret of thirty-two bytes and more"), token(lives_s=-60), token()[:-2], token() + "x"):
            with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
                server.connect(**place(secrets.of(bad)))
            note((refusal.value.resp_headers, refusal.value.args))
    with contextlib.closing(server.connect(headers=["X-Api-Key: " + API_KEY])) as client:
        note(client.welcome)
    good = secrets.of(token())
    for raw in (upgrade(f"X-Api-Key: {BAD_API_KEY}"), upgrade(f"X-Api-Key: {BAD_API_KEY}", f"Authorization: Bearer {good}"),
                upgrade(f"Authorization: Basic {good}"), upgrade(path=f"/{good}"), request(f"/metrics?token={good}"),
                request(f"/actuator/metrics/{good}"), upgrade(f"Authorization: Bearer {good}", "Transfer-Encoding: chunked"),
                upgrade(f"Authorization: Bearer {good}", path="/elsewhere"), upgrade(f"Authorization: {good}", method="POST"),
                upgrade(f"Sec-WebSocket-Protocol: {good}"), upgrade(f"Authorization: {good}\0")):
        answer = server.exchange(raw)
        note((answer.status, answer.headers, answer.body))
    client = server.connect("?token=" + secrets.of(token(lives_s=-27)))  # within the leeway, for 3 s
    closed = client.expect_close()
    assert closed.code == 4001
    note(closed.reason)
    kafka.publish(topic, rate_event("EURUSD"))
    for path in PAGES:
        note(server.get(path))
    assert core_limits(server) == ("0", "0")
    assert secrets.seen_in(command_line(server)) == []
    server.stop()
    assert "credential refused" in server.err.text
    assert secrets.seen_in(server.err.text) == []
    assert secrets.seen_in("\n".join(answers)) == []


def test_no_secret_is_shown_with_the_settings_or_in_a_complaint(secrets, tmp_path):
    url = f"https://me:{URL_PASSWORD}@keys.example/jwks?key={URL_PASSWORD}"
    connection = f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey={SASL_PASSWORD}"
    file = tmp_path / "conf"
    file.write_text(f"kafka-conf = sasl.password={SASL_PASSWORD}\njwt-secret = {JWT_SECRET}\nmax-errors = x\n")
    for flags, env in [
        (["--print-config", "--kafka-conf", f"sasl.password={SASL_PASSWORD}"], {"WSFANOUT_JWT_SECRET": JWT_SECRET}),
        (["--check-config", "--jwks", url], {}), (["--check-config"], {"WSFANOUT_JWKS": url}),
        (["--check-config"], {"EVENTHUB_CONNECTION_STRING": connection + ";nonsense"}), (["--check-config", "--config", str(file)], {}),
        (["--check-config", "--jwt-secret", JWT_SECRET], {}), (["--check-config", "--kafka-conf", f"sasl.pasword={SASL_PASSWORD}"], {}),
        (["--check-config", "--jwt-algorithm", "RS256"], {"WSFANOUT_JWT_SECRET": JWT_SECRET}),
    ]:
        done = run([binary("wsfanout"), *flags], env=env)
        assert secrets.seen_in(done.out.text + done.err.text) == [], (flags, done.out.text, done.err.text)


def test_no_client_shows_a_secret_in_its_output_or_in_the_process_list(server, secrets, start, kafka, tmp_path):
    file = tmp_path / "token"
    file.write_text(secrets.of(token()))
    file.chmod(0o600)
    with_token = server.url + "?token=" + secrets.of(token())
    sasl = ["--kafka-conf", "sasl.username=me", "--kafka-conf", f"sasl.password={SASL_PASSWORD}"]
    running = [start(Process, [binary(argv[0]), "--log-level", "trace", *argv[1:]]) for argv in (
        ["wsclient", "--url", with_token, "--json", "subscribe", "EURUSD"],
        ["wsclient", "--url", server.url, "--header", f"X-Api-Key: {API_KEY}", "--json", "subscribe", "EURUSD"],
        ["wsclient", "--url", server.url, "--token-file", str(file), "--json", "subscribe", "EURUSD"],
        ["wsload", "--url", with_token, "--listen", "--connections", "1", "--pairs", "1", "--pairs-per-connection", "1", "--duration", "30s"],
        ["ratepub", "--brokers", kafka.address, "--topic", server.topic, "--rate", "10/s", *sasl],
    )]
    server.wait_for_counter("wsfanout_sessions", 4)
    running[-1].err.wait_for("publishing")
    for process in running:
        assert secrets.seen_in(command_line(process)) == [], command_line(process)
        assert core_limits(process) == ("0", "0")
    for process in running:
        process.terminate()
        assert secrets.seen_in(process.out.text + process.err.text) == [], process.err.text
    minted = run([binary("ratepub"), "--mint-token", "ada"], env={"JWT_SECRET": JWT_SECRET})
    assert secrets.seen_in(minted.out.text + minted.err.text) == [] and minted.exit_code == 0


@pytest.mark.parametrize("program, flags", [("wsfanout", ["--port", "0"]), ("ratepub", ["--brokers", "127.0.0.1:9"]),
                                            ("wsclient", ["--url", "ws://127.0.0.1:9/", "subscribe", "EURUSD"]),
                                            ("wsload", ["--url", "ws://127.0.0.1:9/", "--listen", "--connections", "1"])])
def test_core_files_are_for_those_who_ask(program, flags, start):
    process = start(Process, [binary(program), *flags, "--allow-core"])
    own = pathlib.Path("/proc/self/limits").read_text()
    assert core_limits(process) == re.search(r"Max core file size +(\S+) +(\S+)", own).groups()


def test_what_is_asked_of_these_tests(secrets):
    """That they would see a secret at all."""
    text = secrets.of(token())
    assert secrets.seen_in(f"...{text}...") and secrets.seen_in(text.rsplit(".", 1)[1]) and secrets.seen_in(API_KEY)
    assert Fanout
