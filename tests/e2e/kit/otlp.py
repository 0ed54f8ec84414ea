"""A collector of spans: takes posts of OTLP/HTTP in JSON, checks each to the letter, and answers as a test wants."""
import http.server
import json
import re
import threading
from dataclasses import dataclass

from .waiting import eventually

HEX = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
SPAN_MEMBERS = {"traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes", "status"}
INT64 = re.compile(r"-?\d{1,19}")
KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass
class Span:
    trace: str
    id: str
    parent: str
    name: str
    kind: str
    start_ns: int
    end_ns: int
    failed: bool
    attributes: dict


def value_of(value):
    """An AnyValue of the two kinds that wsfanout writes: text, and 64-bit numbers, which are text as well."""
    (kind, inner), = value.items()
    assert kind in ("stringValue", "intValue") and isinstance(inner, str), value
    assert kind == "stringValue" or INT64.fullmatch(inner), value
    return inner if kind == "stringValue" else int(inner)


def attributes_of(items):
    found = {}
    for item in items:
        assert set(item) == {"key", "value"}, item
        assert item["key"] not in found, f"{item['key']} stands twice"
        found[item["key"]] = value_of(item["value"])
    return found


def span_of(raw):
    assert set(raw) <= SPAN_MEMBERS and SPAN_MEMBERS - set(raw) <= {"parentSpanId", "attributes"}, raw
    for member, digits in HEX.items():
        text = raw.get(member, "1" * digits)
        assert re.fullmatch(f"[0-9a-f]{{{digits}}}", text) and set(text) != {"0"}, raw
    assert isinstance(raw["kind"], int) and raw["status"] in ({}, {"code": 2}), raw
    times = [raw["startTimeUnixNano"], raw["endTimeUnixNano"]]
    assert all(isinstance(time, str) and re.fullmatch(r"\d{19}", time) for time in times), raw
    start_ns, end_ns = map(int, times)
    assert start_ns <= end_ns, raw
    return Span(raw["traceId"], raw["spanId"], raw.get("parentSpanId"), raw["name"], KINDS[raw["kind"]], start_ns, end_ns,
                raw["status"] == {"code": 2}, attributes_of(raw.get("attributes", [])))


def read_request(body):
    """(the resource's attributes, spans) of an ExportTraceServiceRequest as wsfanout writes it."""
    request = json.loads(body)
    assert set(request) == {"resourceSpans"} and len(request["resourceSpans"]) == 1, request
    of_resource = request["resourceSpans"][0]
    assert set(of_resource) == {"resource", "scopeSpans"} and set(of_resource["resource"]) == {"attributes"}, of_resource
    assert len(of_resource["scopeSpans"]) == 1, of_resource
    of_scope = of_resource["scopeSpans"][0]
    assert set(of_scope) == {"scope", "spans"} and of_scope["scope"]["name"] == "wsfanout" and of_scope["spans"], of_scope
    return attributes_of(of_resource["resource"]["attributes"]), [span_of(raw) for raw in of_scope["spans"]]


class Collector:
    """On a port of its own. `answers`: (status, headers) of the first posts; then 200. Spans count once they are taken."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.posts = []  # (headers, body)
        self.faults = []
        self.resources = []
        self._spans = []
        self._lock = threading.Lock()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                status, headers = collector.take(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                body = b"{}" if status == 200 else b'{"message":"not now"}'
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1/traces"

    def take(self, path, headers, body):
        with self._lock:
            self.posts.append((headers, body))
            answer = self.answers.pop(0) if self.answers else (200, {})
            try:
                assert path == "/v1/traces" and headers["Content-Type"] == "application/json", (path, dict(headers))
                resource, spans = read_request(body)
                if answer[0] == 200:
                    self.resources.append(resource)
                    self._spans += spans
            except Exception as fault:  # told to the test, which runs on another thread
                self.faults.append(repr(fault))
            return answer

    def spans(self, name=None, trace=None):
        with self._lock:
            assert not self.faults, self.faults
            return [span for span in self._spans if name in (None, span.name) and trace in (None, span.trace)]

    def wait_for(self, count, name=None, trace=None, deadline_s=20):
        """Spans of this name and trace, once there are so many."""
        eventually(lambda: len(self.spans(name, trace)) >= count, deadline_s, f"{count} spans {name or ''}")
        found = self.spans(name, trace)
        assert len(found) == count, found
        return found

    def close(self):
        self._server.shutdown()
        self._server.server_close()
