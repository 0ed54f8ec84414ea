"""A Kafka that wants TLS and a password: who has both is served, who has not is told which is wrong."""
import os
import pathlib
import re

import pytest

from kit.certificates import Authority
from kit.events import as_update, rate_event
from kit.fanout import Fanout
from kit.kafka import Broker
from kit.process import binary, run

USER, PASSWORD, SCRAM_PASSWORD = "prices", "the password of the prices", "another one that is never sent"


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
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256", "sasl.mechanism.inter.broker.protocol=PLAIN",
        f"listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {users}",
        "listener.name.clients.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
    ], **security(authority.file))
    yield broker
    broker.remove()


def security(ca_file, password=PASSWORD, mechanism="PLAIN"):
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": mechanism, "sasl.username": USER, "sasl.password": password,
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
                                security(**{"ca_file": authority.file, **other}).items()))
        path.chmod(0o600)
        return ["--config", str(path)]

    return write


def assert_an_update_comes_through(server, broker, topic):
    event = rate_event("EURUSD")
    with server.client() as client:
        client.subscribe("EURUSD")
        broker.publish(topic, event)
        assert client.receive() == as_update(event)


def test_updates_come_through_and_the_password_is_nowhere_to_be_read(start, broker, configuration):
    topic = broker.new_topic()
    server = start(Fanout, *configuration(), brokers=broker.address, topic=topic).wait_until_ready()
    assert_an_update_comes_through(server, broker, topic)
    assert PASSWORD not in server.err.text


@pytest.fixture
def scram_user(broker, authority, tmp_path):
    """The same user, whose password the broker now knows for SCRAM as well."""
    config = tmp_path / "client.properties"
    config.write_text("".join(f"{name}={value}\n" for name, value in {
        "security.protocol": "SASL_SSL", "ssl.truststore.type": "PEM", "ssl.truststore.location": authority.file,
        "sasl.mechanism": "PLAIN",
        "sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required "
                            f'username="{USER}" password="{PASSWORD}";'}.items()))
    broker.add_scram_user(USER, SCRAM_PASSWORD, config)


def library_version():
    shown = run([binary("wsfanout"), "--version"]).out.text
    return tuple(int(number) for number in re.search(r"librdkafka (\d+)\.(\d+)\.(\d+)", shown).groups())


def test_scram_serves_as_well_or_says_that_the_library_is_too_old(start, broker, configuration, scram_user):
    topic = broker.new_topic()
    server = start(Fanout, *configuration(mechanism="SCRAM-SHA-256", password=SCRAM_PASSWORD), brokers=broker.address,
                   topic=topic)
    if library_version() < (2, 6, 1) and not os.environ.get("WSF_KAFKA_VERSION", "").startswith("3."):
        server.err.wait_for("fails so even when the password is right: 2.6.1 is needed")
        return
    assert_an_update_comes_through(server.wait_until_ready(), broker, topic)


def test_a_wrong_password_of_scram_is_told(start, broker, configuration, scram_user):
    server = start(Fanout, *configuration(mechanism="SCRAM-SHA-256", password="wrong"), brokers=broker.address, topic="rates")
    server.err.wait_for("invalid credentials with SASL mechanism SCRAM-SHA-256")


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
