#!/usr/bin/python3
"""Runs wsfanout and the floor alternately under the same load and prints the ratios. Called by scripts/bench.sh."""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

REPO = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SERVER_CPU, LOAD_CPU = 0, 1
TOPIC = "bench"
CPU_FULL = 0.95  # above this the load's CPU was saturated, whatever the generator says of itself
READY_S, LOAD_S, END_S = 30, 180, 15

# What is run: connections on one pair each, events per second in bursts, seconds.
SCENARIOS = {
    "broadcast": dict(connections=9000, publish=4, burst=1, duration=4),
    "bursts": dict(connections=5000, publish=8, burst=8, duration=5),
}


def cpu_per_event_us(run):
    return run["server"]["run_cpu_s"] * 1e6 / run["deliveries"]["delivered_with_warmup"]


def rss_per_connection(run):
    server = run["server"]
    return (server["rss_idle_bytes"] - server["rss_before_bytes"]) / (run["connections"]["subscribed"] - 1)


def cpu_per_handshake_us(run):
    return run["server"]["ramp_cpu_s"] * 1e6 / (run["connections"]["subscribed"] - 1)


# Name, scenario, what it tells, unit, how to get it from wsload's result, goal as a ratio (text where it is none).
MEASURES = [
    ("G1", "broadcast", "CPU a delivered event, 9,000 sockets on 1 pair", "us", cpu_per_event_us, "x 1.15"),
    ("G3", "bursts", "CPU a delivered event, bursts of 8 to a socket", "us", cpu_per_event_us, "x 0.30"),
    ("G4", "broadcast", "p99 of a full broadcast, Kafka included", "ms", lambda run: run["latency"]["p99_ms"], "x 1.20"),
    ("G6", "broadcast", "RSS for an idle connection", "B", rss_per_connection, "1,024 B"),
    ("G7", "broadcast", "CPU a handshake and subscribe", "us", cpu_per_handshake_us, "-"),
]


def pinned(cpu, command):
    return (["taskset", "-c", str(cpu)] if (os.cpu_count() or 1) > 1 else []) + command


def end(process):
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


class Kafka:
    def __init__(self, folder):
        self.folder = folder
        told = subprocess.run(pinned(LOAD_CPU, [REPO + "/scripts/kafka.sh", "start", "--dir", folder]), stdout=subprocess.PIPE,
                              text=True, check=True, timeout=300).stdout
        self.port = dict(part.split("=", 1) for part in told.split())["port"]
        self.address = "127.0.0.1:" + self.port
        subprocess.run([REPO + "/scripts/kafka.sh", "topic", "--port", self.port, "--create", TOPIC, "--partitions", "4"],
                       stdout=subprocess.DEVNULL, check=True, timeout=60)

    def stop(self):
        subprocess.run([REPO + "/scripts/kafka.sh", "stop", "--dir", self.folder], timeout=60)


class Server:
    """One start of wsfanout or the floor on the server's CPU; a context manager."""

    def __init__(self, who, bin_folder, kafka, log_path):
        commands = {
            "floor": [bin_folder + "/floor", "{port}", kafka.address, TOPIC],
            "wsfanout": [bin_folder + "/wsfanout", "--port", "{port}", "--brokers", kafka.address, "--topic", TOPIC, "--shards", "1",
                         "--host", "127.0.0.1", "--max-connections", "19000", "--drain", "1s",
                         "--log-level", "warn"],  # the floor logs nothing: a line for each subscription would be compared with none
        }
        self.who, self.command, self.log_path = who, commands[who], log_path

    def __enter__(self):
        self.port = free_port()
        command = [part.format(port=self.port) for part in self.command]
        self.log = open(self.log_path, "w")
        self.process = subprocess.Popen(pinned(SERVER_CPU, command), stdout=self.log, stderr=self.log)
        deadline = time.time() + READY_S
        while not self.ready():
            if time.time() > deadline or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"{self.who} did not get ready (log: {self.log_path})")
            time.sleep(0.05)
        return self

    def ready(self):
        with open(self.log_path) as log:
            if "listening on" not in log.read():
                return False
        if self.who == "floor":
            return True
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __exit__(self, *_):
        end(self.process)
        self.log.close()


def free_port():
    import random
    import socket
    while True:
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", random.randrange(20000, 32000)))  # below the ephemeral range
                return candidate.getsockname()[1]
            except OSError:
                continue


class BusyCpu:
    """Samples how busy a CPU is, to say afterwards how busy it was between two times."""

    def __init__(self, cpu):
        self.cpu, self.samples, self.stop = cpu, [], threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def watch(self):
        while not self.stop.wait(0.2):
            with open("/proc/stat") as stat:
                line = next((text for text in stat if text.startswith(f"cpu{self.cpu} ")), None)
            if line is None:
                return
            ticks = [int(text) for text in line.split()[1:9]]
            self.samples.append((time.time_ns(), sum(ticks) - ticks[3] - ticks[4], sum(ticks)))

    def share(self, from_ns, to_ns):
        inside = [sample for sample in self.samples if from_ns <= sample[0] <= to_ns]
        if len(inside) < 2:
            return 0.0
        return (inside[-1][1] - inside[0][1]) / max(1, inside[-1][2] - inside[0][2])


