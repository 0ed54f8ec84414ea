"""ratepub records a topic, and publishes the recording again: the same keys, the same bytes."""
import json
import re
import signal

import pytest

from kit.events import as_update, numbered
from kit.process import Process, binary, run
from kit.waiting import eventually

AWKWARD = [(b"EURUSD", b'{"rate":1.0850}'), (b"EURUSD", None), (None, b"no key"), (b"", b""), (b"\xff\x00", b"\xc0\xaf\x00\n\r\"\\"),
           ("Währung".encode(), "€ \u2028 \U0001f4b6".encode()), (b"GBPUSD", bytes(range(256)))]


def ratepub(kafka, topic, *flags, **options):
    return run([binary("ratepub"), "--brokers", kafka.address, "--topic", topic, *flags], deadline_s=30, **options)


@pytest.fixture
def recording(start, kafka, tmp_path):
    """A ratepub that records a topic into a file; what is published from now on will be in it."""

    def record(topic, *flags, path=tmp_path / "x.ndjson"):
        program = start(Process, [binary("ratepub"), "--brokers", kafka.address, "--topic", topic, "--record", path, *flags])
        program.err.wait_for("recording topic", 20)
        program.path = path
        return program

    return record


def test_a_stream_is_recorded_and_its_replay_reaches_clients_to_the_byte(recording, serve, kafka, topic):
    recorder = recording(topic, "--count", "90")
    assert ratepub(kafka, topic, "--pairs", "EURUSD,GBPUSD,USDJPY", "--rate", "60/s", "--count", "90").exit_code == 0
    assert recorder.wait() == 0, recorder.err.text
    live = [value.decode() for _, value in kafka.records(topic, 90)]

    rehearsal = kafka.new_topic()
    with serve(rehearsal).client() as client:
        client.subscribe("EURUSD", "GBPUSD", "USDJPY")
        replay = ratepub(kafka, rehearsal, "--replay", recorder.path, "--speed", "10")
        assert replay.exit_code == 0, replay.err.text
        assert client.receive_some(90) == [as_update(event) for event in live]
    assert kafka.records(rehearsal, 90) == kafka.records(topic, 90)
    assert re.search(r"publishing 90 records of 1\d+ms, at speed 10 to topic", replay.err.text)
    assert re.search(r"90 queued .* 90 delivered · 0 failed · late p50", replay.err.text)


def test_every_byte_survives_and_so_does_what_is_not_there(recording, kafka, topic):
    for key, value in AWKWARD:
        kafka.publish(topic, value, key=key)
    recorder = recording(topic, "--from-start", "--count", str(len(AWKWARD)))
    assert recorder.wait() == 0, recorder.err.text
    again = kafka.new_topic()
    assert ratepub(kafka, again, "--replay", recorder.path, "--speed", "max").exit_code == 0
    assert kafka.records(again, len(AWKWARD)) == AWKWARD


def test_a_line_tells_time_place_key_and_value(recording, kafka, topic):
    recorder = recording(topic, "--count", "2")
    kafka.publish(topic, "one", None, key="EURUSD")
    assert recorder.wait() == 0
    lines = [json.loads(line) for line in recorder.path.read_text().splitlines()]
    assert [(line["partition"], line["offset"], line["key"], line["value"]) for line in lines] == [(0, 0, "EURUSD", "one"),
                                                                                                   (0, 1, "EURUSD", None)]
    assert lines[0]["timestamp"] > 1_700_000_000_000


def test_a_recording_begins_at_the_end_of_the_topic(recording, kafka, topic):
    kafka.publish(topic, "old")
    recorder = recording(topic, "--count", "1")
    kafka.publish(topic, "new")
    assert recorder.wait() == 0
    assert json.loads(recorder.path.read_text())["value"] == "new"


def test_partitions_are_replayed_in_the_order_of_their_times(recording, kafka):
    topic, again = kafka.new_topic(partitions=3), kafka.new_topic()
    events = numbered("EURUSD", 30)
    for i, event in enumerate(events):
        kafka.publish(topic, event, partition=i % 3)
    recorder = recording(topic, "--from-start", "--count", "30")
    assert recorder.wait() == 0
    assert ratepub(kafka, again, "--replay", recorder.path, "--speed", "max").exit_code == 0
    for partition in range(3):
        replayed = [value.decode() for _, value in kafka.records(again, 30)]
        assert [event for event in replayed if event in events[partition::3]] == events[partition::3]


def test_ctrl_c_ends_a_recording_with_what_came_until_then(recording, kafka, topic):
    recorder = recording(topic)
    kafka.publish(topic, "one", "two")
    eventually(lambda: len(recorder.path.read_text().splitlines()) == 2, what="two lines")
    recorder.send_signal(signal.SIGINT)
    assert recorder.wait() == 128 + signal.SIGINT
    assert re.search(r"2 recorded in", recorder.err.text)
    assert run([binary("ratepub"), "--replay", str(recorder.path), "--dry-run", "--speed", "max"]).out.lines == ["one", "two"]


