"""A client's process in a network namespace of its own, reached by a link that a test can cut."""
import itertools
import os
import shutil
import subprocess

from .process import Process

HOST, GUEST = "198.51.100.1", "198.51.100.2"  # RFC 5737: addresses for examples, nobody's
_numbers = itertools.count()


class IslandUnavailable(Exception):
    pass


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Island(Process):
    """Runs `argv` there; it sees this machine as HOST. The namespace and the link end with it."""

    def __init__(self, argv, **options):
        if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
            raise IslandUnavailable("network namespaces need root, iproute2 and util-linux")
        self.link = f"wsf{os.getpid() % 100_000}n{next(_numbers)}"
        super().__init__(["unshare", "--net", "sh", "-c",
                          'echo here; read go; ip addr add "$1/30" dev guest; ip link set guest up; shift; exec "$@"',
                          "island", GUEST, *argv], **options)
        self.out.wait_for("^here$")
        try:
            _ip("link", "add", self.link, "type", "veth", "peer", "name", "guest", "netns", str(self.pid))
            _ip("addr", "add", f"{HOST}/30", "dev", self.link)
            self.join()
        except subprocess.CalledProcessError as error:
            self.kill()
            raise IslandUnavailable(error.stderr.decode().strip()) from None
        self.type("go\n")

    def cut(self):
        """Nothing gets through any more, and nobody is told."""
        _ip("link", "set", self.link, "down")

    def join(self):
        _ip("link", "set", self.link, "up")

    def terminate(self, deadline_s=15):
        try:
            return super().terminate(deadline_s)
        finally:
            self._remove_link()

    def kill(self):
        super().kill()
        self._remove_link()

    def _remove_link(self):
        """A namespace lives as long as a connection in it waits for an answer, and its link would with it."""
        subprocess.run(["ip", "link", "del", self.link], check=False, capture_output=True)
