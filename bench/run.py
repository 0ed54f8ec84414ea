#!/usr/bin/python3
"""Measures wsfanout beside the floor and a plain Beast server. Called by scripts/bench.sh; bench/README.md explains."""
import argparse
import json
import os
import signal
import subprocess
import sys
import time

import ladder
import report
import scaling
from load import Load, warm_up
from machine import REPO, Kafka, Placement, Server


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_trial(scenario, run, number, who, index, load, args):
    name = f"{index:03}-{scenario}-{who}"
    started = time.time()
    with Server(who, args.bin, load.kafka, load.placement, f"{args.out}/{name}.log") as server:
        found = run(load, server, args.quick)
    trial = dict(who=who, scenario=scenario, round=number, took_s=round(time.time() - started, 1), **found)
    shown = " ".join(f"{key} {value:,.2f}" for key, value in trial["values"].items() if value is not None)
    lost = f" LOST {trial['lost']:,}" if trial["lost"] else ""
    void = " VOID: " + "; ".join(sorted({reason for reasons in trial["void"].values() for reason in reasons})) if trial["void"] else ""
    say(f"{time.strftime('%H:%M:%S')} {scenario:10} {who:14} {trial['took_s']:5.1f} s  {shown}{lost}{void}")
    return trial


def run_ladder(load, args, trials, results):
    runners = ladder.runners()
    for index, (scenario, number, who) in enumerate(trials):
        results["trials"].append(run_trial(scenario, runners[scenario], number, who, index, load, args))
        summarize(results)
        keep(results, args)


def run_scaling(load, args, trials, results):
    for index, (axis, point, who) in enumerate(trials):
        with Server(who, args.bin, load.kafka, load.placement, f"{args.out}/{index:03}-{axis}-{who}.log") as server:
            found = scaling.measure(load, server, point, args.quick)
        results["scaling_trials"].append(dict(axis=axis, point=point, who=who, **found))
        void = " VOID: " + "; ".join(found["void"]) if found["void"] else ""
        say(f"{time.strftime('%H:%M:%S')} {axis:13} {point[0]:6,} x {point[1]:2} on {point[2]:6,} {who:9} {found['cpu_us'] or 0:6.2f} us "
            f"{found['rss_bytes'] / 1e6:6.1f} MB{void}")
        summarize(results)
        keep(results, args)


def summarize(results):
    results["ladder"] = [row for row in ladder.summary(results["trials"]) if row["name"] in results["names"]]
    results["scaling"] = scaling.summary(results["scaling_trials"])


def keep(results, args):
    """After each trial: an interrupted run is not lost."""
    for path in [args.out + "/results.json"] + ([args.json] if args.json else []):
        with open(path, "w") as out:
            json.dump(results, out, indent=1)


def earlier(path):
    with open(path) as file:
        try:
            results = json.load(file)
        except ValueError:
            results = {}
    if not isinstance(results, dict) or "scaling_trials" not in results:
        raise RuntimeError(f"{path} is no result of this benchmark")
    return results


def merged(paths):
    """The trials of several results as one: rows measured at different times, by the same machine."""
    results, *others = [earlier(path) for path in paths]
    for path, more in zip(paths[1:], others):
        if (more["machine"], more["cpus"], more["quick"]) != (results["machine"], results["cpus"], results["quick"]):
            raise RuntimeError(f"{path} is of another machine, or another number of CPUs")
        base = 1 + max((trial["round"] for trial in results["trials"]), default=-1)
        results["trials"] += [dict(trial, round=trial["round"] + base) for trial in more["trials"]]
        results["scaling_trials"] += more["scaling_trials"]
        results["names"] = [name for name in ladder.NAMES if name in results["names"] or name in more["names"]]
        results["rounds"] = max(results["rounds"], more["rounds"])
    summarize(results)
    return results


def show(results, args):
    tables = [ladder.table(results["ladder"])] if results["ladder"] else []
    tables += [scaling.table(results["scaling"])] if results["scaling"] else []
    print("\n\n".join(tables))
    keep(results, args)
    with open(args.report or args.out + "/report.html", "w") as out:
        out.write(report.page(results))
    say(f"results: {args.out}/results.json, report: {args.report or args.out + '/report.html'}")


