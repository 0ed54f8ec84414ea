#!/usr/bin/env python3
"""Runs the Autobahn test suite (kosoku, its Python 3 port) against the echo server.

The last line says how many cases ran and how many failed; each failure is named above it. Exit status: 0 all passed,
1 a case failed or did not run, 77 the suite is not installed (1 where CI is set).
"""
import argparse
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# What they are about: 1 framing, 2 pings and pongs, 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing,
# 9 large messages, 10 automatic fragmentation.
GROUPS = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1}

# Of 12 and 13, compression, where a case has a thousand messages: text of 4 KiB and 128 KiB, and 256 bytes under every
# combination of parameters. Those seen so far in which the server answers uncompressed, as it may (short messages, and those
# longer than the client's window), end in an error of the port's own: "Strings must be encoded before hashing".
COMPRESSION = ["12.1.5", "12.3.5", "12.4.5", "12.1.10"] + [f"13.{parameters}.3" for parameters in range(1, 8)]

# Whatever a server does in these is right; the suite only reports it.
INFORMATIONAL = {"7.1.6", "7.13.1", "7.13.2"}

RUN_S = 300
AT_A_TIME = 2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="the echo server's binary")
    parser.add_argument("--suite", default="kosoku", help="the kosoku command")
    parser.add_argument("--case", action="append", metavar="GLOB", help="only these cases, e.g. 6.4.* (repeatable)")
    parser.add_argument("--reports", metavar="DIR", help="keep the suite's reports here")
    return parser.parse_args()


def find_suite(name):
    found = shutil.which(name)
    if found:
        return found
    in_ci = os.environ.get("CI", "") not in ("", "0", "false")
    print(f"Autobahn suite not found: {name} (pip install -r tests/autobahn/requirements.txt)", file=sys.stderr)
    sys.exit(1 if in_ci else 77)


class EchoServer:
    """The server for the time of a with block, on a port of its own choosing."""

    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        self.process = subprocess.Popen([self.binary], stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        listening = re.fullmatch(r"listening on (\S+:\d+)\n", line)
        if not listening:
            self.process.kill()
            sys.exit(f"the echo server does not start: {line.strip() or 'no output'}")
        self.address = listening[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            _, complaints = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit("the echo server does not end on SIGTERM")
        if self.process.returncode != 0 or complaints:
            sys.exit(f"the echo server ended with {self.process.returncode}: {complaints}")


def run_suite(suite, address, globs, reports):
    command = [suite, "--mode", "fuzzingclient", "--parallelism", str(AT_A_TIME), "--outdir", reports, address]
    for glob in globs:
        command += ["--include", glob]
    try:
        subprocess.run(command, timeout=RUN_S, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"the suite did not end within {RUN_S} s")
    index = pathlib.Path(reports, "index.json")
    if not index.exists():
        sys.exit("the suite wrote no report")
    return next(iter(json.loads(index.read_text()).values()))


def passed(name, result):
    verdicts = {result["behavior"], result["behaviorClose"]}
    return verdicts == {"OK"} or (name in INFORMATIONAL and verdicts <= {"OK", "INFORMATIONAL"})


def case_order(name):
    return [int(part) for part in name.split(".")]


def judge(results, globs):
    """Names and verdicts of what did not pass. A group that came back short fails as a whole."""
    failures = []
    for name in sorted(results, key=case_order):
        result = results[name]
        if not passed(name, result):
            failures.append(f"{name}: behaviour {result['behavior']}, close {result['behaviorClose']}")
    for group, wanted in GROUPS.items():
        ran = sum(name.split(".")[0] == group for name in results)
        if f"{group}.*" in globs and ran != wanted:
            failures.append(f"{group}.*: {ran} of {wanted} cases ran")
    failures += [f"{name}: did not run" for name in COMPRESSION if name in globs and name not in results]
    if not any(fnmatch.fnmatch(name, glob) for name in results for glob in globs):
        failures.append("no case ran")
    return failures


def main():
    args = arguments()
    suite = find_suite(args.suite)
    globs = args.case or [f"{group}.*" for group in GROUPS] + COMPRESSION
    with tempfile.TemporaryDirectory() as scratch:
        with EchoServer(args.server) as server:
            results = run_suite(suite, server.address, globs, args.reports or scratch)
    failures = judge(results, globs)
    for failure in failures:
        print(failure)
    print(f"{len(results)} cases, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
