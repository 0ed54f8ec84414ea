"""The page with the tables and plots of a run: self-contained, for light and dark."""
import html

import ladder
import scaling
import svg

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5c6670; --grid: #dfe3e8; --page: #fff; --band: #eef1f4;
  --floor: #6b7280; --floor-joined: #b08900; --plain-beast: #b4447c; --wsfanout: #0b6bcb; --wsfanout-epoll: #2b8a5b; --goal: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa4af; --grid: #30363d; --page: #14171b; --band: #1f242a;
  --floor: #9ca3af; --floor-joined: #e0b93a; --plain-beast: #e07fb0; --wsfanout: #5aa9f5; --wsfanout-epoll: #5fc796; --goal: #fb8c4f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } p { max-width: 75ch; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; } td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--grid); text-align: left; }
td:nth-child(n+3) { white-space: nowrap; font-variant-numeric: tabular-nums; } .ok { color: var(--wsfanout-epoll); } .missed, .void { color: var(--goal); }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; } svg text { fill: var(--soft); } svg text.title { fill: var(--ink); font-weight: 600; font-size: 12px; }
svg text.goal { fill: var(--goal); } .grid { stroke: var(--grid); } .goal { stroke: var(--goal); stroke-width: 2; } text.goal { stroke: none; }
.slope { stroke: var(--soft); stroke-dasharray: 4 4; } .band { fill: var(--band); } .line { fill: none; stroke-width: 1.8; } .dot { stroke: none; } .trial { opacity: .3; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 1rem; } .key span { margin-right: 1.2rem; white-space: nowrap; }
.key i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .35rem; }
""" + "\n".join(f"polyline.s-{who} {{ stroke: var(--{who}); }} circle.s-{who} {{ fill: var(--{who}); }} i.s-{who} {{ background: var(--{who}); }}"
                for who in (ladder.FLOOR, ladder.OURS, *ladder.PEERS))
LEFT, RIGHT, STEP, TOP = 60, 980, 46, 26


def marked_table(markdown):
    """The tables that go to the terminal as Markdown, as HTML; other lines become paragraphs."""
    out, inside = [], False
    for number, text in enumerate(markdown.splitlines()):
        if not text.startswith("|"):
            out.append(("</table></div>" if inside else "") + (f"<p>{html.escape(text.lstrip(chr(92)))}</p>" if text else ""))
            inside = False
        elif set(text) <= set("|-"):
            continue
        else:
            cells = [cell.strip() for cell in text.strip("|").split("|")]
            tag = "td" if inside else "th"
            row = "".join(f'<{tag} class="{cell if cell in ("ok", "missed", "void") else ""}">{html.escape(cell)}</{tag}>' for cell in cells)
            out.append(("" if inside else '<div class="wide"><table>') + f"<tr>{row}</tr>")
            inside = True
    return "\n".join(out) + ("</table></div>" if inside else "")


def goal_ratio(row, floor):
    """Where the goal lies on the scale of ratios; None where it has no place there."""
    goal = next(known for known in ladder.ROWS if known.name == row["name"]).goals[ladder.OURS]
    limit = goal.most if goal.most is not None else goal.least
    if goal.kind == "ratio":
        return limit
    return limit / floor if goal.kind == "value" and floor else None


def ladder_plot(results):
    """One line for each row: all trials as shares of the floor's median, medians large, the goal as a stroke."""
    rows = [row for row in results["ladder"] if row["figures"].get(ladder.FLOOR, {}).get("value")]
    shares = {(row["name"], who): found["value"] / row["figures"][ladder.FLOOR]["value"] for row in rows for who, found in row["figures"].items()}
    axis = svg.Axis([min(max(share, 0.05), 10) for share in shares.values()] + [0.1, 2], (LEFT, RIGHT))
    height = TOP + STEP * len(rows) + 30
    parts = []
    for tick in axis.ticks():
        parts += [svg.line(axis.at(tick), TOP, axis.at(tick), height - 26, "grid"), svg.text(axis.at(tick), height - 10, f"× {tick:g}", "middle")]
    for index, row in enumerate(rows):
        middle, y = row["figures"][ladder.FLOOR], TOP + STEP * index + 26
        low, high = (axis.at(max(middle[key], 1e-9) / middle["value"]) for key in ("least", "most"))
        parts += [f'<rect x="{low:.1f}" y="{y - 9}" width="{high - low:.1f}" height="18" class="band"/>', svg.text(4, y + 4, row["name"], kind="title"),
                  svg.text(LEFT, y - 14, row["what"])]
        wanted = goal_ratio(row, middle["value"])
        if wanted:
            parts.append(svg.line(axis.at(wanted), y - 10, axis.at(wanted), y + 10, "goal"))
        for trial in results["trials"]:
            value = trial["values"].get(row["name"])
            if value:
                parts.append(svg.dot(axis.at(value / middle["value"]), y, 2.5, f"trial s-{trial['who']}", f"{trial['who']}: {value:,.{row['digits']}f} {row['unit']}"))
        for who, found in row["figures"].items():
            told = f"{who}: {found['value']:,.{row['digits']}f} {row['unit']}, {shares[row['name'], who]:.2f} of the floor"
            parts.append(svg.dot(axis.at(shares[row["name"], who]), y, 5.5, f"dot s-{who}", told))
    return svg.picture(RIGHT + 20, height, parts, "Each figure as a share of the floor's")


