#!/usr/bin/python3
"""Whether one message to each of many users arrives, and how soon: a redis-server and a wsfanout of its own, one connection for
each user, one PUBLISH for each, open loop.

notify_reach.py [--connections 10000] [--rate 2000] [--rounds 3] [--bin build/release/bin]
Exit code 0: all were delivered, with the p95 of every round below --p95-ms (default 100).
"""
import argparse
import asyncio
import pathlib
import resource
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

PER_SOURCE = 20_000  # connections from one loopback address, below the number of its ports
CONNECTING = 200     # at a time


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/notify_reach.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=2_000, help="messages a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--p95-ms", type=float, default=100)
    parser.add_argument("--bin", default=str(ROOT / "build" / "release" / "bin"))
    return parser.parse_args()


class Reader(asyncio.Protocol):
    """One client: no more of WebSocket than short unmasked text frames, whose time of arrival is noted."""

    def __init__(self, user, request, opened, arrived):
        self.user, self.request, self.opened, self.arrived = user, request, opened, arrived
        self.buffer = b""
        self.upgraded = False

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        self.buffer += data
        if not self.upgraded:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head.splitlines()[0], head
            self.upgraded, self.buffer = True, rest
            self.opened.set_result(None)
        while len(self.buffer) >= 2 and len(self.buffer) >= 2 + self.buffer[1]:
            size = self.buffer[1]
            assert size < 126, "a short message"
            if self.buffer[0] & 0x0F == 1:
                self.arrived(self.user, int(self.buffer[2:2 + size].split(b":")[1][:-1]))
            self.buffer = self.buffer[2 + size:]


async def open_all(server, count, arrived):
    from kit.notify import token
    host, port = server.address
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING)
    transports = []

    async def open_one(number):
        request = (f"GET /ws?token={token(f'u{number}', lives_s=3600)} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        opened = loop.create_future()
        async with gate:
            transport, _ = await loop.create_connection(lambda: Reader(number, request.encode(), opened, arrived), host, port,
                                                        local_addr=(f"127.0.0.{1 + number // PER_SOURCE}", 0))
            await opened
        transports.append(transport)

    await asyncio.gather(*(open_one(number) for number in range(count)))
    return transports


async def publish_all(redis, count, rate, due):
    """Each at its own time; how late the generator was at most."""
    from kit.redis import encoded
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    begin = time.monotonic()
    late_s = 0.0
    for number in range(count):
        at = begin + number / rate
        if (wait := at - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        late_s = max(late_s, time.monotonic() - at)
        due[number] = at
        writer.write(encoded(("PUBLISH", f"ws:u{number}", f'{{"n":{number}}}')))
    await writer.drain()
    replies = b""
    while replies.count(b"\r\n") < count:
        replies += await reader.read(1 << 16)
    writer.close()
    return late_s


async def one_round(redis, count, rate, state):
    state["delays"], state["due"] = [], {}
    state["all"] = asyncio.Event()
    state["wanted"] = count
    late_s = await publish_all(redis, count, rate, state["due"])
    try:
        await asyncio.wait_for(state["all"].wait(), 20)
    except asyncio.TimeoutError:
        pass
    delays = sorted(state["delays"])
    at = lambda share: delays[min(len(delays) - 1, int(share * len(delays)))] * 1e3 if delays else float("nan")
    print(f"{len(delays)} of {count} delivered · p50 {at(.5):.1f} p95 {at(.95):.1f} p99 {at(.99):.1f} max {at(1):.1f} ms · "
          f"generator at most {late_s * 1e3:.1f} ms late", flush=True)
    return len(delays) == count and at(.95)


async def measure(options, redis, server):
    state = {}

    def arrived(user, number):
        assert user == number, "a message of another user"
        state["delays"].append(time.monotonic() - state["due"][number])
        if len(state["delays"]) == state["wanted"]:
            state["all"].set()

    began = time.monotonic()
    transports = await open_all(server, options.connections, arrived)
    server.wait_for_channels(options.connections)
    print(f"{options.connections} connections and channels in {time.monotonic() - began:.1f} s", flush=True)
    results = [await one_round(redis, options.connections, options.rate, state) for _ in range(options.rounds)]
    for transport in transports:
        transport.abort()
    return results


def main():
    options = arguments()
    import os
    os.environ["WSF_BIN"] = options.bin
    from kit.notify import Notify
    from kit.redis import RedisServer
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        redis = RedisServer(folder)
        server = Notify(redis.url, "--max-connections", str(options.connections))
        try:
            results = asyncio.run(measure(options, redis, server))
        finally:
            server.kill()
            redis.remove()
    passed = all(p95 and p95 < options.p95_ms for p95 in results)
    print("PASS" if passed else "FAIL")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
