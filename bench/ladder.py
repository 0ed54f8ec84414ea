"""The rows of the ladder, their goals, and what the trials of a run amount to."""
import statistics
from dataclasses import dataclass

import scenarios

OURS = "wsfanout"
FLOOR = "floor"
PEERS = ("floor-joined", "plain-beast", "wsfanout-epoll")
USUAL_PEERS = ("floor-joined", "plain-beast")


@dataclass(frozen=True)
class Goal:
    """kind "ratio": to the floor; "value": the figure itself; "spread": no worse than the floor's own worst."""
    kind: str
    most: float | None = None
    least: float | None = None

    def text(self, unit):
        if self.kind == "spread":
            return "within the floor's own spread"
        sign, limit = ("≤", self.most) if self.most is not None else ("≥", self.least)
        return f"{sign} {limit:,g} {unit}" if self.kind == "value" else f"{sign} {limit:.2f}"

    def met(self, value, ratio, floors):
        if self.kind == "spread":
            return None if not floors else value <= max(floors)
        figure = ratio if self.kind == "ratio" else value
        if figure is None:
            return None
        return figure <= self.most if self.most is not None else figure >= self.least


@dataclass(frozen=True)
class Row:
    name: str
    scenario: str
    what: str
    unit: str
    digits: int
    goals: dict  # by server

    def show(self, value):
        return "-" if value is None else f"{value:,.{self.digits}f} {self.unit}".strip()


def goal(kind, **limit):
    return {OURS: Goal(kind, **limit), "wsfanout-epoll": Goal(kind, **limit)}


ROWS = [
    Row("G1", "broadcast", "CPU a delivered event, 9,000 connections on 1 pair", "µs", 2,
        {OURS: Goal("ratio", most=0.90), "wsfanout-epoll": Goal("ratio", most=1.02)}),
    Row("G2", "overload", "CPU a delivered event when overloaded, 2,000 connections × 20 of 100 pairs", "µs", 2, goal("ratio", most=0.38)),
    Row("G2b", "overload", "highest delivered rate there with p99 ≤ 250 ms, nothing lost", "/s", 0, goal("value", least=480_000)),
    Row("G3", "bursts", "CPU a delivered event, bursts of 8 to 5,000 connections", "µs", 2, goal("ratio", most=0.13)),
    Row("G4", "broadcast", "p99 of a full broadcast to 9,000, Kafka included", "ms", 1, goal("ratio", most=0.95)),
    Row("G5", "many_pairs", "p99 at fan-out 12, 500 events/s, Kafka included", "ms", 2, goal("ratio", most=0.9)),
    Row("G6", "broadcast", "resident memory of an idle connection", "B", 0, goal("value", most=400)),
    Row("G7", "broadcast", "CPU a handshake and subscribe", "µs", 1, goal("ratio", most=1.25)),
    Row("G9", "stalled", "p99 of the healthy of 5,000, 1 % stalled : none", "", 2, goal("spread")),
]
NAMES = [row.name for row in ROWS]

# What a trial takes, the server's start and end included, by its scenario, in seconds: for the estimate beforehand.
TRIAL_S = {"broadcast": 8, "overload": 22, "bursts": 7, "many_pairs": 7, "stalled": 14}
START_S = 14  # Kafka, and its warming up


def scenarios_of(names):
    return [name for name in TRIAL_S if any(row.scenario == name and row.name in names for row in ROWS)]


def block(peers):
    """One alternation: the peers stand in the middle, so that all are as near to both floors."""
    return [FLOOR, OURS, *peers, OURS, FLOOR]


def plan(names, rounds, stalled_rounds, peers):
    """(scenario, round, who) in the order in which they run. peers None: the usual ones, without G9, where the floor's
    own spread is the goal and a trial is long."""
    out = []
    for scenario in scenarios_of(names):
        beside = USUAL_PEERS if peers is None else peers
        members = block([] if peers is None and scenario == "stalled" else beside)
        out += [(scenario, number, who) for number in range(stalled_rounds if scenario == "stalled" else rounds) for who in members]
    return out


def estimate_s(trials):
    return START_S + sum(TRIAL_S[scenario] for scenario, _, _ in trials)


def runners():
    """How to run each scenario, by name; the search for the limit remembers from round to round."""
    return {"broadcast": scenarios.broadcast, "bursts": scenarios.bursts, "many_pairs": scenarios.many_pairs,
            "stalled": scenarios.stalled, "overload": scenarios.Overload()}


def value(trial, row):
    return trial["values"].get(row.name)


def void(trial, row):
    return bool(trial["void"].get(row.name)) or value(trial, row) is None


def blocks_of(trials, row):
    blocks = {}
    for trial in trials:
        if trial["scenario"] == row.scenario:
            blocks.setdefault(trial["round"], []).append(trial)
    return list(blocks.values())


