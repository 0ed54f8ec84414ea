"""One run of wsload against a server, and what is read from its result."""
import json
import subprocess
import time

from machine import TOPIC, BusyCpu, end

CPU_FULL = 0.95  # above this the load's CPU was saturated, whatever the generator says of itself
MOST_WAIT = 0.25  # a generator that waits longer for a CPU, as a share of the time, measures its own waiting
RUN_S = 240


class Load:
    """Who loads: where wsload lies, which Kafka it publishes to, where it runs."""

    def __init__(self, bin_folder, kafka, placement):
        self.bin_folder, self.kafka, self.placement = bin_folder, kafka, placement

    def command(self, server, connections, pairs, per_connection, *more):
        return self.placement.load(
            [self.bin_folder + "/wsload", "--url", server.url, "--brokers", self.kafka.address, "--topic", TOPIC,
             "--connections", str(connections), "--pairs", str(pairs), "--pairs-per-connection", str(per_connection),
             "--ramp", "0", "--seed", "1", "--server-pid", str(server.process.pid), *more])

    def run(self, server, connections, pairs, per_connection, rate, duration_s, warmup_s=1.0, burst=1):
        """wsload's JSON result, with load_cpu_busy and the reasons to doubt that the load's CPU gives added."""
        command = self.command(server, connections, pairs, per_connection, "--publish", f"{rate:.2f}/s", "--burst", str(burst),
                               "--duration", f"{duration_s}s", "--warmup", f"{warmup_s}s", "--json", "-")
        with BusyCpu(self.placement.load_cpu) as busy:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                out, told = process.communicate(timeout=RUN_S)
            finally:
                end(process)
        if not out:
            raise RuntimeError("wsload: " + (told.strip().splitlines() or ["no result"])[-1])
        result = json.loads(out)
        share = busy.share(result["window_from_ns"], result["window_to_ns"])
        result["load_cpu_busy"] = share
        wait = result["generator"]["busiest_wait_share"]
        if share is not None and share > CPU_FULL:
            result["void_reasons"].append(f"the load's CPU was {share:.0%} busy")
        if share is None and wait > MOST_WAIT:
            result["void_reasons"].append(f"the generator waited for a CPU {wait:.0%} of the time")
        return result

    def sleepers(self, server, connections, pairs):
        """Connections of a process that will be told to sleep; subscribed to all the pairs when this returns."""
        command = self.command(server, connections, pairs, pairs.count(",") + 1, "--listen", "--duration", "10m")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if line.startswith("ramp") and f" {connections:,} of {connections:,} " in line:
                return process
        end(process)
        raise RuntimeError("wsload: the connections that are to stall did not come to be")

    def flood(self, pair, rate, count):
        """Events of one pair, as fast as told, published when this returns."""
        subprocess.run(self.placement.load([self.bin_folder + "/ratepub", "--brokers", self.kafka.address, "--topic", TOPIC, "--pairs", pair,
                                            "--rate", f"{rate}/s", "--count", str(count), "--seed", "1"]),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=RUN_S)


def warm_up(load, server):
    """The broker is a young virtual machine: its first thousands of records cost many times what later ones do."""
    load.flood("EURUSD", 3000, 9000)
    load.run(server, 200, "EURUSD", 1, rate=200, duration_s=2, warmup_s=0)


def cpu_per_event_us(run):
    delivered = run["deliveries"]["delivered_with_warmup"]
    return run["server"]["run_cpu_s"] * 1e6 / delivered if delivered else None


def delivered_per_s(run):
    """While there was anything to deliver: the quiet second at the end of a run that lost something is not."""
    return run["deliveries"]["delivered_with_warmup"] / max(0.001, run["run_s"])


def rss_per_connection(run):
    server = run["server"]
    return (server["rss_idle_bytes"] - server["rss_before_bytes"]) / (run["connections"]["subscribed"] - 1)


def cpu_per_handshake_us(run):
    return run["server"]["ramp_cpu_s"] * 1e6 / (run["connections"]["subscribed"] - 1)


def p99_ms(run):
    return run["latency"]["p99_ms"]


def complete(run):
    return run["deliveries"]["lost"] == 0 and run["connections"]["closed"] == 0 and run["connections"]["failed"] == 0


def idle(server, quiet_s=0.3, most_s=15):
    """Waits until the server has nothing left to do."""
    def used():
        with open(f"/proc/{server.process.pid}/stat") as stat:
            return sum(int(text) for text in stat.read().rsplit(")", 1)[1].split()[11:13])
    deadline, last = time.time() + most_s, used()
    while time.time() < deadline:
        time.sleep(quiet_s)
        now = used()
        if now - last <= 1:  # ticks of 10 ms
            return
        last = now
