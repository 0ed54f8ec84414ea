"""What a measurement stands on: Kafka, the server under test, which CPU they run on, and how busy that one is."""
import os
import random
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

REPO = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOPIC = "bench"
MAX_CONNECTIONS = 19_000  # what fits the usual hard limit of 20,000 descriptors
READY_S, END_S = 30, 15
CPU_SAMPLE_S = 0.2


class Placement:
    """On one CPU the server has CPU 0 to itself and all else shares CPU 1; on two they share both."""

    def __init__(self, server_cpus):
        self.shards = server_cpus
        self.pinned = server_cpus == 1 and (os.cpu_count() or 1) > 1
        self.load_cpu = 1 if self.pinned else None

    def server(self, command):
        return ["taskset", "-c", "0"] + command if self.pinned else command

    def load(self, command):
        return ["taskset", "-c", "1"] + command if self.pinned else command


def end(process):
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def free_port():
    while True:
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", random.randrange(20000, 32000)))  # below the ephemeral range
                return candidate.getsockname()[1]
            except OSError:
                continue


class Kafka:
    """One broker with one topic; a context manager."""

    def __init__(self, folder, placement):
        self.folder, self.placement = folder, placement

    def __enter__(self):
        told = self.script("start", "--dir", self.folder)
        self.port = dict(part.split("=", 1) for part in told.split())["port"]
        self.address = "127.0.0.1:" + self.port
        self.script("topic", "--port", self.port, "--create", TOPIC, "--partitions", "4")
        return self

    def script(self, *arguments):
        return subprocess.run(self.placement.load([REPO + "/scripts/kafka.sh", *arguments]), stdout=subprocess.PIPE, text=True,
                              check=True, timeout=300).stdout

    def __exit__(self, *_):
        self.script("stop", "--dir", self.folder)


def command_of(who, bin_folder, port, brokers, shards):
    """The servers that can be measured. wsfanout logs nothing below warnings: the others have no log to pay for."""
    wsfanout = [bin_folder + "/wsfanout", "--host", "127.0.0.1", "--port", str(port), "--brokers", brokers, "--topic", TOPIC,
                "--shards", str(shards), "--max-connections", str(MAX_CONNECTIONS), "--drain", "1s", "--log-level", "warn"]
    place = [str(port), brokers, TOPIC]
    return {
        "floor": [bin_folder + "/floor", *place],
        "floor-joined": [bin_folder + "/floor", *place, "--joined"],
        "plain-beast": [bin_folder + "/plain_beast", *place],
        "wsfanout": wsfanout,
        "wsfanout-epoll": wsfanout + ["--io", "epoll"],
    }[who]


class Server:
    """One start of a server, ready to serve; a context manager."""

    def __init__(self, who, bin_folder, kafka, placement, log_path):
        self.who, self.log_path = who, log_path
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}/ws/fx-rates"
        self.command = placement.server(command_of(who, bin_folder, self.port, kafka.address, placement.shards))

    def __enter__(self):
        self.log = open(self.log_path, "w")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log)
        deadline = time.time() + READY_S
        while not self.ready():
            if time.time() > deadline or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"{self.who} did not get ready (log: {self.log_path})")
            time.sleep(0.02)
        return self

    def ready(self):
        with open(self.log_path) as log:
            if "listening on" not in log.read():
                return False
        if not self.who.startswith("wsfanout"):
            return True
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def blocked_sockets(self):
        """How many connections have bytes waiting in the kernel that the peer does not take."""
        with open("/proc/net/tcp") as table:
            rows = [line.split() for line in table]
        mine = f":{self.port:04X}"
        return sum(1 for row in rows[1:] if row[1].endswith(mine) and row[3] == "01" and int(row[4].split(":")[0], 16) > 0)

    def __exit__(self, *_):
        end(self.process)
        self.log.close()


class BusyCpu:
    """Samples how busy a CPU is, to say afterwards how busy it was between two times. cpu None: watches nothing."""

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
        while self.cpu is not None and not self.stop.wait(CPU_SAMPLE_S):
            with open("/proc/stat") as stat:
                line = next((text for text in stat if text.startswith(f"cpu{self.cpu} ")), None)
            if line is None:
                return
            ticks = [int(text) for text in line.split()[1:9]]
            self.samples.append((time.time_ns(), sum(ticks) - ticks[3] - ticks[4], sum(ticks)))

    def share(self, from_ns, to_ns):
        inside = [sample for sample in self.samples if from_ns <= sample[0] <= to_ns]
        if len(inside) < 2:
            return None
        return (inside[-1][1] - inside[0][1]) / max(1, inside[-1][2] - inside[0][2])
