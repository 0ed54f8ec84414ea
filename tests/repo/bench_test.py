#!/usr/bin/python3
"""The benchmark's arithmetic: what trials amount to, when a goal is met, what is void, and that the page stands alone."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import ladder  # noqa: E402
import report  # noqa: E402
import scaling  # noqa: E402


def trial(who, value, row="G1", scenario="broadcast", number=0, void=(), lost=0, **more):
    return dict(who=who, scenario=scenario, round=number, values={row: value}, void={row: list(void)} if void else {}, lost=lost, **more)


def alternation(floor, ours, number=0):
    first, last = floor
    before, after = ours
    return [trial("floor", first, number=number), trial("wsfanout", before, number=number), trial("wsfanout", after, number=number),
            trial("floor", last, number=number)]


def row_of(trials, name="G1"):
    return next(row for row in ladder.summary(trials) if row["name"] == name)


class Ladder(unittest.TestCase):
    def test_a_ratio_is_to_the_floor_that_ran_next_to_it(self):
        ours = row_of(alternation(floor=(10, 20), ours=(8, 18)))["figures"]["wsfanout"]
        self.assertAlmostEqual(ours["ratio"], (0.8 + 0.9) / 2)

    def test_a_peer_in_the_middle_is_compared_with_both_floors(self):
        trials = alternation(floor=(10, 20), ours=(8, 18)) + [trial("plain-beast", 30)]
        self.assertAlmostEqual(row_of(trials)["figures"]["plain-beast"]["ratio"], 2)

    def test_a_void_trial_does_not_count_while_another_is_left(self):
        trials = alternation(floor=(10, 10), ours=(8, 8)) + alternation(floor=(10, 10), ours=(8, 8), number=1)
        trials[5] = trial("wsfanout", 100, number=1, void=["busy"])
        ours = row_of(trials)["figures"]["wsfanout"]
        self.assertEqual((ours["value"], ours["void"], ours["void_trials"]), (8, False, 1))
        self.assertAlmostEqual(ours["ratio"], 0.8)

    def test_a_figure_from_void_trials_alone_meets_no_goal(self):
        trials = [trial("floor", 10), trial("wsfanout", 1, void=["busy"])]
        self.assertEqual(ladder.verdict(row_of(trials)["figures"]["wsfanout"]), ("≤ 0.90", "void"))

    def test_what_lost_events_misses_its_goal(self):
        trials = [trial("floor", 10), trial("wsfanout", 1, lost=3)]
        self.assertEqual(ladder.verdict(row_of(trials)["figures"]["wsfanout"])[1], "missed")

    def test_goals_are_at_most_or_at_least(self):
        self.assertTrue(row_of(alternation((10, 10), (9, 9)))["figures"]["wsfanout"]["met"])
        self.assertFalse(row_of(alternation((10, 10), (9.2, 9.2)))["figures"]["wsfanout"]["met"])
        rate = [trial("wsfanout", 479_000, row="G2b", scenario="overload")]
        self.assertFalse(row_of(rate, "G2b")["figures"]["wsfanout"]["met"])

    def test_a_spread_goal_is_met_up_to_the_floors_worst(self):
        floors = [trial("floor", value, row="G9", scenario="stalled") for value in (0.9, 1.3)]
        for value, met in ((1.29, True), (1.31, False)):
            found = row_of(floors + [trial("wsfanout", value, row="G9", scenario="stalled")], "G9")
            self.assertEqual(found["figures"]["wsfanout"]["met"], met)

    def test_a_figure_of_which_only_a_bound_is_known_shows_it(self):
        trials = [trial("floor", 10), trial("wsfanout", 500_000, row="G2b", scenario="overload", bounds={"G2b": "≥"})]
        self.assertIn("≥ 500,000 /s", ladder.table(ladder.summary(trials)))

    def test_each_alternation_begins_and_ends_with_the_floor(self):
        order = [who for _, _, who in ladder.plan(["G1"], 2, 2, ["plain-beast"])]
        self.assertEqual(order, ["floor", "wsfanout", "plain-beast", "wsfanout", "floor"] * 2)

    def test_the_usual_run_takes_less_than_6_minutes(self):
        self.assertLess(ladder.estimate_s(ladder.plan(ladder.NAMES, 1, 1, None)), 360)


class Scaling(unittest.TestCase):
    def test_the_exponent_tells_linear_from_quadratic(self):
        for power in (1, 2):
            self.assertAlmostEqual(scaling.exponent([dict(size=n, cost=n**power) for n in (10, 100, 1000)], "cost"), power)

    def test_no_exponent_where_nothing_grew(self):
        self.assertIsNone(scaling.exponent([dict(size=1, cost=0), dict(size=2, cost=4)], "cost"))


class Page(unittest.TestCase):
    def test_it_stands_alone_and_holds_every_figure(self):
        trials = alternation((10, 12), (9, 9))
        growth = [dict(axis="connections", point=point, who=who, cpu_us=8.0, rss_bytes=1000 * point[0], grown_bytes=900 * point[0], void=[], lost=0)
                  for point in scaling.AXES["connections"]["points"] for who in scaling.SERVERS]
        results = dict(date="2026-01-01", machine=dict(cpus=2, model="<a model>", kernel="6"), cpus=1, rounds=1, quick=False, trials=trials,
                       ladder=ladder.summary(trials), scaling=scaling.summary(growth))
        text = report.page(results)
        self.assertNotIn("http", text)
        self.assertNotIn("<a model>", text)
        self.assertIn("9.00 µs (0.82)", text)
        self.assertIn("18,000 connections", text)


if __name__ == "__main__":
    unittest.main()