def build_release():
    subprocess.run([REPO + "/scripts/build.sh", "release", "wsfanout", "wsload", "ratepub", "floor", "plain_beast"], stdout=sys.stderr, check=True)
    return REPO + "/build/release/bin"


def machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    return dict(cpus=os.cpu_count(), model=model, kernel=os.uname().release)


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="alternations of floor, wsfanout, peers, wsfanout, floor (default 1)")
    parser.add_argument("--stalled-rounds", type=int, metavar="N", help="the same for G9, whose figure is the noisiest")
    parser.add_argument("--only", default="", metavar="G1,G3", help="only what these rows need: " + " ".join(ladder.NAMES))
    parser.add_argument("--peers", metavar="A,B", help="who else runs, of " + " ".join(ladder.PEERS) + "; or none (default "
                        + ",".join(ladder.USUAL_PEERS) + ", but not in G9)")
    parser.add_argument("--cpus", type=int, default=1, choices=(1, 2), help="how many the server has; 2 are shared with the generator")
    parser.add_argument("--scaling", action="store_true", help="measure growth with connections, subscriptions and pairs instead")
    parser.add_argument("--final", action="store_true", help="what the documents cite: 3 rounds (10 of G9), growth too, bench/report.html")
    parser.add_argument("--draw", nargs="+", metavar="FILE", help="measure nothing: tables and report of earlier results, joined")
    parser.add_argument("--quick", action="store_true", help="1,000 connections and 2 s: to see that it works, not to compare")
    parser.add_argument("--json", metavar="FILE", help="where the results go as well")
    parser.add_argument("--report", metavar="FILE", help="where the page with the plots goes (default OUT/report.html)")
    parser.add_argument("--bin", metavar="DIR", help="where the binaries lie (default: the release is built)")
    parser.add_argument("--out", default=REPO + "/build/bench/" + time.strftime("%Y%m%d-%H%M%S"), help="folder for logs and results.json")
    args = parser.parse_args()
    args.names = [name for name in args.only.split(",") if name] or ladder.NAMES
    args.peer_names = None if args.peers is None else [name for name in args.peers.split(",") if name not in ("", "none")]
    if args.final:
        args.rounds, args.stalled_rounds = max(args.rounds, 3), max(args.stalled_rounds or 0, 10)
        args.report = args.report or REPO + "/bench/report.html"
        args.peer_names = list(ladder.PEERS)
    args.stalled_rounds = args.stalled_rounds or args.rounds
    for option, unknown in (("--only", set(args.names) - set(ladder.NAMES)), ("--peers", set(args.peer_names or []) - set(ladder.PEERS))):
        if unknown:
            parser.error(f"{option}: no such name: {', '.join(sorted(unknown))}")
    if args.rounds < 1 or args.stalled_rounds < 1:
        parser.error("--rounds must be 1 at least")
    return args


def measure(args):
    trials = [] if args.scaling else ladder.plan(args.names, args.rounds, args.stalled_rounds, args.peer_names)
    growth = scaling.plan(args.rounds) if args.scaling or args.final else []
    seconds = ladder.estimate_s(trials) + len(growth) * scaling.TRIAL_S
    args.bin = args.bin or build_release()
    say(f"{time.strftime('%H:%M:%S')} {len(trials) + len(growth)} trials, about {seconds / 60:.0f} min")
    placement = Placement(args.cpus)
    results = dict(date=time.strftime("%Y-%m-%d %H:%M"), machine=machine(), cpus=args.cpus, rounds=args.rounds, quick=args.quick,
                   names=args.names, trials=[], scaling_trials=[], ladder=[], scaling=[])
    with Kafka(args.out + "/kafka", placement) as kafka:
        load = Load(args.bin, kafka, placement)
        with Server(ladder.FLOOR, args.bin, kafka, placement, args.out + "/warm-up.log") as server:
            warm_up(load, server)
        run_ladder(load, args, trials, results)
        run_scaling(load, args, growth, results)
    return results


def main():
    args = arguments()
    os.makedirs(args.out)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that "finally" and the context managers run
    show(merged(args.draw) if args.draw else measure(args), args)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
