"""wsfanout with the notify protocol, and its tokens."""
import time

import jwt

from .fanout import Fanout

SECRET = "dev-secret"


def token(user="ada", secret=SECRET, lives_s=300, **more):
    return jwt.encode({"sub": user, "exp": int(time.time()) + lives_s, **more}, secret, "HS256")


class Notify(Fanout):
    """Passes on at /ws what is published in the Redis on ws:{user}, to those with a token of SECRET."""

    def __init__(self, redis_url, *flags, env=None, **options):
        super().__init__("--protocol", "notify", *flags,
                         env={"JWT_SECRET_KEY": SECRET, "REDIS_URL": redis_url, **(env or {})}, **options)

    @property
    def url(self):
        return f"ws://{self.authority}/ws"

    def join(self, user="ada", **options):
        return self.connect(f"?token={token(user)}", welcome=False, **options)

    def wait_for_channels(self, count):
        self.wait_for_counter("wsfanout_redis_subscribed", count, 20)
        return self
