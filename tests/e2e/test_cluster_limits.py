"""--cluster-limits: the connections of a user are counted over all replicas."""
import signal

import pytest

from kit.notify import Notify
from kit.waiting import eventually

NOTE = '{"n":1}'
LIMITS = ("--cluster-limits", "--cluster-lease", "3s")
KEY = "wsfanout:places:notify:ada"
FIRST_LEASE = "return tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])"
LISTENER = ("--user", "listener", "on", ">pass", "resetchannels", "&ws:*", "-@all", "+subscribe", "+unsubscribe")
RIGHTS = ("~wsfanout:places:*", "+eval", "+evalsha", "+time", "+zadd", "+zcard", "+zrem", "+zremrangebyscore", "+pttl", "+pexpire")


@pytest.fixture
def replicas(notify):
    """Two, that share the limit of five."""
    return notify(*LIMITS), notify(*LIMITS)


def number(redis, *command):
    return int(redis.command(*command)[1:])


def wait_for_places(redis, count):
    eventually(lambda: number(redis, "ZCARD", KEY) == count, 20, f"{count} places in Redis")


def fill(replicas, redis, join):
    """Three connections to the first replica, two to the other: not one more."""
    one, other = replicas
    opened = [join(one), join(one), join(one), join(other), join(other)]
    wait_for_places(redis, 5)
    return opened


def is_refused(client):
    closed = client.expect_close()
    return (closed.code, closed.reason) == (1008, "connection limit per user")


def comes_in(client, redis, places):
    """It is not refused: with it so many places are held, and it hears its user's messages."""
    wait_for_places(redis, places)
    redis.publish("ws:ada", NOTE)
    assert client.receive() == NOTE


def test_the_sixth_over_all_replicas_is_upgraded_and_then_closed(replicas, redis, join):
    fill(replicas, redis, join)
    for server in replicas:
        assert is_refused(join(server))
        assert server.counter("wsfanout_cluster_limit_refusals_total") == 1
        assert server.counter("websocket_connections_total", status="limit_exceeded") == 1
    bob = join(replicas[0], "bob")
    replicas[0].wait_for_channels(2)
    redis.publish("ws:bob", NOTE)
    assert bob.receive() == NOTE


def test_one_that_is_closed_makes_room_on_every_replica(replicas, redis, join):
    opened = fill(replicas, redis, join)
    opened[0].close()
    wait_for_places(redis, 4)
    comes_in(join(replicas[1]), redis, places=5)


def test_a_replica_that_ends_leaves_no_place_taken(replicas, redis, join):
    opened = fill(replicas, redis, join)
    replicas[0].send_signal(signal.SIGTERM)
    for client in opened[:3]:
        assert client.expect_close().code == 1012
        client.drop()
    assert replicas[0].wait() == 0
    assert number(redis, "ZCARD", KEY) == 2


def test_the_places_of_a_replica_that_was_killed_come_free(replicas, redis, join):
    fill(replicas, redis, join)
    replicas[0].kill()
    wait_for_places(redis, 2)
    comes_in(join(replicas[1]), redis, places=3)


def test_leases_are_renewed_while_the_connections_stand(replicas, redis, join):
    fill(replicas, redis, join)
    ends = number(redis, "EVAL", FIRST_LEASE, 1, KEY)
    eventually(lambda: number(redis, "EVAL", FIRST_LEASE, 1, KEY) > ends, 10, "a later end of the first lease")
    assert number(redis, "ZCARD", KEY) == 5


def test_a_restart_of_redis_that_forgets_all_changes_nothing(replicas, redis, join):
    opened = fill(replicas, redis, join)
    redis.stop()
    redis.start()
    wait_for_places(redis, 5)
    assert is_refused(join(replicas[0]))
    for server in replicas:
        server.wait_for_channels(1)
    redis.publish("ws:ada", NOTE)
    assert [client.receive() for client in opened] == [NOTE] * 5


def test_without_redis_each_replica_holds_its_own_limit_and_says_so_once(replicas, redis, join):
    one, other = replicas
    redis.stop()
    for server in replicas:
        server.wait_for_counter("wsfanout_cluster_limits", 0)
        server.err.wait_for("counted on this replica alone")
    for _ in range(5):
        join(one)
    assert is_refused(join(one))
    join(other)
    other.wait_for_counter("websocket_active_connections", 1)
    redis.start()
    for server in replicas:
        server.wait_for_counter("wsfanout_cluster_limits", 1)
    one.err.wait_for("counted over all replicas again")
    assert sum("counted on this replica alone" in line for line in one.err.lines) == 1
    wait_for_places(redis, 5)
    assert is_refused(join(other))


@pytest.mark.parametrize("rights, counts", [(RIGHTS, 1), ((), 0)])
def test_a_user_of_redis_needs_the_rights_that_the_manual_names(start, start_redis, join, rights, counts):
    redis = start_redis(*LISTENER, *rights)
    server = start(Notify, f"redis://listener@127.0.0.1:{redis.port}", *LIMITS, env={"REDIS_PASSWORD": "pass"})
    client = join(server)
    server.wait_for_channels(1)
    if counts:
        wait_for_places(redis, 1)
    else:
        eventually(lambda: server.counter("wsfanout_cluster_limit_failures_total"), 10, "a failure")
        server.err.wait_for("counted on this replica alone, because Redis does not count them: NOPERM")
    server.wait_for_counter("wsfanout_cluster_limits", counts)
    redis.publish("ws:ada", NOTE)
    assert client.receive() == NOTE
