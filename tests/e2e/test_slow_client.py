"""A client that stops reading: it is conflated, then closed; the others notice nothing; the counters tell."""
import json
import signal

from kit.events import as_update, numbered, rate_event
from kit.waiting import eventually

EVENT_BYTES = 60_000
PAIRS = ["EURUSD", "GBPUSD"]
PATIENT = ["--outbox-age", "60s", "--write-timeout", "60s"]  # neither closed nor paused, however slow the machine is


def start_slow(server, **members):
    """A subscribed client with a small receive buffer that reads nothing from here on."""
    slow = server.connect(receive_buffer_bytes=4096)
    slow.subscribe(*PAIRS, **members)
    return slow


def flood(kafka, topic, healthy, count, first=0):
    """Big events for both pairs; the healthy client reads each at once."""
    for i in range(first, first + count):
        events = [rate_event(pair, f"1.{i:05d}", event_id=f"{pair}-{i}", padding=EVENT_BYTES) for pair in PAIRS]
        kafka.publish(topic, *events)
        assert healthy.receive_some(len(events)) == [as_update(event) for event in events]


def test_a_client_that_stops_reading_is_conflated_and_loses_only_what_was_superseded(serve, kafka, topic):
    server = serve(topic, "--outbox-bytes", "256KiB", *PATIENT)
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = start_slow(server, meta=True)
        flood(kafka, topic, healthy, 120)
        eventually(lambda: server.counter("wsfanout_updates_conflated_total") > 0, what="updates are conflated")
        conflated = server.counter("wsfanout_updates_conflated_total")

        last_got = {}
        told = 0
        while len(last_got) < 2 or min(last_got.values()) < 119:
            message = json.loads(slow.receive())
            pair, number = message["event"]["eventId"].split("-")
            assert int(number) > last_got.get(pair, -1), "offsets of a pair strictly increase"
            assert int(number) - last_got.get(pair, -1) - 1 == message["meta"]["conflated"], "each hole is told"
            told += message["meta"]["conflated"]
            last_got[pair] = int(number)
        assert last_got == {pair: 119 for pair in PAIRS}, "the newest value of each pair arrives"
        assert told == conflated > 0
        assert slow.until_pong() == [], "the connection is as good as new"
        slow.drop()


def test_the_chain_of_prev_holds_across_conflation(serve, kafka, topic):
    server = serve(topic, "--outbox-bytes", "256KiB", *PATIENT)
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = start_slow(server, meta=True)
        flood(kafka, topic, healthy, 80)
        eventually(lambda: server.counter("wsfanout_updates_conflated_total") > 0, what="updates are conflated")
        last_offset = {pair: None for pair in PAIRS}
        while True:
            message = json.loads(slow.receive())
            pair, number = message["event"]["eventId"].split("-")
            assert message["meta"]["prev"] == last_offset[pair]
            last_offset[pair] = message["meta"]["offset"]
            if message["event"]["eventId"] == f"{PAIRS[1]}-79":
                break
        slow.drop()


def test_a_client_that_never_reads_again_is_closed(serve, kafka, topic):
    server = serve(topic, "--outbox-age", "1s")
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = start_slow(server)
        sent = 0
        while server.spring_metric("websocket.sessions.active") == 2:
            flood(kafka, topic, healthy, 10, first=sent)
            sent += 10
            assert sent < 3000, "the slow client was never closed"
        closed = slow.expect_close()
        assert (closed.code, closed.reason) in ((4000, "slow consumer"), (1006, closed.reason))
        server.wait_for_counter("wsfanout_closes_total", 1, code="4000")
        assert server.spring_metric("websocket.subscriptions.total") == len(PAIRS)


def test_a_slow_client_that_reads_again_in_time_sees_the_close_frame(serve, kafka, topic):
    server = serve(topic, "--outbox-age", "1s")
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = start_slow(server)
        sent = 0
        while not server.counter("wsfanout_closes_total", code="4000"):
            flood(kafka, topic, healthy, 10, first=sent)
            sent += 10
            assert sent < 3000, "the slow client was never closed"
        closed = slow.expect_close()
        assert (closed.code, closed.reason) == (4000, "slow consumer")


def test_what_a_slow_client_holds_is_bounded(serve, kafka, topic):
    no_quarantine = {"ASAN_OPTIONS": "quarantine_size_mb=1"}  # freed memory that a sanitizer keeps is none of a client's
    server = serve(topic, "--outbox-bytes", "1MiB", "--outbox-age", "60s", env=no_quarantine)
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        flood(kafka, topic, healthy, 20)
        before = server.counter("process_resident_memory_bytes")
        slow = [start_slow(server) for _ in range(5)]
        flood(kafka, topic, healthy, 200, first=20)
        grown = server.counter("process_resident_memory_bytes") - before
        assert grown < 24 * 1024 * 1024, f"{grown} bytes more"
        for client in slow:
            client.drop()


def test_a_client_that_reads_nothing_does_not_hold_up_the_end(serve, kafka, topic):
    server = serve(topic, "--outbox-age", "60s", drain="500ms")
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = start_slow(server)
        flood(kafka, topic, healthy, 60)
        server.send_signal(signal.SIGTERM)
        assert healthy.expect_close().code == 1012
    assert server.wait(12) == 0
    slow.drop()


def test_a_burst_closes_nobody(serve, kafka, topic):
    """Thousands of events at once are no fault of a client that reads as fast as it can."""
    server = serve(topic)
    with server.client() as one, server.client() as two:
        for client in (one, two):
            client.subscribe(*PAIRS)
        events = [event for both in zip(*(numbered(pair, 4000) for pair in PAIRS)) for event in both]
        kafka.publish(topic, *events)
        for client in (one, two):
            last = {}
            while last != {pair: 3999 for pair in PAIRS}:
                pair, number = json.loads(client.receive())["event"]["eventId"].split("-")
                assert int(number) > last.get(pair, -1)
                last[pair] = int(number)
        assert server.spring_metric("websocket.sessions.active") == 2
