"""A memory cgroup (version 1 or 2) of a test's own."""
import os
import pathlib

ROOT = pathlib.Path("/sys/fs/cgroup")


class CgroupUnavailable(Exception):
    pass


class MemoryCgroup:
    """Processes that enter() have `limit_bytes` of memory together, and no swap beyond it."""

    def __init__(self, limit_bytes):
        self.first = (ROOT / "memory").is_dir()  # version 1
        self.folder = (ROOT / "memory" if self.first else ROOT) / f"wsfanout-test-{os.getpid()}"
        try:
            self.folder.mkdir()
            (self.folder / ("memory.limit_in_bytes" if self.first else "memory.max")).write_text(str(limit_bytes))
        except OSError as error:
            self.remove()
            raise CgroupUnavailable(f"no memory cgroup can be made here: {error}") from None

    def enter(self):
        """In the process that shall be limited, before it becomes its program."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    @property
    def highest_bytes(self):
        return int((self.folder / ("memory.max_usage_in_bytes" if self.first else "memory.peak")).read_text())

    def remove(self):
        if self.folder.is_dir():
            self.folder.rmdir()
