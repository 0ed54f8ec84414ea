#!/usr/bin/python3
"""The scripts that users start: each explains itself, and refuses what it does not know in one line. What they install and run."""
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix != ".txt")


def run(script, *arguments):
    return subprocess.run([script, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


class Scripts(unittest.TestCase):
    def test_every_script_can_be_executed(self):
        for script in SCRIPTS:
            self.assertTrue(script.stat().st_mode & 0o100, script.name)

    def test_help_goes_to_stdout_and_succeeds(self):
        for script in SCRIPTS:
            with self.subTest(script=script.name):
                answer = run(script, "--help")
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.assertIn("usage: scripts/" + script.name, answer.stdout)

    def test_an_unknown_option_is_a_usage_error(self):
        for script in SCRIPTS:
            with self.subTest(script=script.name):
                answer = run(script, "--no-such-option")
                self.assertEqual(answer.returncode, 2)
                self.assertEqual(answer.stdout, "")
                self.assertRegex(answer.stderr, "--help|usage: ")


class Packages(unittest.TestCase):
    def test_every_line_names_a_known_group_and_a_package(self):
        for line in (ROOT / "scripts/packages.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                group, _, *command = line.split()
                self.assertIn(group, ("build", "run", "test", "lint"))
                self.assertLessEqual(len(command), 1)


class EndToEndTests(unittest.TestCase):
    def test_every_file_is_an_entry_of_ctest(self):
        listed = (ROOT / "tests/e2e/CMakeLists.txt").read_text()
        for path in (ROOT / "tests/e2e").glob("test_*.py"):
            self.assertRegex(listed, rf"e2e_test\({path.stem.removeprefix('test_')}( SERIAL)?\)")


if __name__ == "__main__":
    unittest.main()
