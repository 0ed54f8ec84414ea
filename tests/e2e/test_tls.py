"""Clients by TLS: foreign ones and ours, with certificates that are good, bad, or renewed while they are connected."""
import json
import pathlib
import signal
import ssl
import types

import pytest

from kit.certificates import Authority
from kit.events import as_update, rate_event
from kit.fanout import Fanout, end
from kit.load import measured
from kit.process import Process, binary, run
from kit.waiting import eventually
from kit.wsclient import wsclient


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(scope="module")
def server(kafka, authority):
    """One that all tests share that do nothing to its files."""
    identity = authority.identity("shared")
    fanout = Fanout(*identity.flags, tls=authority.trusting(), host="0.0.0.0", brokers=kafka.address, topic=kafka.new_topic())
    try:
        yield fanout.wait_until_ready()
    finally:
        end(fanout)


@pytest.fixture
def renewable(start, kafka, topic, tmp_path):
    """A server of the test's own, with an authority whose `identity()` renews its certificate."""
    authority = Authority(tmp_path / "own")
    identity = authority.identity()
    fanout = start(Fanout, *identity.flags, tls=authority.trusting(), brokers=kafka.address, topic=topic)
    return types.SimpleNamespace(server=fanout.wait_until_ready(), authority=authority, identity=identity)


def serial_of(server):
    """The serial number of the certificate that a new connection gets."""
    with server.client() as client:
        return int(client.socket.getpeercert()["serialNumber"], 16)


def refusal(server, context):
    """What OpenSSL says to a client of Python's that does not get through."""
    with pytest.raises((ssl.SSLError, ConnectionError)) as error:
        server.connect(sslopt={"context": context})
    return str(error.value)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_foreign_client_gets_each_update_to_the_byte(server, kafka, authority, version):
    events = [rate_event("EURUSD", f"1.08{index}0") for index in range(3)]
    with server.client(sslopt={"context": authority.trusting(version=version)}) as client:
        client.subscribe("EURUSD")
        kafka.publish(server.topic, *events)
        assert client.receive_some(3) == [as_update(event) for event in events]
        assert client.close() == (1000, "bye")


@pytest.mark.filterwarnings("ignore:.*TLSv1")
def test_older_versions_are_refused(server, authority):
    context = authority.trusting()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    assert "protocol" in refusal(server, context).lower()


def test_health_is_served_by_the_same_port(server, authority):
    answer = run(["curl", "-sS", "--cacert", authority.file, f"https://localhost:{server.port}/readyz"])
    assert (answer.exit_code, answer.out.text.strip()) == (0, "ready"), answer.err.text