def search_plot(trials):
    series = {}
    for trial in trials:
        for step in trial.get("steps", []):
            told = f"{step['delivered_per_s']:,.0f}/s delivered, p99 {step['p99_ms'] or 0:,.0f} ms, lost {step['lost']:,}" + (" (void)" if step["void"] else "")
            series.setdefault(trial["who"], []).append((step["rate"] * 400, step["p99_ms"], told))
    return svg.curves("p99 by offered rate", series, "offered, deliveries/s", "ms", guide=(250, "250 ms")) if series else ""


def scaling_plots(rows):
    out = []
    for axis, about in scaling.AXES.items():
        for key, title, unit, scale in (("once_ms", "CPU to update each subscription once", "ms", 1), ("grown_bytes", "memory of the connections", "MB", 1e-6)):
            series = {who: [(row["size"], row[key] * scale if row[key] > 0 else None, f"{row['size']:,} {axis}: {row[key] * scale:,.2f} {unit}")
                            for row in rows if row["axis"] == axis and row["who"] == who] for who in scaling.SERVERS}
            if any(series.values()):
                out.append(svg.curves(title, series, about["what"].split(":")[0], unit, slope=True))
    return "".join(f"<div>{plot}</div>" for plot in out)


def key():
    return '<p class="key">' + "".join(f'<span><i class="s-{who}"></i>{who}</span>' for who in (ladder.FLOOR, ladder.OURS, *ladder.PEERS)) + "</p>"


def page(results):
    about = results["machine"]
    parts = [f"<h1>wsfanout beside the floor</h1><p>{results['date']}, {about['cpus']} CPUs ({html.escape(about['model'])}), Linux {html.escape(about['kernel'])}. "
             f"{PLACES[results['cpus']]} Medians of up to {results['rounds']} alternations; ratios to the floor runs next to each, in brackets.</p>", key()]
    if results["quick"]:
        parts.append("<p><b>A quick run: nothing here is a figure.</b></p>")
    if results["ladder"]:
        parts += [marked_table(ladder.table(results["ladder"])), "<h2>As shares of the floor</h2>",
                  "<p>Large: the median; small: each trial; the band: the floor's own spread; the stroke: the goal. Left is cheaper or sooner; "
                  "in G2b right is better.</p>", ladder_plot(results)]
        parts.append(f'<h2>The highest rate</h2><div class="plots"><div>{search_plot(results["trials"])}</div></div>')
    if results["scaling"]:
        parts += ["<h2>Growth</h2><p>The dashed line grows linearly from zero to the largest point.</p>",
                  f'<div class="plots">{scaling_plots(results["scaling"])}</div>', marked_table(scaling.table(results["scaling"]))]
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>wsfanout beside the floor</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n")


PLACES = {1: "The server has one CPU to itself; generator and broker share the other.",
          2: "The server runs two shards on the CPUs that generator and broker use as well: latencies and highest rates hold their share too."}