def test_the_whole_topic_to_standard_output(kafka, topic):
    kafka.publish(topic, "one", "two")
    done = ratepub(kafka, topic, "--record", "-", "--from-start", "--duration", "1ms")
    assert done.exit_code == 0, done.err.text
    assert [json.loads(line)["value"] for line in done.out.lines] == ["one", "two"]


def test_a_replay_goes_round_until_its_count(kafka, topic, tmp_path):
    path = tmp_path / "x.ndjson"
    path.write_text('{"timestamp":1,"partition":0,"key":"a","value":"1"}\n{"timestamp":2,"partition":0,"key":"a","value":"2"}\n')
    assert ratepub(kafka, topic, "--replay", path, "--loop", "--count", "5").exit_code == 0
    assert [value for _, value in kafka.records(topic, 5)] == [b"1", b"2", b"1", b"2", b"1"]


def refused(*flags):
    done = run([binary("ratepub"), "--brokers", "127.0.0.1:9", "--timeout", "300ms", *flags])
    assert len(done.err.lines) == 1, done.err.text
    return done.exit_code, done.err.text


def test_a_recording_is_never_written_over(tmp_path):
    path = tmp_path / "x.ndjson"
    path.write_text("precious")
    assert refused("--record", path) == (2, f"ratepub: cannot record into {path}: it holds something already "
                                            "(choose another file, or remove it)")
    assert path.read_text() == "precious"


def test_what_is_no_recording_is_refused_with_its_line(tmp_path):
    path = tmp_path / "x.ndjson"
    good = '{"timestamp":1,"partition":0,"key":"a","value":"1"}\n'
    for text, said in ((good + "hello\n", ":2: not JSON"), (good + good[:20], ":2: cut off"), ("", " holds no records"),
                       (good + '{"a":1}\n', ':2: "timestamp" is missing')):
        path.write_text(text)
        code, line = refused("--replay", path)
        assert code == 2 and line.startswith(f"ratepub: {path}{said}"), line


def test_nothing_to_record_from_is_said_in_one_line(kafka, tmp_path):
    code, line = refused("--record", tmp_path / "x.ndjson")
    assert code == 3 and "127.0.0.1:9" in line
    missing = ratepub(kafka, "no-such-topic", "--record", tmp_path / "y.ndjson", "--timeout", "2s")
    assert missing.exit_code == 3 and "no-such-topic" in missing.err.text


@pytest.mark.parametrize("flags", [["--record", "a", "--replay", "b"], ["--replay", "b", "--rate", "1/s"], ["--speed", "2"], ["--loop"],
                                   ["--from-start"], ["--replay", "b", "--speed", "0"], ["--record", "a", "--faults", "1%"],
                                   ["--faults", "not_jsn=1%"], ["--faults", "1"], ["--replay", "b", "--pairs", "EURUSD"]])
def test_flags_that_do_not_go_together_are_refused(flags):
    assert refused(*flags)[0] == 2


def faults_of(text):
    told = re.search("bad records among them: (.*)", text).group(1)
    return {kind: int(count) for kind, count in (item.split(" ") for item in told.split(" · "))}


def test_bad_records_are_counted_alike_by_who_makes_and_who_skips_them(serve, kafka, topic):
    server = serve(topic)
    with server.client() as client:
        client.subscribe("EURUSD", "USDJPY")
        done = ratepub(kafka, topic, "--pairs", "EURUSD,USDJPY", "--rate", "400/s", "--count", "400", "--faults", "39%", "--seed", "7")
        assert done.exit_code == 0, done.err.text
        made = faults_of(done.err.text)
        passed_on = 400 + made["unkeyed"] + made["duplicate"] + made["out_of_order"]
        assert len(client.receive_some(passed_on)) == passed_on
    assert len(made) == 13 and min(made.values()) > 0
    server.wait_for_counter("wsfanout_records_total", 400 + sum(made.values()))
    metrics = server.metrics()
    poison = metrics.by_label("wsfanout_poison_records_total", "cause")
    assert poison == {kind: made.get(kind, 0) for kind in poison}
    assert metrics.value("wsfanout_unkeyed_records_total") == made["unkeyed"]
    assert metrics.value("wsfanout_tombstones_total") == made["tombstone"]
    assert metrics.value("wsfanout_events_total") == passed_on


def test_a_seed_makes_the_same_faults():
    def faults(seed):
        done = run([binary("ratepub"), "--dry-run", "--rate", "100000/s", "--count", "500", "--faults", "20%", "--seed", seed])
        return faults_of(done.err.text)

    assert faults("7") == faults("7") != faults("8")
