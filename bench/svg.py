"""Small plots as inline SVG, coloured by the page's style sheet: class "s-NAME" is the colour of a server."""
import html
import math


class Axis:
    """Maps values to pixels, with ticks; logarithmic where `log`."""

    def __init__(self, values, pixels, log=True, pad=1.15):
        values = [value for value in values if value is not None and (value > 0 or not log)]
        self.log, self.pixels = log, pixels
        low, high = (min(values), max(values)) if values else (1, 10)
        self.low, self.high = (low / pad, high * pad) if log else (min(0, low), high * pad or 1)

    def at(self, value):
        f = math.log if self.log else float
        low, high = f(self.low), f(self.high)
        share = (f(min(max(value, self.low), self.high)) - low) / (high - low)
        return self.pixels[0] + share * (self.pixels[1] - self.pixels[0])

    def ticks(self):
        if not self.log:
            step = 10 ** math.floor(math.log10(self.high))
            step = step / 5 if self.high / step < 2 else step / 2 if self.high / step < 5 else step
            return [step * i for i in range(int(self.high / step) + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        steps = (1, 2, 5) if len(decades) <= 4 else (1,)
        return [step * 10 ** decade for decade in decades for step in steps if self.low <= step * 10 ** decade <= self.high]


def short(value):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{html.escape(words)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def dot(x, y, radius, kind, told):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="{kind}"><title>{html.escape(told)}</title></circle>'


def picture(width, height, parts, label):
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(label)}">{"".join(parts)}</svg>'


def curves(title, series, x_label, y_label, guide=None, slope=False, log_y=True, width=420, height=280):
    """series: {name: [(x, y, what a point tells)]}. guide: (y, its name). slope: a line of exponent 1 for the eye."""
    points = [point for members in series.values() for point in members if point[1] is not None]
    x = Axis([point[0] for point in points], (58, width - 14))
    y = Axis([point[1] for point in points] + ([guide[0]] if guide else []), (height - 42, 34), log=log_y)
    parts = [text(58, 18, title, kind="title"), text(width - 14, height - 6, x_label, "end"), text(4, 30, y_label)]
    for tick in x.ticks():
        parts += [line(x.at(tick), height - 42, x.at(tick), 34, "grid"), text(x.at(tick), height - 26, short(tick), "middle")]
    for tick in y.ticks():
        parts += [line(58, y.at(tick), width - 14, y.at(tick), "grid"), text(52, y.at(tick) + 4, short(tick), "end")]
    if guide:
        parts += [line(58, y.at(guide[0]), width - 14, y.at(guide[0]), "goal"), text(62, y.at(guide[0]) - 4, guide[1], kind="goal")]
    if slope and points:
        last = max(points)
        first_x = min(point[0] for point in points)
        low = max(last[1] * first_x / last[0], y.low)
        parts.append(line(x.at(last[0] * low / last[1]), y.at(low), x.at(last[0]), y.at(last[1]), "slope"))
    for name, members in series.items():
        members = sorted(point for point in members if point[1] is not None)
        path = " ".join(f"{x.at(px):.1f},{y.at(py):.1f}" for px, py, _ in members)
        parts.append(f'<polyline points="{path}" class="line s-{name}"/>')
        parts += [dot(x.at(px), y.at(py), 3.5, f"dot s-{name}", f"{name}: {told}") for px, py, told in members]
    return picture(width, height, parts, title)
