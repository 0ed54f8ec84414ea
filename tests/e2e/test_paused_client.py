"""A client that stands still for minutes where that is allowed: it is left alone, probed, and comes back whole."""
import json

from kit.events import as_update, rate_event
from kit.waiting import eventually

EVENT_BYTES = 60_000
PAIRS = ["EURUSD", "GBPUSD"]
KERNEL_BYTES = 4 * 1024 * 1024  # more than the two kernels' buffers hold for a client that reads nothing


def publish(kafka, topic, healthy, numbers):
    """Big events for both pairs; the healthy client reads each at once."""
    for i in numbers:
        events = [rate_event(pair, f"1.{i:05d}", event_id=f"{pair}-{i}", padding=EVENT_BYTES) for pair in PAIRS]
        kafka.publish(topic, *events)
        assert healthy.receive_some(len(events)) == [as_update(event) for event in events]


def test_a_client_that_stands_still_is_paused_and_comes_back_to_the_newest_prices(serve, kafka, topic):
    server = serve(topic, "--outbox-age", "5m", "--write-timeout", "100ms")
    with server.client() as healthy:
        healthy.subscribe(*PAIRS)
        slow = server.connect(receive_buffer_bytes=4096)
        slow.subscribe(*PAIRS, meta=True)
        before_pause = KERNEL_BYTES // EVENT_BYTES
        publish(kafka, topic, healthy, range(before_pause))
        server.wait_for_counter("wsfanout_breaker_transitions_total", 1, to="open")
        assert server.counter("wsfanout_write_deadlines_missed_total") >= 4
        assert server.counter("wsfanout_breaker_sessions", state="open") == 1
        last = before_pause + 20
        publish(kafka, topic, healthy, range(before_pause, last))
        eventually(lambda: server.counter("wsfanout_updates_paused_total") >= 2 * 20, what="updates meet the pause")

        offsets = {pair: None for pair in PAIRS}
        numbers = {pair: -1 for pair in PAIRS}
        after_pause = []
        while min(numbers.values()) < last - 1:
            message = json.loads(slow.receive(deadline_s=45))
            pair, number = message["event"]["eventId"].split("-")
            assert message["meta"]["prev"] == offsets[pair], "the chain holds"
            assert int(number) - numbers[pair] - 1 == message["meta"]["conflated"], "each hole is told"
            offsets[pair], numbers[pair] = message["meta"]["offset"], int(number)
            if int(number) >= before_pause:
                after_pause.append(message["event"]["eventId"])
        assert sorted(after_pause) == [f"{pair}-{last - 1}" for pair in PAIRS], "of the pause only the newest values"
        server.wait_for_counter("wsfanout_breaker_transitions_total", 1, to="closed")
        assert server.counter("wsfanout_breaker_transitions_total", to="half_open") >= 1
        assert server.counter("wsfanout_slow_consumers_closed_total") == 0
        assert slow.until_pong() == [], "the connection is as good as new"
        slow.drop()
