"""wsclient as a test starts it."""
from .process import binary
from .waiting import eventually


def wsclient(server, *words):
    return [binary("wsclient"), "--url", server.url, *words]


def wait_for_subscribers(server, count=1):
    eventually(lambda: server.spring_metric("websocket.subscriptions.total") >= count, what=f"{count} subscriptions")
