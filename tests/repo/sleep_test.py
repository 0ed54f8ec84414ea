#!/usr/bin/python3
"""Tests wait for conditions, never for time: only the two loops that ask for a condition again and again may pause."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Their conditions lie in another process that tells nobody; both end with a deadline.
ASKING = {"tests/e2e/kit/waiting.py", "tests/kafka-broker/topic.py"}
SLEEP = re.compile(r"\b(u|nano)?sleep(_for|_until)?\s*\(")


class Sleep(unittest.TestCase):
    def test_nothing_sleeps_but_what_asks_again(self):
        sources = [path for path in (ROOT / "tests").rglob("*") if path.suffix in (".py", ".cpp", ".hpp")]
        sleeping = {path.relative_to(ROOT).as_posix() for path in sources
                    if path != pathlib.Path(__file__) and SLEEP.search(path.read_text(encoding="utf-8"))}
        self.assertEqual(sleeping, ASKING)


if __name__ == "__main__":
    unittest.main()
