"""Records that are no good events: counted by cause and skipped; every good one arrives, in order."""
import pytest

from kit.events import as_update, numbered, rate_event

GOOD = rate_event("EURUSD")

# What is wrong with each record, and the cause under which it is counted.
POISON = {
    "invalid UTF-8": (GOOD.encode().replace(b"External", b"Ext\xff\xfe"), "invalid_utf8"),
    "an overlong form in UTF-8": (GOOD.encode().replace(b"External", b"Ext\xc0\xaf"), "invalid_utf8"),
    "too large": (rate_event("EURUSD", padding=70_000), "too_large"),
    "100,000 levels deep": ("[" * 100_000 + "]" * 100_000, None),
    "deep inside an object of allowed size": ('{"a":' * 5_000 + "1" + "}" * 5_000, "too_deep"),
    "NaN as rate": (rate_event("EURUSD", "NaN"), "not_json"),
    "infinite rate": (rate_event("EURUSD", "1e999"), "bad_number"),
    "a rate of zero": (rate_event("EURUSD", "0.0"), "bad_number"),
    "a negative bid": (rate_event("EURUSD", bid="-1.0845"), "bad_number"),
    "a rate that is text": (rate_event("EURUSD", '"1.0850"'), "bad_number"),
    "no ask": (GOOD.replace('"ask":1.0855,', ""), "missing_field"),
    "no fxRate": ('{"eventType":"FxRateUpdated"}', "missing_field"),
    "another eventType": (GOOD.replace("FxRateUpdated", "FxRateDeleted"), "wrong_type"),
    "an invalid pair": (GOOD.replace("EURUSD", "EURUS"), "invalid_pair"),
    "a pair that is a number": (GOOD.replace('"EURUSD"', "7"), "invalid_pair"),
    "an array": ("[1,2,3]", "not_object"),
    "text": ("hello", "not_json"),
    "nothing": (b"", "not_json"),
    "cut off": (GOOD[:-20], "not_json"),
    "a NUL inside": (GOOD.encode().replace(b"External", b"Ext\x00"), "not_json"),
}


def test_every_good_event_among_poison_arrives_in_order(fanout, kafka, topic):
    """The good ones surround each kind of poison, with a null value among them; the counters name each cause."""
    before = poison_counts(fanout)
    good = numbered("EURUSD", 2 * len(POISON) + 2)
    with fanout.client() as client:
        client.subscribe("EURUSD")
        remaining = iter(good)
        for record, _ in POISON.values():
            kafka.publish(topic, next(remaining), record, next(remaining))
        kafka.publish(topic, next(remaining))
        kafka.publish(topic, None, key="EURUSD")
        kafka.publish(topic, next(remaining))
        assert client.receive_some(len(good)) == [as_update(event) for event in good]
    after = poison_counts(fanout)
    assert sum(after.values()) - sum(before.values()) == len(POISON)
    causes = [cause for _, cause in POISON.values() if cause]
    for cause in set(causes):
        assert after[cause] - before[cause] >= causes.count(cause), f"{cause}: {after}"


@pytest.mark.parametrize("kind", POISON)
def test_poison_alone_is_counted_by_its_cause(shared_server, kind, kafka):
    record, cause = POISON[kind]
    before = poison_counts(shared_server)
    with shared_server.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(shared_server.topic, record, GOOD)
        assert client.receive() == as_update(GOOD)
    after = poison_counts(shared_server)
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {cause or only(changed): 1}


def only(names):
    assert set(names) <= {"too_large", "too_deep"}, names
    return next(iter(names))


def poison_counts(server):
    return server.metrics().by_label("wsfanout_poison_records_total", "cause")


def test_every_cause_is_in_the_metrics_from_the_start(fanout):
    causes = {cause for _, cause in POISON.values() if cause}
    assert causes <= set(poison_counts(fanout))
    assert sum(poison_counts(fanout).values()) == 0


def test_poison_is_logged_with_its_place_at_a_limited_rate(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, *["hello"] * 500, GOOD)
        client.receive()
    fanout.err.wait_for(rf"{topic}.*\b0\b.*\b0\b")
    fanout.err.wait_for("skipped a record")  # the log is written by a thread of its own
    named = [line for line in fanout.err.lines if topic in line and "not_json" in line]
    assert 1 <= len(named) <= 50, f"{len(named)} lines for 500 poison records"


def test_poison_in_the_log_before_the_start_does_not_stop_the_start(serve, kafka, topic):
    kafka.publish(topic, *[record for record, _ in POISON.values()], GOOD)
    with serve(topic).client() as client:
        client.subscribe("EURUSD", snapshot=True)
        assert client.receive() == as_update(GOOD)[:-1] + ',"snapshot":true}'


def test_unkeyed_records_are_delivered_and_counted(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, GOOD)
        kafka.publish(topic, GOOD, key="EURUSD")
        assert client.receive_some(2) == [as_update(GOOD)] * 2
    fanout.wait_for_counter("wsfanout_unkeyed_records_total", 1)


def test_a_smaller_limit_for_events_is_obeyed(serve, kafka, topic):
    with serve(topic, "--max-event", "1KiB").client() as client:
        client.subscribe("EURUSD")
        kafka.publish(topic, rate_event("EURUSD", padding=2000), GOOD)
        assert client.receive() == as_update(GOOD)
