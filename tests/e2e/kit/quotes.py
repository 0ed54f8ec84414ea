"""wsfanout with the quotes protocol, and its tokens."""
import json
import time

import jwt

from .fanout import Fanout

SECRET = "dev-secret"

AAPL = '{"symbol":"AAPL","price":150.250,"change":-2.50,"change_percent":-1.60,"timestamp":1761561000000}'


def token(user="ada", secret=SECRET, lives_s=300, **more):
    return jwt.encode({"sub": user, "exp": int(time.time()) + lives_s, **more}, secret, "HS256")


class Quotes(Fanout):
    """Serves at /ws/market-data what is published in the Redis on quote:{symbol}, to those with a token of SECRET."""

    def __init__(self, redis_url, *flags, env=None, **options):
        super().__init__("--protocol", "quotes", "--redis", redis_url, *flags, env={"JWT_SECRET": SECRET, **(env or {})},
                         **options)

    @property
    def url(self):
        return f"ws://{self.authority}/ws/market-data"

    def join(self, user="ada", query="", **claims):
        return self.connect(f"?token={token(user, **claims)}{query}", welcome=False)

    def wait_for_symbols(self, count):
        """So many are subscribed to, and Redis has said so: what is published from here on comes."""
        self.wait_for_counter("redis_subscriptions_total", count, 20, protocol="quotes")
        return self


def subscribe(client, *symbols, **members):
    answer = json.loads(client.ask({"type": "subscribe", "symbols": list(symbols), **members}))
    assert answer == {"type": "subscribed", "symbols": list(symbols)}, answer
    return client