def load(server, kafka, bin_folder, scenario):
    command = [bin_folder + "/wsload", "--url", f"ws://127.0.0.1:{server.port}/ws/fx-rates", "--brokers", kafka.address, "--topic", TOPIC,
               "--connections", str(scenario["connections"]), "--pairs", "EURUSD", "--pairs-per-connection", "1", "--ramp", "0",
               "--publish", f"{scenario['publish']}/s", "--burst", str(scenario["burst"]), "--duration", f"{scenario['duration']}s",
               "--warmup", "1s", "--seed", "1", "--server-pid", str(server.process.pid), "--json", "-"]
    with BusyCpu(LOAD_CPU) as busy:
        process = subprocess.Popen(pinned(LOAD_CPU, command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, told = process.communicate(timeout=LOAD_S)
        finally:
            end(process)
    if not out:
        raise RuntimeError("wsload: " + told.strip().splitlines()[-1])
    result = json.loads(out)
    result["load_cpu_busy"] = round(busy.share(result["window_from_ns"], result["window_to_ns"]), 3)
    if result["load_cpu_busy"] > CPU_FULL:
        result["void_reasons"].append(f"the load's CPU was {result['load_cpu_busy']:.0%} busy")
    return result


def trial(who, name, scenario, kafka, args, number):
    with Server(who, args.bin, kafka, f"{args.out}/{number:03}-{name}-{who}.log") as server:
        result = load(server, kafka, args.bin, scenario)
    values = {measure[0]: measure[4](result) for measure in MEASURES if measure[1] == name}
    shown = " ".join(f"{key} {value:,.2f}" for key, value in values.items())
    lost = f" LOST {result['deliveries']['lost']}" if result["deliveries"]["lost"] else ""
    void = " VOID: " + "; ".join(result["void_reasons"]) if result["void_reasons"] else ""
    print(f"{time.strftime('%H:%M:%S')} {name:9} {who:8} {shown}{lost}{void}", file=sys.stderr, flush=True)
    return dict(who=who, scenario=name, values=values, void=bool(void), result=result)


def pairs_of(trials, scenario):
    """Neighbours (floor, wsfanout) of each F S S F block; without the void ones where others are left."""
    runs = [run for run in trials if run["scenario"] == scenario]
    blocks = [runs[i:i + 4] for i in range(0, len(runs) - 3, 4)]
    pairs = [pair for block in blocks for pair in ((block[0], block[1]), (block[3], block[2]))]
    kept = [pair for pair in pairs if not (pair[0]["void"] or pair[1]["void"])]
    return kept or pairs, not kept


def summary(trials):
    rows = []
    for name, scenario, what, unit, _, goal in MEASURES:
        pairs, void = pairs_of(trials, scenario)
        if not pairs:
            continue
        floors = [floor["values"][name] for floor, _ in pairs]
        ours = [server["values"][name] for _, server in pairs]
        ratios = [server / floor for server, floor in zip(ours, floors) if floor > 0]
        middle = statistics.median(floors)
        rows.append(dict(name=name, what=what, unit=unit, goal=goal, void=void, pairs=len(pairs), floor=middle, wsfanout=statistics.median(ours),
                         ratio=statistics.median(ratios) if ratios else None,
                         floor_spread=(max(floors) - min(floors)) / middle if middle > 0 and len(floors) > 1 else None))
    return rows


def table(rows):
    lines = ["| | what | floor | wsfanout | ratio | goal | floor against itself |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        mark = "*" if row["void"] else ""
        ratio = f"{row['ratio']:.2f}{mark}" if row["ratio"] is not None else "-"
        spread = f"{row['floor_spread']:.0%}" if row["floor_spread"] is not None else "-"
        lines.append(f"| {row['name']} | {row['what']} | {row['floor']:,.1f} {row['unit']} | {row['wsfanout']:,.1f} {row['unit']}{mark} "
                     f"| {ratio} | {row['goal']} | {spread} |")
    if any(row["void"] for row in rows):
        lines.append("\n\\* void: the generator or its CPU was saturated, or the publisher ran late")
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="blocks of floor, wsfanout, wsfanout, floor (default 1)")
    parser.add_argument("--only", default="", metavar="G1,G3", help="only what these measures need: " + " ".join(m[0] for m in MEASURES))
    parser.add_argument("--quick", action="store_true", help="1,000 connections and 2 s: to see that it works, not to compare")
    parser.add_argument("--bin", default=REPO + "/build/release/bin", help="where wsfanout, wsload and floor lie")
    parser.add_argument("--out", default=REPO + "/build/bench/" + time.strftime("%Y%m%d-%H%M%S"), help="folder for logs and results.json")
    args = parser.parse_args()
    args.wanted = [name for name in args.only.split(",") if name] or [m[0] for m in MEASURES]
    unknown = set(args.wanted) - {m[0] for m in MEASURES}
    if unknown or args.rounds < 1:
        parser.error(f"--only {','.join(sorted(unknown))}: no such measure" if unknown else "--rounds must be 1 at least")
    return args


def run_all(args, kafka):
    trials, number = [], 0
    for name, scenario in SCENARIOS.items():
        if not any(m[1] == name and m[0] in args.wanted for m in MEASURES):
            continue
        if args.quick:
            scenario = dict(scenario, connections=1000, duration=2)
        for _ in range(args.rounds):
            for who in ("floor", "wsfanout", "wsfanout", "floor"):
                number += 1
                trials.append(trial(who, name, scenario, kafka, args, number))
    return trials


def main():
    args = arguments()
    os.makedirs(args.out)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that "finally" and the context managers run
    kafka = Kafka(args.out + "/kafka")
    try:
        trials = run_all(args, kafka)
    finally:
        kafka.stop()
    rows = [row for row in summary(trials) if row["name"] in args.wanted]
    with open(args.out + "/results.json", "w") as out:
        json.dump(dict(date=time.strftime("%Y-%m-%d %H:%M"), quick=args.quick, summary=rows, trials=trials), out, indent=1)
    print(table(rows))
    print(f"results: {args.out}/results.json", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
