"""How far behind each partition is, as monitoring sees it."""
from kit.events import numbered
from kit.fanout import Fanout
from kit.waiting import eventually

FAMILIES = ("wsfanout_partition_lag_messages", "wsfanout_partition_lag_seconds", "wsfanout_partition_epoch")


def test_every_family_is_there_before_any_broker_is(start):
    server = start(Fanout)
    for family in FAMILIES:
        assert server.metrics().families[family] == "gauge"


def test_each_partition_has_its_lag_and_new_ones_appear(serve, kafka):
    topic = kafka.new_topic(partitions=2)
    server = serve(topic)
    kafka.publish(topic, *numbered("EURUSD", 5), partition=1)
    server.wait_for_counter("wsfanout_events_total", 5)
    for family in FAMILIES:
        assert server.metrics().by_label(family, "partition") == {"0": 0, "1": 0}
        assert server.counter(family, topic=topic) == 0
    kafka.widen(topic, 3)
    eventually(lambda: "2" in server.metrics().by_label(FAMILIES[0], "partition"), 30, "the new partition's lag")
