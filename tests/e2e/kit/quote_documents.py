"""wsfanout with the quotes-patch protocol, and what its messages make."""
from .fanout import Fanout
from .notify import SECRET, token


class QuoteServer(Fanout):
    """Serves at /ws/quotes the quotes that it makes up, or those of a Redis, to those with a token of SECRET."""

    def __init__(self, *flags, redis_url=None, env=None, **options):
        redis = ["--redis", redis_url] if redis_url else []
        super().__init__("--protocol", "quotes-patch", *redis, *flags, env={"JWT_SECRET": SECRET, **(env or {})}, **options)

    @property
    def url(self):
        return f"ws://{self.authority}/ws/quotes"

    def join(self, symbols, user="ada"):
        return self.connect(f"?symbols={symbols}&token={token(user)}", welcome=False)


def apply(document, message):
    """The document after the operations of a quotes_patch; those of them that this protocol uses."""
    for operation in message["operations"]:
        *parents, last = operation["path"].split("/")[1:]
        place = document
        for name in parents:
            place = place[name]
        assert operation["op"] in ("add", "replace") and (operation["op"] == "add" or last in place), operation
        place[last] = operation["value"]
    return document
