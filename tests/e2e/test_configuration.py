"""Where settings come from, who wins, and what is refused."""
import os
import re
import socket
import subprocess
import urllib.request

import pytest

from kit.fanout import Fanout
from kit.process import Process, binary, clean_environment, run
from kit.waiting import eventually

EVENT_HUBS = "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=reader;SharedAccessKey=c2VjcmV0LWtleQ=="
BINARIES = ["wsfanout", "wsclient", "ratepub", "wsload"]


def wsfanout(*flags, env=None):
    return run([binary("wsfanout"), *flags], env=env)


def printed(*flags, env=None):
    """--print-config as {name: (value, origin)}."""
    shown = wsfanout(*flags, "--print-config", env=env)
    assert shown.exit_code == 0, shown.err.text
    found = [re.fullmatch(r"(\S+) =\s?(.*?)\s*#\s(.*)", line) for line in shown.out.lines if line and not line.startswith("#")]
    assert all(found), shown.out.text
    return {match.group(1): (match.group(2), match.group(3)) for match in found}


@pytest.fixture
def file(tmp_path):
    def write(text, name="wsfanout.conf"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_flag_over_environment_over_file_over_default(file):
    config = file("max-connections = 111\nmax-subscriptions = 11\nheartbeat = 11s\n")
    shown = printed("--config", config, "--max-connections", "333",
                    env={"WSFANOUT_MAX_CONNECTIONS": "222", "WSFANOUT_MAX_SUBSCRIPTIONS": "22"})
    assert shown["max-connections"] == ("333", "flag")
    assert shown["max-subscriptions"] == ("22", "environment WSFANOUT_MAX_SUBSCRIPTIONS")
    assert shown["heartbeat"][0] == "11s" and shown["heartbeat"][1].startswith("file ") and ":3" in shown["heartbeat"][1]
    assert shown["handshake-timeout"] == ("10s", "default")


def test_the_defaults_are_the_documented_ones():
    shown = {name: value for name, (value, _) in printed().items()}
    wanted = {"host": "0.0.0.0", "max-connections": "10000", "max-subscriptions": "50", "heartbeat": "30s",
              "handshake-timeout": "10s", "drain": "10s", "topic": "fx-rates-updates", "group": "websocket-service"}
    assert {name: shown[name] for name in wanted} == wanted


def test_the_seeds_names_work_and_the_projects_own_wins():
    shown = printed(env={"EVENTHUB_TOPIC": "seed-topic", "EVENTHUB_CONSUMER_GROUP": "seed-group", "WSFANOUT_GROUP": "own"})
    assert shown["topic"] == ("seed-topic", "environment EVENTHUB_TOPIC")
    assert shown["group"] == ("own", "environment WSFANOUT_GROUP")


def test_the_file_can_be_named_by_the_environment(file):
    assert printed(env={"WSFANOUT_CONFIG": file("topic = from-file\n")})["topic"][0] == "from-file"


def test_a_printed_configuration_is_a_configuration(file):
    first = wsfanout("--max-connections", "77", "--allowed-origins", "https://a.example,https://b.example",
                     "--kafka-conf", "fetch.wait.max.ms=7", "--print-config")
    config = file(first.out.text + "\n")
    again = printed("--config", config)
    assert again["max-connections"][0] == "77" and again["max-connections"][1].startswith("file ")
    assert again["allowed-origins"][0] == "https://a.example,https://b.example"
    assert "fetch.wait.max.ms=7" in again["kafka-conf"][0]


def test_an_unknown_name_in_the_file_is_refused_with_its_place_and_the_nearest(file):
    config = file("# limits\nmax-conections = 5\n")
    refused = wsfanout("--config", config)
    assert refused.exit_code == 2 and len(refused.err.lines) == 1
    assert f"{config}:2" in refused.err.text and "max-connections" in refused.err.text


def test_an_unknown_name_in_the_environment_is_warned_of(start):
    server = start(Fanout, brokers="127.0.0.1:9", env={"WSFANOUT_MAX_CONECTIONS": "5"})
    server.err.wait_for(r"WSFANOUT_MAX_CONECTIONS.*WSFANOUT_MAX_CONNECTIONS")


@pytest.mark.parametrize("text", ["max-connections\n", "= 5\n", "[section]\nport = 1\n", "port = 99999\n", "port = abc\n",
                                  "heartbeat = soon\n", "max-message = 64 parsecs\n", "\x00\x01\x02\n"])
def test_a_malformed_file_is_refused_in_one_line_with_its_place(file, text):
    config = file(text)
    refused = wsfanout("--config", config)
    assert refused.exit_code == 2 and len(refused.err.lines) == 1, refused.err.text
    assert f"{config}:" in refused.err.text


@pytest.mark.parametrize("program", BINARIES)
def test_a_file_that_is_not_there_is_named(program, tmp_path):
    missing = str(tmp_path / "nowhere.conf")
    refused = run([binary(program), "--config", missing])
    assert refused.exit_code == 2 and len(refused.err.lines) == 1 and missing in refused.err.text


def test_check_config_says_yes_or_no_and_starts_nothing(file):
    good = wsfanout("--check-config", "--config", file("port = 8082\n"))
    assert good.exit_code == 0 and "listening" not in good.err.text
    assert wsfanout("--check-config", "--config", file("prot = 8082\n")).exit_code == 2
    assert wsfanout("--check-config", "--port", "123456").exit_code == 2


@pytest.mark.parametrize("program", BINARIES)
def test_an_unknown_flag_is_refused_in_one_line_with_the_nearest(program):
    refused = run([binary(program), "--hepl"])
    assert refused.exit_code == 2 and refused.out.text == ""
    assert len(refused.err.lines) == 1 and "--hepl" in refused.err.text and "--help" in refused.err.text


@pytest.mark.parametrize("program", BINARIES)
def test_help_has_examples_and_goes_to_stdout(program):
    shown = run([binary(program), "--help"])
    assert shown.exit_code == 0 and shown.err.text == ""
    assert "xample" in shown.out.text and "--config" in shown.out.text


@pytest.mark.parametrize("program", BINARIES)
def test_version_names_the_program(program):
    shown = run([binary(program), "--version"])
    assert shown.exit_code == 0 and re.match(rf"{program} \d+\.\d+\.\d+", shown.out.text)


@pytest.mark.parametrize("flags", [["--port", "abc"], ["--port", "70000"], ["--port", "-1"], ["--heartbeat", "x"],
                                   ["--max-connections", "many"], ["--shards", "-3"], ["--port"], ["--log-format", "xml"],
                                   ["--log-level", "loud"], ["--protocol", "fxrates"], ["stray"], ["--kafka-conf", "no-equals"]])
def test_a_bad_value_is_refused_in_one_line(flags):
    refused = wsfanout(*flags)
    assert refused.exit_code == 2, refused.err.text
    assert len(refused.err.lines) == 1 and flags[0] in refused.err.text


@pytest.mark.parametrize("flags", [
    ["--brokers", "foo:99999"], ["--brokers", ":9092"], ["--brokers", "http://x:9092"],
    ["--kafka-conf", "no.such.thing=1"], ["--kafka-conf", "security.protocol=FOO"],
    ["--brokers", "k:1", "--kafka-conf", "security.protocol=SASL_SSL"],
    ["--brokers", "k:1", "--kafka-conf", "security.protocol=SSL", "--kafka-conf", "ssl.ca.location=/nowhere"],
    ["--host", "999.1.1.1"], ["--path", "/healthz"], ["--path", "/actuator/metrics/x"], ["--topic", "a/b"],
    ["--heartbeat", "1ns"], ["--max-event", "0"], ["--allowed-origins", "desk.example"]])
@pytest.mark.parametrize("check", [["--check-config"], ["--port", "0"]])
def test_what_the_start_refuses_the_check_refuses_too_in_one_line(flags, check):
    refused = wsfanout(*flags, *check)
    assert refused.exit_code == 2, refused.err.text
    assert len(refused.err.lines) == 1 and "ok" not in refused.out.text


def test_a_complaint_about_the_file_or_the_environment_names_its_place(file):
    config = file("port = 1\ntopic = a/b\n")
    assert f"{config}:2: topic" in wsfanout("--config", config, "--check-config").err.text
    assert "WSFANOUT_TOPIC" in wsfanout("--check-config", env={"WSFANOUT_TOPIC": "a/b"}).err.text
    broken = file("kafka-conf = a\n", "other.conf")
    assert f"{broken}:1" in wsfanout("--config", broken, "--check-config").err.text


@pytest.mark.parametrize("program", BINARIES)
def test_an_error_that_nobody_can_be_told_is_no_crash(program):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([binary(program), "--bogus"], stderr=full, stdout=subprocess.DEVNULL, timeout=10,
                               env=clean_environment())
    assert ended.returncode == 2


@pytest.mark.parametrize("program", BINARIES)
def test_help_that_cannot_be_written_is_a_failure(program):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([binary(program), "--help"], stdout=full, timeout=10, env=clean_environment())
    assert ended.returncode == 1


def test_it_serves_without_standard_streams(runtime_folder, kafka, topic, tmp_path):
    """Closed descriptors are not taken by a socket that then gets the log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shell = f"exec {binary('wsfanout')} --host 127.0.0.1 --port {port} --brokers {kafka.address} --topic {topic} <&- >&- 2>&-"
    server = subprocess.Popen(["sh", "-c", shell], env=clean_environment({"XDG_RUNTIME_DIR": str(runtime_folder)}))
    try:
        eventually(lambda: serves(port), what="an answer of the port")
        held = [os.readlink(f"/proc/{server.pid}/fd/{fd}") for fd in range(3)]
        assert held == ["/dev/null"] * 3
    finally:
        server.terminate()
        assert server.wait(20) == 0


def serves(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200
    except OSError:
        return False


def test_a_library_property_that_does_not_exist_is_refused_at_start():
    refused = wsfanout("--port", "0", "--host", "127.0.0.1", "--brokers", "127.0.0.1:9", "--kafka-conf", "no.such.thing=1")
    assert refused.exit_code == 2 and "no.such.thing" in refused.err.text


def test_a_port_in_use_is_said_in_one_line(start):
    first = start(Fanout, brokers="127.0.0.1:9")
    refused = wsfanout("--host", "127.0.0.1", "--port", str(first.port), "--brokers", "127.0.0.1:9")
    assert refused.exit_code == 1
    error = [line for line in refused.err.lines if "in use" in line]
    assert len(error) == 1 and f"127.0.0.1:{first.port}" in error[0] and "--port" in error[0]


def test_a_host_that_is_not_ours_is_said_in_one_line():
    refused = wsfanout("--host", "203.0.113.1", "--port", "0", "--brokers", "127.0.0.1:9")
    assert refused.exit_code in (1, 2) and "203.0.113.1" in refused.err.text


def test_without_any_broker_it_says_so_with_the_seeds_words(start):
    server = start(Fanout)
    server.err.wait_for(r"connection string not configured\. Consumer disabled\.")
    server.err.wait_for("EVENTHUB_CONNECTION_STRING|--brokers")
    assert server.get("/healthz").status == 200
    assert server.get("/actuator/health").json["components"]["kafka"]["status"] == "DOWN"


def test_the_event_hubs_connection_string_gives_the_broker_and_stays_secret(start):
    server = start(Fanout, env={"EVENTHUB_CONNECTION_STRING": EVENT_HUBS})
    server.err.wait_for(r"acme\.servicebus\.windows\.net:9093")
    shown = wsfanout("--print-config", env={"EVENTHUB_CONNECTION_STRING": EVENT_HUBS})
    assert "c2VjcmV0LWtleQ" not in server.err.text + shown.out.text + shown.err.text
    assert "EVENTHUB_CONNECTION_STRING" in shown.out.text, "where the broker's address comes from is part of the configuration"


@pytest.mark.parametrize("text", ["nonsense", "Endpoint=http://x/;SharedAccessKey=c2VjcmV0", "Endpoint=sb://;SharedAccessKey=c2VjcmV0"])
def test_a_malformed_connection_string_is_refused_without_showing_it(text):
    refused = wsfanout("--port", "0", "--host", "127.0.0.1", env={"EVENTHUB_CONNECTION_STRING": text})
    assert refused.exit_code == 2 and "EVENTHUB_CONNECTION_STRING" in refused.err.text
    assert "c2VjcmV0" not in refused.err.text


def test_brokers_by_flag_replace_the_connection_string(serve, topic):
    server = serve(topic, env={"EVENTHUB_CONNECTION_STRING": EVENT_HUBS})
    assert server.health()["components"]["kafka"]["status"] == "UP"
    assert "servicebus" not in server.err.text


def test_the_instrumentation_key_is_named_as_not_used(start):
    server = start(Fanout, brokers="127.0.0.1:9", env={"APPINSIGHTS_INSTRUMENTATIONKEY": "0000-key"})
    server.err.wait_for("APPINSIGHTS_INSTRUMENTATIONKEY.*not used")
    assert "0000-key" not in server.err.text


def test_a_limit_that_does_not_fit_the_descriptors_is_lowered_with_a_warning(start):
    import resource
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))  # noqa: E731
    server = start(Fanout, "--max-connections", "10000", brokers="127.0.0.1:9", preexec_fn=few)
    server.err.wait_for("max-connections")
    assert server.get("/healthz").status == 200


def test_the_listening_line_comes_at_every_log_level(start):
    for level in ("trace", "error", "off"):
        start(Fanout, "--log-level", level, brokers="127.0.0.1:9")


def test_nothing_on_stdout(start):
    server = start(Process, [binary("wsfanout"), "--host", "127.0.0.1", "--port", "0", "--brokers", "127.0.0.1:9"])
    server.err.wait_for("listening on")
    assert server.terminate() == 0
    assert server.out.text == ""
