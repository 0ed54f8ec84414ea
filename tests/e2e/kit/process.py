"""Programs under test: started with a clean environment, their output collected line by line."""
import os
import re
import signal
import subprocess
import threading
import time

from .waiting import deadline_in

SANITIZER_REPORTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:")
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")


def binary(name):
    return os.path.join(os.environ["WSF_BIN"], name)


def clean_environment(extra=None):
    """What a program needs to run, without any setting of the person who runs the tests."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, **(extra or {})}


class Output:
    """The lines of one stream of a process, readable while it runs."""

    def __init__(self, stream):
        self._stream = stream
        self._lines = []
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        for line in iter(self._stream.readline, b""):
            with self._changed:
                self._lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def lines(self):
        with self._changed:
            return list(self._lines)

    @property
    def text(self):
        return "\n".join(self.lines)

    def ended(self, deadline_s=10):
        self._thread.join(max(0.0, deadline_in(deadline_s) - time.monotonic()))
        return self._closed

    def wait_for(self, pattern, deadline_s=10):
        """The match of the first line, past or to come, in which the pattern is found."""
        end = deadline_in(deadline_s)
        seen = 0
        with self._changed:
            while True:
                for line in self._lines[seen:]:
                    match = re.search(pattern, line)
                    if match:
                        return match
                seen = len(self._lines)
                left = end - time.monotonic()
                if self._closed or left <= 0:
                    why = "the program ended" if self._closed else f"{deadline_s} s passed"
                    raise AssertionError(f"no line with {pattern!r}: {why}; its output was:\n" + "\n".join(self._lines))
                self._changed.wait(left)


class Process:
    """A running program."""

    def __init__(self, argv, *, env=None, cwd=None, preexec_fn=None):
        self.argv = [str(word) for word in argv]
        self._process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         env=clean_environment(env), cwd=cwd, preexec_fn=preexec_fn)
        self.out = Output(self._process.stdout)
        self.err = Output(self._process.stderr)

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process.poll() is None

    def type(self, text):
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def end_input(self):
        self._process.stdin.close()

    def send_signal(self, number):
        self._process.send_signal(number)

    def wait(self, deadline_s=10):
        """The exit code as a shell would see it: 128+n when signal n ended the program."""
        try:
            code = self._process.wait(max(0.0, deadline_in(deadline_s) - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.argv[0]} still runs after {deadline_s} s; its stderr was:\n{self.err.text}") from None
        self.out.ended()
        self.err.ended()
        return code if code >= 0 else 128 - code

    def terminate(self, deadline_s=15):
        if self.running:
            self.send_signal(signal.SIGTERM)
        return self.wait(deadline_s)

    def kill(self):
        if self.running:
            self.send_signal(signal.SIGKILL)
        return self.wait()

    def sanitizer_report(self):
        return next((line for line in self.err.lines if any(mark in line for mark in SANITIZER_REPORTS)), None)


def run(argv, *, env=None, deadline_s=15, stdin=""):
    """A program run to its end."""
    process = Process(argv, env=env)
    try:
        if stdin:
            process.type(stdin)
        process.end_input()
        process.exit_code = process.wait(deadline_s)
        return process
    finally:
        if process.running:
            process.kill()
