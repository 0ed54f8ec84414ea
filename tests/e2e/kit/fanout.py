"""A running wsfanout and what one asks of it."""
import contextlib
import http.client
import json
import signal

from .client import WsClient
from .http import Answer, exchange
from .metrics import Metrics
from .process import Process, binary
from .waiting import FACTOR, eventually

PATH = "/ws/fx-rates"


class Fanout(Process):
    """wsfanout on a free port of 127.0.0.1; constructed, it listens. `tls`: what the test's own requests speak it with."""

    def __init__(self, *flags, tls=None, brokers=None, topic=None, host="127.0.0.1", env=None, group=None, drain="200ms", **options):
        self.topic = topic
        self.tls = tls
        argv = [binary("wsfanout"), "--host", host, "--port", "0", "--drain", drain]
        argv += ["--brokers", brokers] if brokers else []
        argv += ["--topic", topic] if topic else []
        argv += ["--group", group] if group else []
        super().__init__(argv + list(flags), env=env, **options)
        found = self.err.wait_for(r"listening on (\S+):(\d+)", 20)
        self.host = found.group(1).strip("[]")
        self.port = int(found.group(2))

    @property
    def address(self):
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return host, self.port

    @property
    def authority(self):
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def url(self):
        return f"{'wss' if self.tls else 'ws'}://{self.authority}{PATH}"

    def connect(self, query="", **options):
        if self.tls:
            options = {"sslopt": {"context": self.tls}, **options}
        return WsClient(self.url + query, **options)

    @contextlib.contextmanager
    def client(self, **options):
        """A connection that ends with the block."""
        connection = self.connect(**options)
        try:
            yield connection
        finally:
            connection.drop()

    def exchange(self, request):
        return exchange(self.address, request)

    def get(self, path, **headers):
        """A GET by Python's own HTTP client."""
        timeout = 10 * FACTOR
        connection = (http.client.HTTPSConnection(*self.address, timeout=timeout, context=self.tls) if self.tls
                      else http.client.HTTPConnection(*self.address, timeout=timeout))
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.reason, response.getheaders(), response.read())
        finally:
            connection.close()

    def ready(self):
        return self.get("/readyz").status == 200

    def wait_until_ready(self, deadline_s=30):
        """The head of the log is reached: from here on each published event is a live one."""
        eventually(self.ready, deadline_s, "/readyz with status 200")
        return self

    def health(self):
        return self.get("/actuator/health").json

    def metrics(self):
        return Metrics(self.get("/metrics").text)

    def counter(self, name, **labels):
        return self.metrics().value(name, **labels)

    def spring_metric(self, name):
        measurements = self.get(f"/actuator/metrics/{name}").json["measurements"]
        return measurements[0]["value"]

    def wait_for_counter(self, name, wanted, deadline_s=10, **labels):
        eventually(lambda: self.counter(name, **labels) == wanted, deadline_s, f"{name}{labels or ''} = {wanted}")

    def log_lines_as_json(self):
        return [json.loads(line) for line in self.err.lines]

    def stop(self):
        """SIGTERM; the exit code must be 0."""
        if self.running:
            self.send_signal(signal.SIGTERM)
            assert self.wait(20) == 0, self.err.text


def end(process):
    """Each program, whatever the test did with it, ends when asked and leaves no sanitizer report."""
    try:
        if isinstance(process, Fanout) and process.running:
            bugs = process.counter("wsfanout_closes_total", code="1011")
            process.stop()
            assert not bugs, f"wsfanout counted {bugs} internal errors"
        elif process.running:
            process.terminate()
    finally:
        if process.running:
            process.kill()
        print(f"--- {' '.join(process.argv)}\n{process.err.text[-8000:]}")
    assert process.sanitizer_report() is None
