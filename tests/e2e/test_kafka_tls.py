"""A Kafka that wants TLS and a password: who has both is served, who has not is told which is wrong."""
import pathlib

import pytest

from kit.certificates import Authority
from kit.events import as_update, rate_event
from kit.fanout import Fanout
from kit.kafka import Broker
from kit.process import binary, run

USER, PASSWORD = "prices", "the password of the prices"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(scope="module")
def broker(authority):
    identity = authority.identity("broker")
    keystore = pathlib.Path(identity.cert).with_name("broker-keystore.pem")
    keystore.write_text(pathlib.Path(identity.key).read_text() + pathlib.Path(identity.cert).read_text())
    users = f'username="broker" password="inside" user_broker="inside" user_{USER}="{PASSWORD}";'
    broker = Broker(settings=[
        "listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
        "ssl.keystore.type=PEM", f"ssl.keystore.location={keystore}",
        "ssl.truststore.type=PEM", f"ssl.truststore.location={authority.file}",
        "sasl.enabled.mechanisms=PLAIN", "sasl.mechanism.inter.broker.protocol=PLAIN",
        f"listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {users}",
    ], **security(authority.file))
    yield broker
    broker.remove()


def security(ca_file, password=PASSWORD):
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": USER, "sasl.password": password,
            "ssl.ca.location": ca_file}


def flags(ca_file, password=PASSWORD):
    return [word for name, value in security(ca_file, password).items() for word in ("--kafka-conf", f"{name}={value}")]


def ratepub(broker, *more):
    return run([binary("ratepub"), "--brokers", broker.address, "--topic", "rates", "--count", "3", "--rate", "100/s", *more],
               deadline_s=30)


@pytest.fixture
def configuration(tmp_path, authority):
    """wsfanout's configuration file for the broker, with what differs."""
    def write(**other):
        path = tmp_path / "wsfanout.conf"
        path.write_text("".join(f"kafka-conf = {name}={value}\n" for name, value in
                                security(other.get("ca_file", authority.file), other.get("password", PASSWORD)).items()))
        path.chmod(0o600)
        return ["--config", str(path)]

    return write


def test_updates_come_through_and_the_password_is_nowhere_to_be_read(start, broker, configuration):
    topic = broker.new_topic()
    server = start(Fanout, *configuration(), brokers=broker.address, topic=topic).wait_until_ready()
    event = rate_event("EURUSD")
    with server.client() as client:
        client.subscribe("EURUSD")
        broker.publish(topic, event)
        assert client.receive() == as_update(event)
    assert PASSWORD not in server.err.text


def test_a_wrong_password_is_told_in_one_line(start, broker, configuration):
    server = start(Fanout, *configuration(password="wrong"), brokers=broker.address, topic="rates")
    server.err.wait_for("Invalid username or password")
    server.err.wait_for("no broker has answered yet")
    assert len([line for line in server.err.lines if "Invalid username" in line]) == 1


def test_a_certificate_that_is_not_trusted_is_told_in_one_line(start, broker, configuration, tmp_path):
    stranger = Authority(tmp_path / "stranger", "stranger")
    server = start(Fanout, *configuration(ca_file=stranger.file), brokers=broker.address, topic="rates")
    server.err.wait_for("certificate verify failed")
    server.err.wait_for("no broker has answered yet")
    assert len([line for line in server.err.lines if "certificate verify failed" in line]) == 1


def test_ratepub_publishes_and_says_what_is_wrong_when_it_cannot(broker, authority, tmp_path):
    assert ratepub(broker, *flags(authority.file)).exit_code == 0
    wrong = ratepub(broker, *flags(authority.file, "wrong"))
    assert (wrong.exit_code, len(wrong.err.lines)) == (4, 1), wrong.err.text
    assert wrong.err.text.endswith("Invalid username or password")
    stranger = Authority(tmp_path / "stranger", "stranger")
    untrusted = ratepub(broker, *flags(stranger.file))
    assert (untrusted.exit_code, len(untrusted.err.lines)) == (3, 1), untrusted.err.text
    assert untrusted.err.text.endswith("(--kafka-conf ssl.ca.location=FILE names the authority to trust)")
