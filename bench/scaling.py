"""What a delivered event and an idle connection cost as connections, subscriptions and pairs grow. It should be linear."""
import math
import statistics

from load import cpu_per_event_us

SERVERS = ("floor", "wsfanout")
DELIVERED_PER_S = 30_000  # at every point, as far as MOST_EVENTS_PER_S goes: the same load, spread differently
MOST_EVENTS_PER_S = 1000
TRIAL_S, LINEAR = 8, 1.15  # an exponent up to this counts as linear: the noise of two medians

# (connections, pairs for each, pairs) by axis; its size is what grows along the axis.
AXES = {
    "connections": dict(what="connections, all on 1 pair", size=lambda c, k, p: c,
                        points=[(1000, 1, 1), (5000, 1, 1), (9000, 1, 1), (18_000, 1, 1)]),
    "subscriptions": dict(what="subscriptions: connections × pairs of each", size=lambda c, k, p: c * k,
                          points=[(10, 1, 1), (100, 10, 100), (1000, 10, 100), (5000, 20, 100), (10_000, 50, 100)]),
    "pairs": dict(what="pairs, 10 subscriptions to each", size=lambda c, k, p: p,
                  points=[(10, 1, 1), (10, 10, 10), (100, 10, 100), (1000, 10, 1000), (2000, 50, 10_000)]),
}


def plan(rounds):
    """(axis, point, who) in the order in which they run: neighbours are compared."""
    return [(axis, point, who) for axis, about in AXES.items() for point in about["points"] for number in range(rounds)
            for who in (SERVERS if number % 2 == 0 else SERVERS[::-1])]


def pair_names(count):
    """Names that nobody quotes: there are not 10,000 real ones."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return ",".join("XX" + "".join(letters[number // 26 ** digit % 26] for digit in (3, 2, 1, 0)) for number in range(count))


def measure(load, server, point, quick):
    connections, per_connection, pairs = point
    fan_out = connections * per_connection / pairs
    run = load.run(server, connections, pair_names(pairs), per_connection, rate=min(MOST_EVENTS_PER_S, DELIVERED_PER_S / fan_out), duration_s=1 if quick else 3)
    grown = run["server"]["rss_idle_bytes"] - run["server"]["rss_before_bytes"]
    return dict(cpu_us=cpu_per_event_us(run), rss_bytes=run["server"]["rss_idle_bytes"], grown_bytes=grown,
                void=run["void_reasons"], lost=run["deliveries"]["lost"])


def summary(trials):
    """Medians by axis, size and server."""
    out = []
    for axis, about in AXES.items():
        for point in about["points"]:
            for who in SERVERS:
                mine = [trial for trial in trials if (trial["axis"], tuple(trial["point"]), trial["who"]) == (axis, point, who)]
                kept = [trial for trial in mine if not trial["void"]] or mine
                if kept:
                    middle = {key: statistics.median(trial[key] for trial in kept) for key in ("cpu_us", "rss_bytes", "grown_bytes")}
                    out.append(dict(axis=axis, size=about["size"](*point), point=point, who=who, void=all(trial["void"] for trial in mine),
                                    once_ms=middle["cpu_us"] * point[0] * point[1] / 1000, lost=sum(trial["lost"] for trial in kept), **middle))
    return out


def exponent(points, key):
    """Of the growth between the two largest sizes: 1 is linear. None where there is no growth to speak of."""
    if len(points) < 2 or min(points[-2][key], points[-1][key]) <= 0:
        return None
    return math.log(points[-1][key] / points[-2][key]) / math.log(points[-1]["size"] / points[-2]["size"])


def table(rows):
    """Markdown: unit costs by size, and how the totals grow at the upper end."""
    lines = []
    for axis, about in AXES.items():
        mine = [row for row in rows if row["axis"] == axis and row["who"] == "wsfanout"]
        floors = {row["size"]: row for row in rows if row["axis"] == axis and row["who"] == "floor"}
        if not mine:
            continue
        lines += ["", f"| {about['what']} | connections × pairs each | CPU a delivered event (floor) | CPU to update each subscription once | memory | "
                  "memory for each subscription |", "|---" * 6 + "|"]
        for row in mine:
            connections, per_connection, _ = row["point"]
            floor = floors.get(row["size"])
            subscriptions = connections * per_connection
            lines.append(f"| {row['size']:,} | {connections:,} × {per_connection} | {row['cpu_us']:.2f} µs{'*' if row['void'] else ''} "
                         + (f"({floor['cpu_us']:.2f}) " if floor else "") + f"| {row['once_ms']:,.1f} ms | {row['rss_bytes'] / 1e6:,.1f} MB "
                         f"| {row['grown_bytes'] / subscriptions:,.0f} B |")
        for key, what in (("once_ms", "CPU"), ("grown_bytes", "memory")):
            found = exponent(mine, key)
            if found is not None:
                lines.append(f"\n{what} grows with the {found:.2f}th power of {axis} at the upper end: {'linear' if found <= LINEAR else 'more than linear'}.")
    return "\n".join(lines).strip()
