"""Fixtures of the end-to-end tests. WSF_BIN names the folder of the binaries; WSF_KAFKA a broker that already runs."""
import contextlib
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from kit.fanout import Fanout, end  # noqa: E402
from kit.kafka import Broker, Cluster, KafkaUnavailable  # noqa: E402
from kit.notify import Notify  # noqa: E402
from kit.redis import RedisServer  # noqa: E402
from kit.scripted import Scripted  # noqa: E402
from kit.terminal import Terminal  # noqa: E402

SKIPPED = 77
NEEDS_KAFKA = {"kafka", "own_broker", "fanout", "topic"}
_shared = {"cluster": None, "broker": None}


def pytest_configure(config):
    if "WSF_BIN" not in os.environ:
        pytest.exit("WSF_BIN is not set: name the folder that holds wsfanout, wsclient, ratepub and wsload", returncode=2)


def pytest_collection_finish(session):
    """Without Kafka there is nothing to test with: skipped as a whole, or failed where nobody would notice a skip."""
    if session.config.option.collectonly or not any(NEEDS_KAFKA & set(item.fixturenames) for item in session.items):
        return
    try:
        _shared["cluster"] = running_cluster()
    except KafkaUnavailable as reason:
        in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
        pytest.exit(f"Kafka cannot be had here, end-to-end tests {'fail' if in_ci else 'skipped'}: {reason}",
                    returncode=1 if in_ci else SKIPPED)


def running_cluster():
    if os.environ.get("WSF_KAFKA"):
        return Cluster(os.environ["WSF_KAFKA"])
    _shared["broker"] = Broker()
    return _shared["broker"]


def pytest_unconfigure(config):
    if _shared["broker"]:
        _shared["broker"].remove()


@pytest.fixture(scope="session")
def kafka():
    """The broker that all tests of this run share: nobody stops it."""
    return _shared["cluster"]


@pytest.fixture(scope="module")
def broker_of_this_file():
    broker = Broker()
    yield broker
    broker.remove()


@pytest.fixture
def own_broker(broker_of_this_file):
    """A running broker for a test that may kill it."""
    yield broker_of_this_file
    broker_of_this_file.ensure_running()


@pytest.fixture
def topic(kafka):
    """A topic of one partition that is this test's alone."""
    return kafka.new_topic()


@pytest.fixture
def runtime_folder(tmp_path):
    """A place for broker.json that no other test, and no wsfanout of the user, looks into."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def start(runtime_folder):
    """Starts programs and ends them with the test: start(Fanout, ...) or start(Process, argv)."""
    running = []

    def start_one(kind, *arguments, env=None, **options):
        process = kind(*arguments, env={"XDG_RUNTIME_DIR": str(runtime_folder), **(env or {})}, **options)
        running.append(process)
        return process

    yield start_one
    for process in reversed(running):
        end(process)


@pytest.fixture
def serve(start, kafka):
    """Starts a wsfanout on the shared broker and waits until it is ready."""

    def serve_one(topic, *flags, **options):
        return start(Fanout, *flags, brokers=kafka.address, topic=topic, **options).wait_until_ready()

    return serve_one


@pytest.fixture(scope="module")
def shared_server(kafka):
    """A wsfanout with default settings that all tests of a file share; its topic is shared_server.topic."""
    server = Fanout(brokers=kafka.address, topic=kafka.new_topic())
    try:
        yield server.wait_until_ready()
    finally:
        end(server)


@pytest.fixture
def fanout(serve, topic):
    """A ready wsfanout with default settings, fed by `topic`."""
    return serve(topic)


@pytest.fixture
def join():
    """Calls join() of a server; the connection ends before the server does."""
    with contextlib.ExitStack() as opened:
        def join_one(server, *arguments, **options):
            client = server.join(*arguments, **options)
            opened.callback(client.drop)
            return client

        yield join_one


@pytest.fixture
def start_redis(tmp_path):
    """Starts a redis-server that ends with the test."""
    with contextlib.ExitStack() as running:
        def start_one(*flags, **options):
            folder = tmp_path / f"redis-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            server = RedisServer(folder, *flags, **options)
            running.callback(server.remove)
            return server

        yield start_one


@pytest.fixture
def redis(start_redis):
    return start_redis()


@pytest.fixture
def notify(start, redis):
    """Starts a wsfanout with the protocol notify on `redis`."""
    return lambda *flags, **options: start(Notify, redis.url, *flags, **options)


@pytest.fixture(scope="session")
def messages(tmp_path_factory):
    """The messages of market_data.proto."""
    from kit.grpc import generate  # grpcio is for the tests that ask for it

    return generate(tmp_path_factory.mktemp("messages"))


@pytest.fixture
def connect(messages):
    """A foreign client of a MarketDataService."""
    from kit.grpc import Client

    with contextlib.ExitStack() as opened:
        def connect_one(server, **options):
            client = Client(server.target, messages, **options)
            opened.callback(client.close)
            return client

        yield connect_one


@pytest.fixture
def terminal():
    """Starts a program on a terminal that ends with the test."""
    opened = []

    def open_one(argv, **options):
        opened.append(Terminal(argv, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def scripted():
    """Starts a scripted server that ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *connections, **options: stack.enter_context(contextlib.closing(Scripted(*connections, **options)))