def ratios(trials, row, who):
    """To the floor that ran next to it; what ran in the middle, to the mean of both."""
    out = []
    for members in blocks_of(trials, row):
        floors = [trial for trial in members if trial["who"] == FLOOR]
        if not floors:
            continue
        subjects = [trial for trial in members if trial["who"] == who]
        for index, trial in enumerate(subjects):
            near = floors if len(subjects) == 1 else [floors[0] if index < len(subjects) / 2 else floors[-1]]
            near = [value(floor, row) for floor in near if value(floor, row)]
            if near and value(trial, row) is not None:
                out.append((value(trial, row) / statistics.mean(near), void(trial, row) or any(void(floor, row) for floor in floors)))
    return [ratio for ratio, doubtful in out if not doubtful] or [ratio for ratio, _ in out]


def used_values(trials, row, who):
    """Of the trials that are not void, or of all where no other is left."""
    mine = [trial for trial in trials if trial["scenario"] == row.scenario and trial["who"] == who and value(trial, row) is not None]
    return [value(trial, row) for trial in mine if not void(trial, row)] or [value(trial, row) for trial in mine]


def figure(trials, row, who):
    """The median of the trials that are not void, or of all with the mark; None: it did not run."""
    mine = [trial for trial in trials if trial["scenario"] == row.scenario and trial["who"] == who and value(trial, row) is not None]
    if not mine:
        return None
    kept = [trial for trial in mine if not void(trial, row)]
    used = kept or mine
    values = [value(trial, row) for trial in used]
    own = ratios(trials, row, who) if who != FLOOR else []
    return dict(value=statistics.median(values), least=min(values), most=max(values), trials=len(used), void=not kept,
                void_trials=len(mine) - len(kept), reasons=sorted({reason for trial in mine for reason in trial["void"].get(row.name, [])}),
                ratio=statistics.median(own) if own else None, lost=sum(trial["lost"] for trial in used),
                bound=next((trial["bounds"][row.name] for trial in used if row.name in trial.get("bounds", {})), ""))


def summary(trials):
    rows = []
    for row in ROWS:
        figures = {who: figure(trials, row, who) for who in (FLOOR, OURS, *PEERS)}
        figures = {who: found for who, found in figures.items() if found}
        if not figures:
            continue
        floor = figures.get(FLOOR)
        floors = used_values(trials, row, FLOOR)
        for who, found in figures.items():
            if who in row.goals:
                met = row.goals[who].met(found["value"], found["ratio"], floors)
                found["goal"] = row.goals[who].text(row.unit)
                found["met"] = met and found["lost"] == 0 if met is not None else None
        spread = (floor["most"] - floor["least"]) / floor["value"] if floor and floor["value"] and floor["trials"] > 1 else None
        rows.append(dict(name=row.name, what=row.what, unit=row.unit, digits=row.digits, scenario=row.scenario, figures=figures, spread=spread))
    return rows


def cell(row, found):
    if found is None:
        return "-"
    text = f"{found['bound']} {found['value']:,.{row['digits']}f} {row['unit']}".strip()
    if found["ratio"] is not None:
        text += f" ({found['ratio']:.2f})"
    return text + ("*" if found["void"] else "") + (f" lost {found['lost']:,}" if found["lost"] else "")


def verdict(found):
    """The goal, and whether it was met; a void figure proves nothing."""
    if found is None or "goal" not in found:
        return "-", "-"
    if found["void"]:
        return found["goal"], "void"
    return found["goal"], {True: "ok", False: "missed", None: "-"}[found["met"]]


def table(rows):
    """Markdown: each figure with its ratio to the floor."""
    shown = [who for who in (OURS, *PEERS) if any(who in row["figures"] for row in rows)]
    lines = ["| | what | floor | " + " | ".join(shown) + " | goal | | floor against itself |", "|---" * (6 + len(shown)) + "|"]
    for row in rows:
        wanted, met = verdict(row["figures"].get(OURS))
        spread = f"{row['spread']:.0%}" if row["spread"] is not None else "-"
        cells = [cell(row, row["figures"].get(who)) for who in (FLOOR, *shown)]
        lines.append(f"| {row['name']} | {row['what']} | " + " | ".join(cells) + f" | {wanted} | {met} | {spread} |")
    epoll = [f"{row['name']} {met} (goal {wanted})" for row in rows for wanted, met in [verdict(row["figures"].get("wsfanout-epoll"))] if wanted != "-"]
    if epoll:
        lines.append("\nwithout io_uring: " + ", ".join(epoll))
    if any(found["void"] for row in rows for found in row["figures"].values()):
        lines.append("\n\\* void: the generator or its CPU was the bottleneck, or events were published late")
    return "\n".join(lines)
