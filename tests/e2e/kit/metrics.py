"""The Prometheus text format, read."""
import re

SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')


class Metrics:
    """The samples of one scrape."""

    def __init__(self, text):
        self.text = text
        self.samples = []
        self.families = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.families[name] = kind
            elif line and not line.startswith("#"):
                match = SAMPLE.match(line)
                assert match, f"not a sample of the text format: {line!r}"
                name, labels, value = match.groups()
                self.samples.append((name, dict(LABEL.findall(labels or "")), float(value)))

    def value(self, name, **labels):
        """The sum of the samples of this name that carry these labels; None where there is no such sample."""
        values = [value for sample, has, value in self.samples
                  if sample == name and all(has.get(key) == wanted for key, wanted in labels.items())]
        return sum(values) if values else None

    def by_label(self, name, label):
        return {has[label]: value for sample, has, value in self.samples if sample == name and label in has}
