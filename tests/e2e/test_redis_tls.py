"""A Redis that wants TLS, a user and a password: who has all is served, who has not is told which is wrong."""
import itertools
import threading

import pytest

from kit.certificates import Authority
from kit.notify import Notify
from kit.waiting import eventually

USER, PASSWORD = "listener", "the password of the listener"
RIGHTS = ("on", ">" + PASSWORD, "~wsfanout:places:*", "resetchannels", "&ws:*", "+@all")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture
def redis(start_redis, authority):
    return start_redis("--user", USER, *RIGHTS, authority=authority)


@pytest.fixture
def notify(start, redis, authority, tmp_path):
    """Starts a wsfanout that comes as USER, with what differs."""
    def start_one(*flags, password=PASSWORD, ca=authority.file, url=f"rediss://{USER}@127.0.0.1:{redis.port}"):
        file = tmp_path / "password"
        file.write_text(password + "\n")
        file.chmod(0o600)
        trust = ["--redis-tls-ca", ca] if ca else []
        return start(Notify, url, "--redis-password-file", str(file), *trust, *flags)

    return start_one


def is_told_once(server, line):
    """One line says what is wrong, however often it is tried, and the pages say that something is."""
    server.err.wait_for(line)
    eventually(lambda: server.counter("wsfanout_redis_failures_total") >= 3, 20, "three attempts")
    assert server.get("/healthz/redis").status == 503
    return sum("[warn" in one or " warn " in one for one in server.err.lines if "Redis redis" in one) == 1


def test_messages_and_places_come_through_and_the_password_is_nowhere_to_be_read(notify, redis, join):
    server = notify("--cluster-limits", "--log-level", "trace")
    client = join(server)
    server.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":1}')
    assert client.receive() == '{"n":1}'
    eventually(lambda: redis.command("ZCARD", "wsfanout:places:notify:ada") == ":1", 10, "a place in Redis")
    assert PASSWORD not in server.err.text + server.metrics().text + open(f"/proc/{server.pid}/cmdline").read()


def test_a_redis_that_another_authority_signed_is_refused(notify, tmp_path):
    server = notify(ca=Authority(tmp_path / "stranger", "stranger").file)
    assert is_told_once(server, r"Redis rediss://listener@127.0.0.1:\d+: TLS: .*signed by")


def test_without_an_authority_of_its_own_the_systems_are_asked(notify):
    assert is_told_once(notify(ca=None), r"Redis rediss://listener@127.0.0.1:\d+: TLS: .*signed by")


def test_a_redis_without_tls_is_told_from_one_that_is_not_trusted(notify, start_redis):
    plain = start_redis()
    server = notify(url=f"rediss://127.0.0.1:{plain.port}")
    server.err.wait_for(r"Redis rediss://127.0.0.1:\d+: TLS: no answer in time; does this port speak TLS\?")


def test_a_wrong_password_is_tried_again_until_it_is_right(notify, redis, join):
    redis.command("ACL", "SETUSER", USER, "resetpass", ">another")
    server = notify()
    assert is_told_once(server, r"Redis rediss://listener@127.0.0.1:\d+: WRONGPASS .*--redis-password-file")
    assert PASSWORD not in server.err.text
    redis.command("ACL", "SETUSER", USER, "resetpass", ">" + PASSWORD)
    client = join(server)
    server.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":1}')
    assert client.receive() == '{"n":1}'


def test_a_redis_may_want_a_certificate(notify, start_redis, authority, join):
    redis = start_redis("--tls-auth-clients", "yes", authority=authority)
    client_id = authority.identity("wsfanout")
    refused = notify(url=f"rediss://127.0.0.1:{redis.port}", password="")
    refused.err.wait_for(r"Redis rediss://127.0.0.1:\d+: TLS: .*certificate")
    server = notify("--redis-tls-cert", client_id.cert, "--redis-tls-key", client_id.key,
                    url=f"rediss://127.0.0.1:{redis.port}", password="")
    client = join(server)
    server.wait_for_channels(1)
    redis.publish("ws:ada", '{"n":1}')
    assert client.receive() == '{"n":1}'


class Traffic:
    """Publishes 1, 2, 3, ... for ada for as long as the block lasts, whether Redis is there or not."""

    def __init__(self, redis):
        self._redis = redis
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._publish)
        self.tried = 0

    def _publish(self):
        for number in itertools.count(1):
            if self._ending.wait(0.005):
                return
            self.tried = number
            try:
                self._redis.publish("ws:ada", f'{{"n":{number}}}')
            except (OSError, AssertionError):
                continue

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()


def test_a_restart_in_the_midst_of_traffic_costs_what_was_published_meanwhile_and_no_more(notify, redis, join):
    server = notify()
    client = join(server)
    server.wait_for_channels(1)
    got = []
    with Traffic(redis) as traffic:
        got += [client.receive_json()["n"] for _ in range(20)]
        redis.stop()
        server.wait_for_counter("wsfanout_redis_connected", 0)
        redis.start()
        server.wait_for_channels(1)
        back = traffic.tried + 1
        while not got or got[-1] < back + 20:
            got.append(client.receive_json()["n"])
    assert got == sorted(set(got)), "nothing twice, and in order"
    assert got[:20] == list(range(got[0], got[0] + 20))
    assert set(range(back, back + 20)) <= set(got)
