#!/usr/bin/python3
"""What the manual pages and the example configuration say must be what the programs do.

man_flags_test.py BIN_DIR MAN_DIR: the built programs, and the scdoc sources as they were handed to scdoc.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("wsfanout", "wsclient", "ratepub", "wsload")
BIN, MAN = (pathlib.Path(argument) for argument in sys.argv[1:3])


def run(program, *arguments, env=None):
    return subprocess.run([BIN / program, *arguments], env=env or {}, capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL)


def page(name):
    return (MAN / (name + ".scd")).read_text(encoding="utf-8")


def flags_of_help(program):
    entries = re.findall(r"^  (?:    |(-\w), )(--[a-z-]+)", run(program, "--help").stdout, re.MULTILINE)
    return {flag for entry in entries for flag in entry if flag}


def flags_of_page(text):
    heads = re.findall(r"^(\*-.*)\n\t", text, re.MULTILINE)
    return {flag for head in heads for flag in re.findall(r"\*(--?[a-z-]+)\*", head)}


def settings(text):
    """Names and values of the lines of a configuration file, without comments."""
    return [line.split("  # ")[0].strip().split(" = ", 1) for line in text.splitlines() if re.match(r"[a-z-]+ = ", line)]


def names_of_configuration():
    return re.findall(r"^(?:# )?([a-z-]+) =", run("wsfanout", "--print-config").stdout, re.MULTILINE)


class Pages(unittest.TestCase):
    def test_each_program_and_its_page_name_the_same_flags(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                shown, described = flags_of_help(program), flags_of_page(page(program + ".1"))
                self.assertGreater(len(shown), 7)
                self.assertEqual(shown - described, set(), "in --help, not in the page")
                self.assertEqual(described - shown, set(), "in the page, not in --help")

    def test_what_a_page_calls_the_default_is_the_default(self):
        for program in PROGRAMS:
            defaults = dict(settings(run(program, "--print-config").stdout))
            for name, text in re.findall(r"^\*-.*\*--([a-z-]+)\*.*\n((?:\t.*\n)+)", page(program + ".1"), re.MULTILINE):
                told = re.search(r"by default \*?([\w./:-]*[\w/])\*?[,.; ]", re.sub(r"\s+", " ", text))
                if told and told[1] not in ("the", "for"):
                    with self.subTest(program=program, flag=name):
                        self.assertEqual(told[1], defaults.get(name, "(none)").strip())

    def test_the_configuration_page_lists_every_setting(self):
        listed = re.findall(r"^\|[\[ ] ?\*([a-z-]+)\*$", page("wsfanout.conf.5"), re.MULTILINE)
        self.assertEqual(listed, list(dict.fromkeys(names_of_configuration())))

    def test_the_protocol_page_lists_close_codes_as_the_code_has_them(self):
        table = (ROOT / "lib/protocol/close_codes.hpp").read_text()
        numbers = dict(re.findall(r"^  (\w+) = (\d+),", table, re.MULTILINE))
        rows = {(numbers[code], reason) for code, reason in re.findall(r'Close::(\w+), "([^"]+)"', table)}
        listed = set(re.findall(r"^\|  (\d{4})\n:  (.+)$", page("wsfanout-protocol.7"), re.MULTILINE))
        self.assertEqual(listed - rows, set())
        self.assertGreater(len(listed), 8)


# Flags and environment under which --print-config must still print a file that is accepted by itself.
AWKWARD = [
    ("ratepub", ["--rate", "5/s"], {"RATEPUB_INTERVAL": "2s"}),
    ("ratepub", ["--interval", "2s"], {"RATEPUB_RATE": "0"}),
    ("ratepub", ["--rate", "0.3333333333333333", "--duration", "1h30m", "--timeout", "0.1234567891"], {}),
    ("ratepub", ["--brokers", "k:1,[::1]:2", "--kafka-conf", "client.id=a,\"b\" # \\c "], {}),
    ("ratepub", ["--replay", " a # b\n\\n.x", "--speed", "max", "--faults", "duplicate=1%"], {"RATEPUB_RATE": "1"}),
    ("ratepub", ["--record", "a"], {"RATEPUB_REPLAY": "b", "RATEPUB_RATE": "5/s", "RATEPUB_INTERVAL": "1s"}),
    ("ratepub", ["--kafka-conf", "sasl.password=x"], {"RATEPUB_KAFKA_CONF": "a=b"}),
    ("wsload", ["--listen"], {"WSLOAD_PUBLISH": "5/s"}),
    ("wsload", ["--publish", "0.00001/s"], {"WSLOAD_LISTEN": "yes"}),
    ("wsload", ["--pairs", "EURUSD", "--expect", "p95<100ms", "--expect", "lost==0"], {}),
    ("wsload", ["--pairs", "EURUSD,USDJPY", "--pairs-per-connection", "2"], {"WSLOAD_SOURCE_ADDRESSES": ""}),
    ("wsfanout", ["--embedded-broker"], {"WSFANOUT_BROKERS": "k:1"}),
    ("wsfanout", ["--brokers", "k:1"], {"WSFANOUT_EMBEDDED_BROKER": "1"}),
    ("wsfanout", ["--allowed-origins", ""], {"EVENTHUB_TOPIC": "a.b"}),
    ("wsfanout", ["--path", "fx-rates=/a", "--heartbeat", "0", "--max-event", "1000000"], {}),
    ("wsfanout", [], {"EVENTHUB_CONNECTION_STRING": "Endpoint=sb://n.example/;SharedAccessKeyName=a;SharedAccessKey=b"}),
    ("wsclient", ["--json", "--meta", "--header", "A: b"], {"WSCLIENT_COUNT": "3"}),
    ("wsclient", ["ping", "-i", "0.25", "--frame", "--origin", "https://a # b"], {}),
    ("wsclient", ["subscribe", "EURUSD", "--no-reconnect"], {"WSCLIENT_URL": "ws://[::1]:1/a%20b"}),
]


class Help(unittest.TestCase):
    def test_no_line_is_wider_than_80_columns(self):
        for program in PROGRAMS:
            for line in run(program, "--help").stdout.splitlines():
                self.assertLessEqual(len(line), 80, f"{program}: {line}")

    def test_an_unknown_flag_is_one_line_and_status_2(self):
        for program in PROGRAMS:
            answer = run(program, "--prot-config")
            self.assertEqual((answer.returncode, answer.stdout), (2, ""))
            self.assertEqual(answer.stderr, f"{program}: unknown flag --prot-config (did you mean --print-config?); "
                                            f"see {program} --help\n")

    def test_what_print_config_prints_passes_check_config(self):
        for program in PROGRAMS:
            with self.subTest(program=program), tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                file.write(run(program, "--print-config").stdout)
                file.flush()
                answer = run(program, "--config", file.name, "--check-config")
                self.assertEqual((answer.stdout, answer.stderr), ("configuration ok\n", ""))

    def test_so_it_does_when_sources_contradict_each_other_and_values_are_odd(self):
        for program, flags, environment in AWKWARD:
            with self.subTest(program=program, flags=flags), tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                printed = run(program, *flags, "--print-config", env=environment)
                self.assertEqual((printed.returncode, printed.stderr), (0, ""))
                file.write(printed.stdout)
                file.flush()
                answer = run(program, "--config", file.name, "--check-config")
                self.assertEqual((answer.stdout, answer.stderr), ("configuration ok\n", ""))
                again = settings(run(program, "--config", file.name, "--print-config").stdout)
                for setting in settings(printed.stdout):
                    self.assertIn(setting, again)


class Example(unittest.TestCase):
    example = ROOT / "deploy/wsfanout.conf"

    def test_the_example_is_valid(self):
        answer = run("wsfanout", "--config", self.example, "--check-config")
        self.assertEqual((answer.stdout, answer.stderr), ("configuration ok\n", ""))

    def test_what_it_comments_out_is_the_default(self):
        defaults = [(name, value.strip()) for name, value in settings(run("wsfanout", "--print-config").stdout)]
        for name, value in re.findall(r"^#([a-z-]+) = (.*)$", self.example.read_text(), re.MULTILINE):
            if name not in ("kafka-conf", "path", "eventhub-connection-string", "redis"):
                self.assertIn((name, value), defaults)

    def test_it_names_every_setting_of_a_service(self):
        named = set(re.findall(r"^#?([a-z-]+) =", self.example.read_text(), re.MULTILINE))
        self.assertEqual(set(names_of_configuration()) - named, {"embedded-broker"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
