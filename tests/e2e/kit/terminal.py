"""A program on a terminal of its own, and what it wrote there."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

from .process import clean_environment
from .waiting import deadline_in, eventually

GO_TO = re.compile(r"\x1b\[\d*;?\d*H")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class Terminal:
    """stdin, stdout and stderr are one terminal of the given size."""

    def __init__(self, argv, *, columns=100, rows=30, env=None):
        self._master, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(argv, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
                                         env=clean_environment({"TERM": "xterm-256color", **(env or {})}),
                                         preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inside)
        self._bytes = b""
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        while True:
            try:
                more = os.read(self._master, 65536)
            except OSError:  # the last one who had the terminal open is gone
                return
            if not more:
                return
            self._bytes += more

    @property
    def raw(self):
        return self._bytes.decode("utf-8", "replace")

    @property
    def text(self):
        """What was written, a jump of the cursor being a new line."""
        return ESCAPE.sub("", GO_TO.sub("\n", self.raw))

    def wait_for(self, pattern, deadline_s=10):
        return eventually(lambda: re.search(pattern, self.text), deadline_s, f"{pattern!r} on the terminal, which shows {self.text[-2000:]}")

    def type(self, text):
        os.write(self._master, text.encode())

    def wait(self, deadline_s=10):
        code = self._process.wait(max(0.0, deadline_in(deadline_s) - deadline_in(0)))
        self._thread.join(2)
        return code if code >= 0 else 128 - code

    def close(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._thread.join(2)
        os.close(self._master)
