"""wsfanout with the quotes-patch protocol, its tokens, its clients, and prices at random."""
import json
import random
import time

import jsonpatch
import jwt

from .client import WsClient
from .fanout import Fanout
from .redis import encoded

SECRET = "a secret of thirty-two bytes or more"
CHANNEL = "price_updates"
SYMBOLS = ["AAPL", "GOOGL", "MSFT", "AMZN", "TSLA", "META", "NVDA", "NFLX", "AMD", "BRK.B"]
LAST = "T"  # the symbol by whose price a client knows that all is said


def token(user="ada", secret=SECRET, lives_s=300, **more):
    return jwt.encode({"sub": user, "exp": int(time.time()) + lives_s, **more}, secret, "HS256")


class QuotesPatch(Fanout):
    """Serves documents of quotes at /ws/quotes to those with a token of SECRET."""

    def __init__(self, *flags, env=None, **options):
        super().__init__("--protocol", "quotes-patch", *flags, env={"JWT_SECRET": SECRET, **(env or {})}, **options)

    def query(self, symbols=SYMBOLS, user="ada", **more):
        return "?" + "&".join(f"{name}={value}" for name, value in
                              {"symbols": ",".join(symbols), "token": token(user), **more}.items())

    @property
    def url(self):
        return f"ws://{self.authority}/ws/quotes"

    def join(self, symbols=SYMBOLS, user="ada", query=None, via=None, **options):
        """A connection, its first message not yet received. `via`: HOST:PORT of a line that leads here."""
        url = f"ws://{via}/ws/quotes" if via else self.url
        return WsClient(url + self.query(symbols, user, **(query or {})), welcome=False, **options)

    def document(self, symbols=SYMBOLS, **query):
        """What a client that comes now is told: the server's own quotes."""
        client = self.join(symbols, query=query)
        try:
            return Document(client).take()
        finally:
            client.drop()


class Document:
    """What a client makes of the messages of one connection, by a foreign library (RFC 6902)."""

    def __init__(self, client):
        self.client = client
        self.value = {"quotes": {}}
        self.messages = 0
        self.operations = 0

    def take(self, deadline_s=20):
        message = json.loads(self.client.receive(deadline_s))
        assert list(message) == ["type", "operations"] and message["type"] == "quotes_patch", message
        assert message["operations"], "no message is empty"
        self.value = jsonpatch.apply_patch(self.value, message["operations"], in_place=True)
        self.messages += 1
        self.operations += len(message["operations"])
        return self.value

    def take_until(self, price, symbol=LAST):
        """Reads on until the symbol has this price."""
        while self.value["quotes"].get(symbol, {}).get("current_price") != price:
            self.take()
        return self.value


class RandomPrices:
    """Events for CHANNEL: some of the symbols, in each some of the fields, numbers in several spellings."""

    def __init__(self, seed, symbols=SYMBOLS):
        self.random = random.Random(seed)
        self.symbols = symbols
        self.quotes = {symbol: {} for symbol in symbols}

    def number(self, least=1.0, most=999.0):
        value = self.random.uniform(least, most)
        return self.random.choice(["{:.2f}", "{:.4f}", "{:.0f}", "{:.3e}", "{:.1f}00"]).format(value)

    def event(self):
        parts = []
        for symbol in self.random.sample(self.symbols, self.random.randint(1, len(self.symbols))):
            members = {"current_price": self.number()}
            if self.random.random() < 0.5:
                members["change"] = self.number(-9, 9)
            if self.random.random() < 0.5:
                members["change_percent"] = self.number(-2, 2)
            if self.random.random() < 0.5:
                members["last_updated"] = str(1_700_000_000_000 + self.random.randrange(1_000))
            parts.append(f'"{symbol}":{{' + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}")
        return "{" + ",".join(parts) + "}"


def publish(redis, events):
    """All in one pipeline; returns when Redis has passed them on."""
    with redis.connect() as connection, connection.makefile("rb") as replies:
        for first in range(0, len(events), 500):
            some = events[first:first + 500]
            connection.sendall(b"".join(encoded(["PUBLISH", CHANNEL, event]) for event in some))
            for _ in some:
                assert replies.readline().startswith(b":")


def price_of(symbol, price):
    return json.dumps({symbol: {"current_price": price}})
