"""permessage-deflate for those who ask for it: whatever decodes it gets the same bytes as everybody else."""
import asyncio
import json
import zlib

import pytest
import websockets

from kit import browser
from kit.events import as_update, numbered, rate_event
from kit.foreign import NODE_ENVIRONMENT, missing, node, script
from kit.process import Process
from kit.waiting import eventually

OFFER = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]
AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def test_python_websockets_gets_the_same_bytes_as_a_plain_client(serve, kafka, topic):
    events = numbered("EURUSD", 20)

    async def receive_compressed():
        async with websockets.connect(fanout.url, compression="deflate") as ws:
            assert [extension.name for extension in ws.extensions] == ["permessage-deflate"]
            await ws.recv()
            await ws.send(json.dumps({"action": "subscribe", "currencyPairs": ["EURUSD"], "id": "x" * 60}))
            assert json.loads(await ws.recv())["type"] == "subscribed", "a compressed request is understood"
            kafka.publish(topic, *events)
            return [await ws.recv() for _ in events]

    fanout = serve(topic, "--shards", "1")
    with fanout.client() as plain:
        plain.subscribe("EURUSD")
        assert asyncio.run(asyncio.wait_for(receive_compressed(), 30)) == plain.receive_some(len(events))
    assert fanout.counter("wsfanout_frames_compressed_total") == len(events)


def test_many_clients_share_one_compressed_frame(serve, kafka, topic):
    fanout = serve(topic, "--shards", "1")
    clients = [fanout.connect(headers=OFFER) for _ in range(5)]
    try:
        for client in clients:
            assert client.handshake_headers["sec-websocket-extensions"] == AGREED
            client.subscribe("EURUSD")
        assert fanout.metrics().value("wsfanout_compressed_sessions") == 5
        kafka.publish(topic, rate_event("EURUSD", padding=2000))
        frames = {client.socket.recv(65536) for client in clients}
        assert len(frames) == 1, "everybody gets the same bytes"
        frame = frames.pop()
        assert frame[0] == 0xC1 and len(frame) < 500, "compressed"
        assert fanout.counter("wsfanout_frames_compressed_total") == 1
    finally:
        for client in clients:
            client.drop()


@pytest.mark.parametrize("flags, headers", [(["--compress", "off"], OFFER), ([], [])], ids=["switched_off", "not_offered"])
def test_who_does_not_ask_or_may_not_have_it_gets_none(serve, topic, flags, headers):
    with serve(topic, *flags).client(headers=headers) as client:
        assert "sec-websocket-extensions" not in client.handshake_headers


def compressed_frame(payload):
    """A client's text frame with RSV1, masked by zeros."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\xc1" + length + bytes(4) + payload


def deflated(data):
    compressor = zlib.compressobj(wbits=-15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


@pytest.mark.parametrize("payload, code, reason", [
    (deflated(b'{"x":"' + b" " * 10_000_000 + b'"}'), 1009, "message too big"),
    (b"\xff\xff\xff", 1007, "invalid compressed data"),
    (deflated(b'{"action":"\xff"}'), 1007, "invalid UTF-8"),
], ids=["a bomb", "broken data", "no UTF-8 inside"])
def test_a_bad_compressed_message_ends_its_own_connection_only(fanout, payload, code, reason):
    with fanout.client() as neighbour, fanout.client(headers=OFFER) as client:
        client.send_bytes(compressed_frame(payload))
        closed = client.expect_close()
        assert (closed.code, closed.reason) == (code, reason)
        assert neighbour.until_pong() == []


def test_node_and_chromium_decode_what_they_are_sent(start, serve, kafka, topic, tmp_path):
    if not browser.chromium():
        missing("Chromium")
    fanout = serve(topic, "--shards", "1")
    with open(script("deflate_client.js"), encoding="utf-8") as file:
        source = file.read()
    page = browser.Page(
        "<!doctype html><title>compressed</title><script>"
        f"const address = {json.dumps(fanout.url)};"
        "const say = (line) => fetch('/', {method: 'POST', body: encodeURIComponent(line)});"
        f"{source}</script>")
    program = ("const {WebSocket} = require('ws'); const say = console.log;"
               f"const address = {json.dumps(fanout.url)}; {source}")
    under_node = start(Process, node("-e", program), env=NODE_ENVIRONMENT)
    chromium = browser.open_page(page, tmp_path)
    try:
        eventually(lambda: fanout.metrics().value("wsfanout_subscriptions") == 2, 40, "both have subscribed")
        event = rate_event("EURUSD")
        kafka.publish(topic, event)
        for lines in (lambda: under_node.out.lines, lambda: page.lines):
            eventually(lines, 20, "an update")
            assert lines()[0].startswith("permessage-deflate")
            assert lines()[0].endswith(" " + as_update(event))
        assert fanout.counter("wsfanout_frames_compressed_total") == 1
    finally:
        chromium.terminate()
        page.close()