def test_a_plain_request_is_told_that_this_port_speaks_tls(server):
    answer = server.exchange(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (answer.status, answer.text.strip()) == (400, "this port speaks TLS: https:// or wss://")


def test_a_plain_wsclient_is_told_so_too(server):
    done = run([binary("wsclient"), "--url", server.url.replace("wss://", "ws://"), "ping", "-c", "1"])
    assert done.exit_code == 3
    assert "this port speaks TLS" in done.err.text


def test_wsclient_subscribes_with_the_authority_that_it_is_given(start, server, kafka, authority):
    event = rate_event("GBPUSD")
    client = start(Process, wsclient(server, "--tls-ca", authority.file, "--no-resume", "--count", "1", "subscribe", "GBPUSD"))
    client.out.wait_for('"subscribed"')
    kafka.publish(server.topic, event)
    assert client.out.wait_for("rateUpdate").string == as_update(event)
    assert client.wait(10) == 0


def test_wsclient_says_whom_it_does_not_trust_and_takes_it_when_told_to(server):
    done = run(wsclient(server, "ping", "-c", "1"))
    assert done.exit_code == 3
    assert done.err.lines == [f"wsclient: cannot connect to {server.url}: its certificate is signed by an authority that "
                              "is not trusted here (--tls-ca FILE names the authority to trust)"]
    assert run(wsclient(server, "--insecure", "ping", "-c", "1")).exit_code == 0


def test_wsclient_says_for_whom_the_certificate_is(server, authority):
    url = f"wss://127.0.0.2:{server.port}/"
    done = run([binary("wsclient"), "--url", url, "--tls-ca", authority.file, "ping", "-c", "1"])
    assert done.exit_code == 3
    assert "its certificate is for another host: localhost, 127.0.0.1" in done.err.text


def test_the_doctor_tells_version_cipher_and_the_certificates_end(server, authority):
    done = run(wsclient(server, "--tls-ca", authority.file, "--timeout", "0.2", "doctor"))
    steps = {step["step"]: step for step in map(json.loads, done.out.lines)}
    assert steps["tls"]["state"] == "ok"
    assert steps["tls"]["detail"].startswith("TLSv1.3, TLS_AES_256_GCM_SHA384, certificate for localhost, 127.0.0.1 until 20")
    assert steps["server"]["detail"].startswith("/actuator/health says 200")


def test_an_expired_certificate_is_refused_in_clear_words(start, kafka, topic, authority):
    identity = authority.identity("expired", begins_s=-7200, ends_s=-3600)
    anything = ssl._create_unverified_context()
    server = start(Fanout, *identity.flags, tls=anything, brokers=kafka.address, topic=topic)
    server.err.wait_for("THE CERTIFICATE HAS EXPIRED")
    done = run(wsclient(server, "--tls-ca", authority.file, "ping", "-c", "1"))
    assert done.exit_code == 3
    assert "its certificate has expired on 20" in done.err.text


def test_where_client_certificates_are_required_nobody_gets_in_without_a_good_one(start, kafka, topic, authority, tmp_path):
    own = authority.identity("client")
    server = start(Fanout, *authority.identity("strict").flags, "--tls-client-ca", authority.file,
                   tls=authority.trusting(own), brokers=kafka.address, topic=topic).wait_until_ready()
    with server.client() as client:
        client.subscribe("EURUSD")
    assert run(wsclient(server, "--tls-ca", authority.file, *own.flags, "ping", "-c", "1")).exit_code == 0

    without = run(wsclient(server, "--tls-ca", authority.file, "ping", "-c", "1"))
    assert without.exit_code == 4
    assert without.err.lines == [f"wsclient: {server.url} refuses us: it wants a client certificate "
                                 "(--tls-cert FILE --tls-key FILE show one)"]
    stranger = Authority(tmp_path / "stranger", "stranger").identity("client")
    with_foreign = run(wsclient(server, "--tls-ca", authority.file, *stranger.flags, "ping", "-c", "1"))
    assert with_foreign.exit_code == 4, with_foreign.err.text
    assert "it does not take our certificate" in with_foreign.err.text
    assert server.counter("wsfanout_tls_handshakes_total", result="failed") == 2


def test_where_they_are_optional_a_client_may_have_none(start, kafka, topic, authority):
    server = start(Fanout, *authority.identity("lenient").flags, "--tls-client-ca", authority.file, "--tls-client-auth",
                   "optional", tls=authority.trusting(), brokers=kafka.address, topic=topic)
    with server.client() as client:
        client.subscribe("EURUSD")


@pytest.mark.parametrize("tell", [lambda server: server.send_signal(signal.SIGHUP), lambda server: None],
                         ids=["by SIGHUP", "by itself"])
def test_a_renewed_certificate_is_taken_over_and_nobody_is_dropped(renewable, kafka, tell):
    server = renewable.server
    event = rate_event("EURUSD")
    with server.client() as client:
        client.subscribe("EURUSD")
        assert serial_of(server) == renewable.identity.serial
        renewed = renewable.authority.identity()
        tell(server)
        server.err.wait_for("certificate read again: localhost, 127.0.0.1")
        eventually(lambda: serial_of(server) == renewed.serial, what="the new certificate")
        kafka.publish(server.topic, event)
        assert client.receive() == as_update(event)


def test_a_broken_renewal_leaves_the_certificate_as_it_is(renewable):
    server = renewable.server
    pathlib.Path(renewable.identity.cert).write_text("broken")
    server.send_signal(signal.SIGHUP)
    server.err.wait_for(r"server.pem: no certificate in PEM .*; the certificate stays as it is")
    assert serial_of(server) == renewable.identity.serial
    assert server.counter("wsfanout_tls_failures_total") >= 1


def test_a_key_that_others_may_read_is_warned_of(start, kafka, topic, authority):
    identity = authority.identity("open")
    pathlib.Path(identity.key).chmod(0o644)
    server = start(Fanout, *identity.flags, tls=authority.trusting(), brokers=kafka.address, topic=topic)
    server.err.wait_for(r"others may read .*open.key \(chmod 600 .*open.key\)")


@pytest.mark.parametrize("wrong, says", [
    (lambda one, other: ["--tls-cert", one.cert, "--tls-key", other.key], "{other.key}: not the key of the certificate in {one.cert}"),
    (lambda one, other: ["--tls-cert", one.cert + "x", "--tls-key", one.key], "{one.cert}x: No such file or directory"),
    (lambda one, other: ["--tls-key", one.key], "--tls-key: TLS needs a certificate as well (--tls-cert)"),
    (lambda one, other: [*one.flags, "--tls-client-auth", "optional"], "--tls-client-auth: by whom must they be signed? (--tls-client-ca)"),
], ids=["another key", "no file", "key alone", "no authority"])
def test_what_does_not_fit_together_is_a_usage_error(authority, wrong, says):
    one, other = authority.identity("one"), authority.identity("other")
    done = run([binary("wsfanout"), "--check-config", *wrong(one, other)])
    assert done.exit_code == 2
    assert done.err.lines[0] == "wsfanout: " + says.format(one=one, other=other)


def test_wsload_proves_the_chain_of_each_client_by_tls(server, kafka, authority):
    done = measured("--url", server.url, "--tls-ca", authority.file, "--brokers", kafka.address, "--topic", server.topic, "-c", "50",
                    "--pairs", "5", "--pairs-per-connection", "2", "--publish", "50/s", "--duration", "1s", "--verify",
                    "--churn", "20/s", "--json", "-")
    assert json.loads(done.out.text)["connections"]["subscribed"] == 50
