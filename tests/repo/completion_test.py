#!/usr/bin/python3
"""What bash offers for the programs is what they know. completion_test.py BIN_DIR"""
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1])


def offered(program, word, before=""):
    script = f'. {ROOT}/deploy/completion.bash; _wsfanout_complete "$@"; printf "%s\\n" "${{COMPREPLY[@]}}"'
    answer = subprocess.run(["bash", "-c", script, "bash", BIN / program, word, before], capture_output=True, text=True,
                            timeout=30)
    assert answer.stderr == "", answer.stderr
    return answer.stdout.split()


class Completion(unittest.TestCase):
    def test_flags_are_those_of_the_program(self):
        self.assertEqual(offered("ratepub", "--rec") + offered("ratepub", "--rep"), ["--record", "--replay"])
        self.assertEqual(offered("wsclient", "--coun"), ["--count"])
        self.assertIn("--help", offered("wsload", "--"))
        self.assertEqual(offered("wsfanout", "--replay"), [])

    def test_commands_are_offered_where_there_are_some(self):
        self.assertLessEqual({"subscribe", "ping"}, set(offered("wsclient", "")))
        self.assertEqual(offered("ratepub", ""), [])

    def test_a_value_is_no_flag(self):
        self.assertEqual(offered("ratepub", "--", "--replay"), [])
        self.assertEqual(offered("ratepub", "--se", "--loop"), ["--seed"])
        self.assertEqual(offered("wsfanout", "w", "--log-level"), ["warn"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
