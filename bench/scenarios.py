"""The loads of the ladder: each runs once against one server and returns what it measured.

A scenario returns {"values": {row: figure}, "void": {row: [reasons]}, "lost": events, ...details}.
"""
import signal

from load import complete, cpu_per_event_us, cpu_per_handshake_us, delivered_per_s, idle, p99_ms, rss_per_connection
from machine import end

MOST_P99_MS = 250  # of a rate that counts as carried
FAN_OUT = 400  # 2,000 connections x 20 of 100 pairs: receivers of an event
OVERLOAD_S = 2
# Where the search for a server's overload begins, in events/s; what is not here begins at USUAL_OFFER.
FIRST_OFFER, USUAL_OFFER = {"wsfanout": 1200, "wsfanout-epoll": 1100, "floor-joined": 700}, 500
STALLED, FLOOD_PER_S, FLOOD_EVENTS = 50, 6000, 15_000  # about 5 MB for each: more than two kernels hold for a socket


def outcome(values, runs, **details):
    """What is wrong with any of the runs is wrong with each of the values."""
    reasons = sorted({reason for run in runs for reason in run["void_reasons"]})
    return dict(values=values, void={row: reasons for row in values if reasons},
                lost=sum(run["deliveries"]["lost"] for run in runs), runs=runs, **details)


def broadcast(load, server, quick):
    run = load.run(server, 1000 if quick else 9000, "EURUSD", 1, rate=4, duration_s=2 if quick else 4)
    return outcome({"G1": cpu_per_event_us(run), "G4": p99_ms(run), "G6": rss_per_connection(run), "G7": cpu_per_handshake_us(run)}, [run])


def bursts(load, server, quick):
    run = load.run(server, 1000 if quick else 5000, "EURUSD", 1, rate=8, burst=8, duration_s=2 if quick else 4)
    return outcome({"G3": cpu_per_event_us(run)}, [run])


def many_pairs(load, server, quick):
    run = load.run(server, 1000, 83, 1, rate=500, duration_s=2 if quick else 4)
    return outcome({"G5": p99_ms(run)}, [run])


def stalled(load, server, quick):
    """The connections that will stall are there, and read, while the healthy ones are measured for the first time."""
    healthy = (1000 if quick else 5000) - STALLED
    sleepers = load.sleepers(server, STALLED, "EURUSD,AUDUSD")
    try:
        before = load.run(server, healthy, "EURUSD", 1, rate=4, duration_s=2 if quick else 3)
        sleepers.send_signal(signal.SIGSTOP)
        load.flood("AUDUSD", FLOOD_PER_S, FLOOD_EVENTS)
        idle(server)
        blocked = server.blocked_sockets()
        after = load.run(server, healthy, "EURUSD", 1, rate=4, duration_s=2 if quick else 3)
    finally:
        sleepers.send_signal(signal.SIGCONT)
        end(sleepers)
    found = outcome({"G9": p99_ms(after) / p99_ms(before)}, [before, after], blocked=blocked)
    if blocked < STALLED and server.who.startswith("floor"):
        found["void"]["G9"] = found["void"].get("G9", []) + [f"only {blocked} of {STALLED} send buffers were full"]
    return found


def carried(run):
    return complete(run) and p99_ms(run) is not None and p99_ms(run) <= MOST_P99_MS


class Overload:
    """2,000 connections x 20 of 100 pairs, offered more than the server can do, then what it can just do.

    Remembers for each server where its limit was, so that the next round starts its search there.
    """

    def __init__(self):
        self.offered, self.carried = {}, {}  # events/s by server

    def __call__(self, load, server, quick):
        self.load, self.server, self.duration_s = load, server, 1.5 if quick else 3
        top = self.overload()
        limit = min(self.offered[server.who], delivered_per_s(top) / FAN_OUT)
        steps = self.search(self.carried.get(server.who, 0.92 * limit))
        best = max((step for step in steps if step["ok"]), key=lambda step: step["rate"], default=None)
        if best:
            self.carried[server.who] = best["rate"]
        found = outcome({"G2": cpu_per_event_us(top)}, [top], steps=steps, offered_per_s=self.offered[server.who] * FAN_OUT,
                        delivered_per_s=delivered_per_s(top))
        found["lost"] = 0  # an overloaded server may lose; what the ladder counts as carried lost nothing
        found["values"]["G2b"] = best["rate"] * FAN_OUT if best else None
        bracketed = any(not step["ok"] and not step["void"] and best and step["rate"] > best["rate"] for step in steps)
        found["bounds"] = {"G2b": "≥"} if not bracketed else {}
        if carried(top):  # the generator ended first: beyond, a server that joins what waits only gets cheaper
            found["bounds"]["G2"], found["void"] = "≤", {}
        return found

    def run(self, rate, duration_s, warmup_s):
        return self.load.run(self.server, 2000, 100, 20, rate=rate, duration_s=duration_s, warmup_s=warmup_s)

    def overload(self):
        """A run that the server cannot keep up with, or where the load's side ends before the server does, the highest
        rate found that both can. Whatever was carried was carried, however busy the load's CPU may have been."""
        who = self.server.who
        rate, tired = self.offered.get(who, FIRST_OFFER.get(who, USUAL_OFFER)), False
        for _ in range(6):
            self.offered[who] = rate
            run = self.run(rate, OVERLOAD_S, 0)
            if carried(run) and not tired:
                rate *= 1.3
            elif run["void_reasons"] and not carried(run):
                tired, rate = True, 0.85 * rate
            else:
                break
        return run

    def search(self, rate, most_steps=5):
        """Up while the rate is carried, down while it is not, until the limit lies between two steps."""
        steps = []
        while len(steps) < most_steps:
            run = self.run(rate, self.duration_s, 0.5)
            ok = carried(run)
            steps.append(dict(rate=rate, ok=ok, p99_ms=p99_ms(run), lost=run["deliveries"]["lost"], void=[] if ok else run["void_reasons"],
                              delivered_per_s=run["deliveries"]["received"] / self.duration_s))
            if len({step["ok"] for step in steps}) == 2:
                break
            rate *= 1.07 if ok else 0.93
        return steps
