"""MarketDataService by foreign hands: a client, and a server for wsfanout to read from, of grpcio and what protoc makes."""
import os
import queue
import subprocess
import sys
import threading
from concurrent import futures

import grpc

from .fanout import Fanout
from .process import Process, binary
from .quotes import SECRET, Quotes
from .waiting import FACTOR, eventually

PROTO = os.path.join(os.path.dirname(__file__), *[".."] * 3, "lib", "grpc", "market_data.proto")
STREAM = "/MarketDataService/StreamQuotes"
SMALL_WINDOWS = [("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 1024)]
SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"  # HealthCheckResponse (grpc.health.v1)


def generate(folder):
    """The module of the messages, as protoc makes it for Python."""
    subprocess.run(["protoc", "--proto_path", os.path.dirname(PROTO), f"--python_out={folder}", PROTO], check=True)
    sys.path.insert(0, str(folder))
    try:
        import market_data_pb2
    finally:
        sys.path.remove(str(folder))
    return market_data_pb2


class MarketData(Quotes):
    """wsfanout that serves MarketDataService from Redis."""

    def __init__(self, redis_url, *flags, grpc_port=0, **options):
        super().__init__(redis_url, "--grpc-listen", f"127.0.0.1:{grpc_port}", *flags, **options)
        found = self.err.wait_for(r"serving MarketDataService on 127\.0\.0\.1:(\d+)")
        self.grpc_port = int(found.group(1))

    @property
    def target(self):
        return f"127.0.0.1:{self.grpc_port}"


class Gateway(Quotes):
    """wsfanout whose quotes come from a MarketDataService."""

    def __init__(self, target, *flags, env=None, **options):
        Fanout.__init__(self, "--protocol", "quotes", "--grpc", target, *flags, env={"JWT_SECRET": SECRET, **(env or {})},
                        **options)

    def wait_for_symbols(self, count):
        """So many have been asked for upstream; that the answer is on its way is for the caller to see."""
        self.wait_for_counter("wsfanout_grpc_upstream_symbols", count, 20)
        return self


class QuotePublisher(Process):
    """ratepub that serves MarketDataService with quotes of its own."""

    def __init__(self, *flags, **options):
        super().__init__([binary("ratepub"), "--protocol", "quotes", "--grpc-listen", "127.0.0.1:0", *flags], **options)
        self.target = self.err.wait_for(r"as MarketDataService on (127\.0\.0\.1:\d+)").group(1)

    def totals(self):
        """How many quotes were published, reached nobody, and were sent; once it has ended."""
        found = self.err.wait_for(r" (\d[\d,]*) published · (\d[\d,]*) reached nobody · (\d[\d,]*) sent to streams")
        return tuple(int(number.replace(",", "")) for number in found.groups())


class Client:
    """A client of a MarketDataService. `small`: with windows that do not grow, on a connection of its own."""

    def __init__(self, target, messages, credentials=None, small=False):
        self.messages = messages
        self.streams = []
        options = SMALL_WINDOWS if small else []
        self.channel = (grpc.secure_channel(target, credentials, options) if credentials
                        else grpc.insecure_channel(target, options))

    def close(self):
        self.channel.close()

    def stream(self, *symbols, **metadata):
        """A StreamQuotes call, subscribed to the symbols; what was asked for is on its way."""
        stream = ClientStream(self.channel, self.messages, metadata)
        self.streams.append(stream)  # one that nobody holds is cancelled
        if symbols:
            stream.ask("subscribe", *symbols)
        return stream

    def call(self, name, request, response, **metadata):
        method = self.channel.unary_unary(f"/MarketDataService/{name}", request_serializer=type(request).SerializeToString,
                                          response_deserializer=response.FromString)
        return method(request, metadata=list(metadata.items()), timeout=20 * FACTOR)

    def market_data(self, symbol, **metadata):
        return self.call("GetMarketData", self.messages.GetMarketDataRequest(symbol=symbol),
                         self.messages.GetMarketDataResponse, **metadata)

    def batch(self, *symbols, **metadata):
        answer = self.call("GetBatchMarketData", self.messages.GetBatchMarketDataRequest(symbols=symbols),
                           self.messages.GetBatchMarketDataResponse, **metadata)
        return [one.symbol for one in answer.market_data]

    def health(self, service=b"MarketDataService"):
        check = self.channel.unary_unary("/grpc.health.v1.Health/Check")
        return check(b"\n" + bytes([len(service)]) + service, timeout=20 * FACTOR)


class ClientStream:
    def __init__(self, channel, messages, metadata):
        self.messages = messages
        self.requests = queue.Queue()
        method = channel.stream_stream(STREAM, request_serializer=messages.StreamQuotesRequest.SerializeToString,
                                       response_deserializer=messages.StreamQuotesResponse.FromString)
        self.call = method(iter(self.requests.get, None), metadata=list(metadata.items()), timeout=120 * FACTOR)

    def ask(self, action, *symbols):
        self.requests.put(self.messages.StreamQuotesRequest(action=action, symbols=symbols))

    def half_close(self):
        self.requests.put(None)

    def receive(self):
        """The next message. Who does not ask reads no more than the connection's windows hold."""
        return next(self.call)

    def receive_until(self, price):
        """The prices of quotes up to this one."""
        prices = [self.receive().price]
        while prices[-1] != price:
            prices.append(self.receive().price)
        return prices

    def end(self):
        """How the stream ended, once what was sent before is read."""
        try:
            for _ in self.call:
                pass
        except grpc.RpcError as error:
            return error.code(), error.details()
        return self.call.code(), self.call.details()


class Upstream:
    """A MarketDataService that sends what a test says, and remembers what it was told."""

    def __init__(self, messages):
        self.messages = messages
        self.port = 0
        self.streams = []  # of all times
        self.changed = threading.Condition()
        self.server = None
        self.start()

    def start(self):
        """Again on the port that it had before."""
        self.server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
        handler = grpc.stream_stream_rpc_method_handler(
            self._serve, request_deserializer=self.messages.StreamQuotesRequest.FromString,
            response_serializer=self.messages.StreamQuotesResponse.SerializeToString)
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("MarketDataService", {"StreamQuotes": handler})])
        self.port = eventually(lambda: self._listen(), 20, "the port to be free")
        self.server.start()
        return self

    def _listen(self):
        try:
            return self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        except RuntimeError:
            return None

    def stop(self):
        if self.server:
            self.server.stop(0).wait(20 * FACTOR)
        self.server = None

    @property
    def target(self):
        return f"127.0.0.1:{self.port}"

    def _serve(self, requests, context):
        stream = UpstreamStream(dict(context.invocation_metadata()))
        context.add_callback(lambda: stream.outgoing.put(None))
        threading.Thread(target=self._listen_to, args=(stream, requests), daemon=True).start()
        with self.changed:
            self.streams.append(stream)
            self.changed.notify_all()
        yield from iter(stream.outgoing.get, None)

    def _listen_to(self, stream, requests):
        try:
            for request in requests:
                with self.changed:
                    stream.take(request.action, list(request.symbols))
                    self.changed.notify_all()
        except Exception:  # grpcio throws a bare one when the call ends
            pass

    def wait_for(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, 20 * FACTOR), [stream.requests for stream in self.streams]

    def wait_for_symbols(self, *symbols):
        """That the newest stream is asked for these and no others."""
        self.wait_for(lambda: self.streams and self.streams[-1].symbols == set(symbols))

    def send(self, **members):
        self.streams[-1].outgoing.put(self.messages.StreamQuotesResponse(**members))

    def quote(self, symbol, price, **members):
        self.send(type="quote", symbol=symbol, price=price, **members)


class UpstreamStream:
    def __init__(self, metadata):
        self.metadata = metadata
        self.requests = []
        self.symbols = set()
        self.faults = []
        self.outgoing = queue.Queue()

    def take(self, action, symbols):
        self.requests.append((action, symbols))
        if action == "subscribe":
            self.faults += [symbol for symbol in symbols if symbol in self.symbols]
            self.symbols |= set(symbols)
        else:
            self.faults += [symbol for symbol in symbols if symbol not in self.symbols]
            self.symbols -= set(symbols)
