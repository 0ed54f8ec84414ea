"""Texts of FxRateUpdated events. Numbers are given as text, so that a test decides each byte."""

TIMESTAMP = "2024-01-15T10:30:00.000Z"


def rate_event(pair, rate="1.0850", *, bid="1.0845", ask="1.0855", event_id="550e8400-e29b-41d4-a716-446655440000",
               padding=0):
    """An event as the seed prints it, on one line; `padding` adds a member of that many bytes."""
    filler = f',"note":"{"x" * padding}"' if padding else ""
    return (
        f'{{"eventId":"{event_id}","eventType":"FxRateUpdated","timestamp":"{TIMESTAMP}","fxRate":{{'
        f'"currencyPair":"{pair}","rate":{rate},"bid":{bid},"ask":{ask},"timestamp":"{TIMESTAMP}",'
        f'"source":"ExternalFXProvider","confidenceScore":0.95}}{filler}}}'
    )


def numbered(pair, count, *, first=0, padding=0):
    """Events of one pair that can be told apart and put in order by their eventId."""
    return [rate_event(pair, f"1.{i:05d}", event_id=f"{pair}-{i}", padding=padding) for i in range(first, first + count)]


def as_update(event):
    """The message in which a client without extensions gets the event, to the letter."""
    return f'{{"type":"rateUpdate","event":{event}}}'


def some_pairs(count):
    """`count` different valid pairs."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [f"AAA{letters[i // 676 % 26]}{letters[i // 26 % 26]}{letters[i % 26]}" for i in range(count)]
