"""Who gets in, with tokens that a foreign library signed (PyJWT), and what each token allows."""
import base64
import contextlib
import hashlib
import http.server
import json
import pathlib
import re
import threading
import time
import types

import jwt
import pytest
import websocket
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kit.events import as_update, rate_event
from kit.fanout import PATH, Fanout
from kit.load import measured
from kit.process import binary, run
from kit.waiting import eventually

SECRET = "a secret of the desk, thirty-two bytes or more"


def claims(user="ada", *, lives_s=300, **more):
    return {"sub": user, "exp": int(time.time()) + lives_s, **more}


def token(key=SECRET, algorithm="HS256", headers=None, **more):
    return jwt.encode(claims(**more), key, algorithm, headers=headers)


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def server(serve, topic, secret_file):
    return serve(topic, "--jwt-secret-file", str(secret_file), "--log-level", "debug")


@pytest.fixture
def connect(start):
    """Connects to a server; the connection ends before the server does."""
    with contextlib.ExitStack() as opened:
        def connect_one(server, query="", **options):
            client = server.connect(query, **options)
            opened.callback(client.drop)
            return client

        yield connect_one


def refused(server, query="", **options):
    """Status and headers of the refusal that a client of Python's gets."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        server.connect(query, **options)
    return refusal.value.status_code, refusal.value.resp_headers


def test_without_a_token_nobody_gets_in(server):
    status, headers = refused(server)
    assert status == 401
    assert headers["www-authenticate"] == 'Bearer realm="wsfanout"'
    assert server.counter("wsfanout_credentials_refused_total", cause="missing") == 1


@pytest.mark.parametrize("bring", [
    lambda text: {"query": "?token=" + text},
    lambda text: {"headers": ["Authorization: Bearer " + text]},
    lambda text: {"headers": ["Authorization: " + text]},
    lambda text: {"subprotocols": ["wsfanout.v1", "base64url.bearer.authorization." + text]},
    lambda text: {"subprotocols": [
        "base64url.bearer.authorization." + base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), "wsfanout.v1"]},
], ids=["query", "bearer", "bare", "subprotocol", "subprotocol-base64url"])
def test_a_token_may_come_in_several_ways(connect, server, bring):
    client = connect(server, **bring(token()))
    assert client.welcome["userId"] == "ada"
    assert client.handshake_headers.get("sec-websocket-protocol", "wsfanout.v1") == "wsfanout.v1"
    client.subscribe("EURUSD")


def test_a_wrong_token_is_refused_with_the_reason_and_never_repeated(server):
    for bad, cause in [(token("another secret of thirty-two bytes and more"), "bad_signature"), (token(lives_s=-60), "expired"),
                       (token(nbf=int(time.time()) + 600), "not_yet_valid"), ("a.b.c", "malformed"),
                       (token(user="two words"), "no_user"), (jwt.encode({"sub": "ada"}, SECRET), "no_expiry"),
                       (jwt.encode(claims(), None, "none"), "unsupported"),
                       (token(headers={"jku": "https://keys.example/"}), "unsupported")]:
        status, headers = refused(server, "?token=" + bad)
        assert status == 401 and 'error="invalid_token"' in headers["www-authenticate"], (bad, cause)
        assert server.counter("wsfanout_credentials_refused_total", cause=cause) >= 1, cause
        assert bad not in server.err.text


def test_no_token_reaches_the_log_or_the_metrics(connect, server):
    good = token()
    client = connect(server, "?token=" + good)
    client.subscribe("EURUSD")
    client.ask({"action": "auth", "token": token(user="eve")})
    seen = server.err.text + server.get("/metrics").text
    signature = good.rsplit(".", 1)[1]
    assert good not in seen and signature not in seen and SECRET not in seen


@pytest.mark.parametrize("algorithm, make", [
    ("RS256", lambda: rsa.generate_private_key(65537, 2048)), ("ES256", lambda: ec.generate_private_key(ec.SECP256R1()))])
def test_public_keys_are_read_again_when_the_file_changes(connect, serve, topic, tmp_path, algorithm, make):
    old, new = make(), make()
    path = tmp_path / "key.pem"

    def write(key):
        path.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo))

    write(old)
    server = serve(topic, "--jwt-public-key", str(path))
    stays = connect(server, "?token=" + token(old, algorithm))
    write(new)
    eventually(lambda: server.counter("wsfanout_key_reloads_total") == 1, what="the new key is read")
    connect(server, "?token=" + token(new, algorithm))
    assert refused(server, "?token=" + token(old, algorithm))[0] == 401
    stays.subscribe("EURUSD")
    path.write_text("no key")
    eventually(lambda: server.counter("wsfanout_key_failures_total") == 1, what="the broken file is noticed")
    connect(server, "?token=" + token(new, algorithm))
    server.err.wait_for("the keys stay as they are")


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": self.server.keys}).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def key_server():
    server = http.server.HTTPServer(("127.0.0.1", 0), Keys)
    server.keys, server.asked = [], 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def jwk(key, kid):
    return {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


def test_keys_from_a_url_change_on_sighup(connect, serve, topic, key_server):
    old, new = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    key_server.keys = [jwk(old, "old")]
    server = serve(topic, "--jwks", f"http://127.0.0.1:{key_server.server_port}/keys")
    eventually(lambda: server.counter("wsfanout_key_reloads_total") == 1, what="the keys are fetched")
    connect(server, "?token=" + token(old, "ES256", {"kid": "old"}))
    assert refused(server, "?token=" + token(new, "ES256", {"kid": "new"}))[0] == 401
    key_server.keys.append(jwk(new, "new"))
    server.send_signal(1)
    eventually(lambda: server.counter("wsfanout_key_reloads_total") >= 2, what="the keys are fetched again")
    connect(server, "?token=" + token(new, "ES256", {"kid": "new"}))
    assert key_server.asked <= 3


def test_a_token_that_expires_ends_its_connection(connect, server):
    client = connect(server, "?token=" + token(lives_s=4))
    stays = connect(server, "?token=" + token())
    closed = client.expect_close(20)
    assert (closed.code, closed.reason) == (4001, "token expired")
    stays.subscribe("EURUSD")


def test_a_new_token_in_band_prolongs_the_connection(connect, server):
    client = connect(server, "?token=" + token(lives_s=4))
    answer = json.loads(client.ask({"action": "auth", "token": token(lives_s=300), "id": 7}))
    assert answer["type"] == "authenticated" and answer["userId"] == "ada" and answer["id"] == 7
    gone = connect(server, "?token=" + token(lives_s=5))
    assert gone.expect_close(20).code == 4001  # later than the first token's end
    client.subscribe("EURUSD")


def test_a_token_of_another_user_is_no_renewal(connect, server):
    client = connect(server, "?token=" + token())
    for bad in [token(user="eve"), token(lives_s=-60), "", 7]:
        answer = json.loads(client.ask({"action": "auth", "token": bad}))
        assert answer["type"] == "error" and answer["code"] == "auth_failed"
    client.subscribe("EURUSD")


def test_a_token_says_which_pairs(connect, server, kafka, topic):
    client = connect(server, "?token=" + token(pairs=["EUR*", "USDJPY"]))
    client.send({"action": "subscribe", "currencyPairs": ["EURUSD", "GBPUSD", "USDJPY", "USDCHF"], "snapshot": True})
    assert client.receive_json()["currencyPairs"] == ["EURUSD", "USDJPY"]
    error = client.receive_json()
    assert error["code"] == "not_allowed" and error["currencyPairs"] == ["GBPUSD", "USDCHF"]
    kafka.publish(topic, rate_event("GBPUSD"), rate_event("EURUSD"))
    assert client.receive() == as_update(rate_event("EURUSD"))


def test_a_renewal_takes_back_what_it_no_longer_allows(connect, server, kafka, topic):
    client = connect(server, "?token=" + token())
    client.subscribe("EURUSD", "GBPUSD")
    client.send({"action": "auth", "token": token(pairs=["GBP*"])})
    assert client.receive_json()["type"] == "authenticated"
    assert client.receive_json()["currencyPairs"] == ["EURUSD"]
    kafka.publish(topic, rate_event("EURUSD"), rate_event("GBPUSD"))
    assert client.receive() == as_update(rate_event("GBPUSD"))
    assert server.spring_metric("websocket.subscriptions.total") == 1


def test_a_token_says_how_many(connect, server):
    client = connect(server, "?token=" + token(max_subscriptions=2))
    client.subscribe("EURUSD", "GBPUSD")
    error = json.loads(client.ask({"action": "subscribe", "currencyPairs": ["USDJPY"]}))
    assert error["message"] == "Subscription limit of 2 currency pairs exceeded"


def test_a_user_has_so_many_connections_over_all_shards(connect, serve, topic, secret_file):
    server = serve(topic, "--jwt-secret-file", str(secret_file), "--max-connections-per-user", "2", "--shards", "2")
    first = connect(server, "?token=" + token())
    connect(server, "?token=" + token())
    closed = connect(server, "?token=" + token(), welcome=False).expect_close()
    assert (closed.code, closed.reason) == (1008, "connection limit per user")
    connect(server, "?token=" + token(user="eve"))
    first.drop()
    eventually(lambda: server.counter("wsfanout_sessions") == 2, what="one connection is gone")
    connect(server, "?token=" + token())
    assert server.counter("wsfanout_closes_total", code="1008", reason="connection limit per user") == 1


def test_api_keys(connect, serve, topic, tmp_path):
    path = tmp_path / "keys"
    line = {"sha256": hashlib.sha256(b"k-1234").hexdigest(), "sub": "desk-7", "pairs": ["EUR*"]}
    path.write_text("# desks\n" + json.dumps(line) + "\n")
    server = serve(topic, "--api-keys", str(path))
    client = connect(server, headers=["X-Api-Key: k-1234"])
    assert client.welcome["userId"] == "desk-7"
    server.err.wait_for("fx-rates asks its clients for an API key")
    assert refused(server, headers=["X-Api-Key: k-1235"])[0] == 401
    assert refused(server, "?token=k-1234")[0] == 401
    path.write_text("")
    eventually(lambda: server.counter("wsfanout_key_reloads_total") == 1, what="the key is taken back")
    assert refused(server, headers=["X-Api-Key: k-1234"])[0] == 401
    closed = client.expect_close()
    assert (closed.code, closed.reason) == (1008, "unauthorized")


def test_an_api_key_that_stays_keeps_its_connections(connect, serve, topic, tmp_path):
    path = tmp_path / "keys"
    lines = [json.dumps({"sha256": hashlib.sha256(key).hexdigest(), "sub": key.decode()}) for key in (b"one", b"two")]
    path.write_text("\n".join(lines))
    server = serve(topic, "--api-keys", str(path), env={"WSFANOUT_JWT_SECRET": SECRET})
    one, two = (connect(server, headers=["X-Api-Key: " + key]) for key in ("one", "two"))
    by_token = connect(server, headers=["Authorization: Bearer " + token()])
    path.write_text(lines[1])
    assert one.expect_close().reason == "unauthorized"
    for stays in (two, by_token):
        stays.subscribe("EURUSD")


def test_a_weak_secret_is_called_weak_and_may_be_forbidden(connect, start, tmp_path):
    path = tmp_path / "secret"
    path.write_text("dev-secret")
    path.chmod(0o600)
    server = start(Fanout, "--jwt-secret-file", str(path))
    server.err.wait_for("SHORTER THAN 32 BYTES")
    assert connect(server, "?token=" + token("dev-secret")).welcome["userId"] == "ada"
    done = run([binary("wsfanout"), "--port", "0", "--jwt-secret-file", str(path), "--require-strong-keys"])
    assert done.exit_code == 2 and "--require-strong-keys" in done.err.text


@pytest.mark.parametrize("flags, word", [
    (["--jwt-secret-file", "/nowhere"], "No such file"), (["--jwt-public-key", "/etc/hostname"], "--jwt-public-key /etc/hostname"),
    (["--jwks", "http://keys.example/"], "https://"), (["--jwks", "/etc/hostname"], "no JSON object"),
    (["--api-keys", "/etc/hostname"], "line 1"), (["--jwt-secret", "x"], "--jwt-secret"),
])
def test_sources_that_cannot_be_used_are_named_in_one_line(flags, word):
    done = run([binary("wsfanout"), "--check-config", *flags])
    assert done.exit_code == 2 and word in done.err.text and len(done.err.lines) == 1, done.err.text


def core_limit(process):
    limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
    return re.search(r"Max core file size +(\S+) +(\S+)", limits).groups()


def test_no_core_file_is_left_unless_asked_for(start):
    assert core_limit(start(Fanout)) == ("0", "0")
    assert core_limit(start(Fanout, "--allow-core")) == core_limit(process=types.SimpleNamespace(pid="self"))


def test_a_minted_token_opens_the_door(connect, server, secret_file, tmp_path):
    minted = run([binary("ratepub"), "--mint-token", "ada", "--jwt-secret-file", str(secret_file), "--token-ttl", "1m",
                  "--claims", '{"pairs":["EUR*"]}'])
    assert minted.exit_code == 0, minted.err.text
    text = minted.out.text.strip()
    assert jwt.decode(text, SECRET, algorithms=["HS256"])["pairs"] == ["EUR*"]
    assert connect(server, "?token=" + text).welcome["userId"] == "ada"
    file = tmp_path / "token"
    file.write_text(text)
    file.chmod(0o600)
    denied = run([binary("wsclient"), "--url", server.url, "--token-file", str(file), "--json", "subscribe", "GBPUSD", "--count", "1",
                  "--timeout", "10s"])
    assert "not allowed: GBPUSD" in denied.out.text + denied.err.text
    assert run([binary("wsclient"), "--url", server.url, "subscribe", "EURUSD", "--count", "1"]).exit_code == 4


@pytest.mark.parametrize("flags", [[], ["--jwt-secret-file", "/nowhere"], ["--claims", "[]"], ["--jwt-algorithm", "none"]])
def test_a_token_that_cannot_be_minted_is_said_in_one_line(flags):
    done = run([binary("ratepub"), "--mint-token", "ada", *flags], env={"JWT_SECRET": "x"} if flags else None)
    assert done.exit_code == 2 and len(done.err.lines) == 1, done.err.text


@pytest.mark.parametrize("tokens, exit_code", [(["ada", "eve"], 0), ([], 4)])
def test_a_load_with_tokens(server, kafka, tmp_path, tokens, exit_code):
    file, result = tmp_path / "tokens", tmp_path / "result.json"
    texts = [token(user=user) for user in tokens]
    file.write_text("\n".join(texts) + "\n")
    bring = ["--token-file", str(file)] if tokens else []
    done = measured("--url", server.url + "?token=" * (not tokens), "--brokers", kafka.address, "--topic", server.topic,
                    "--connections", "10", "--pairs", "5", "--pairs-per-connection", "1", "--duration", "1s", "--churn", "20/s",
                    "--json", str(result), *bring, exit_code=exit_code)
    if tokens:
        assert server.counter("wsfanout_credentials_accepted_total", kind="token") >= 11
        assert not any(text in done.out.text + done.err.text + result.read_text() for text in texts)
    else:
        assert "401" in done.err.text


def test_no_program_repeats_the_token_of_a_url(server):
    url = server.url + "?token=" + token(lives_s=-60)
    for argv in [["wsclient", "--url", url, "subscribe", "EURUSD"], ["wsclient", "--url", url, "ping", "-c", "1"],
                 ["wsload", "--url", url, "--listen", "--connections", "1", "--duration", "1s"]]:
        done = run([binary(argv[0]), *argv[1:]], deadline_s=30)
        assert done.exit_code == 4 and url not in done.out.text + done.err.text, done.err.text
