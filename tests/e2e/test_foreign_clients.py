"""Clients that know nothing of this project: each holds the seed's conversation with the server as it is."""
import asyncio
import json
import shutil
import sys

import pytest
import websockets

from kit import browser, notify, trading
from kit.events import as_update, rate_event
from kit.foreign import NODE_ENVIRONMENT, missing, node, script
from kit.process import Process, binary, run
from kit.redis import free_port
from kit.waiting import eventually

def test_the_python_program_of_the_seed(start, fanout, kafka, topic):
    program = start(Process, [sys.executable, script("seed_client.py"), fanout.url])
    program.out.wait_for("Connected!")
    program.out.wait_for("'type': 'subscribed'")
    kafka.publish(topic, rate_event("EURUSD", "1.0851"), rate_event("GBPUSD", "1.2702"))
    program.out.wait_for("^EURUSD: 1.0851$")
    program.out.wait_for("^GBPUSD: 1.2702$")


def expect_the_seeds_javascript(wait_for, publish):
    """What the JavaScript program says, whatever runs it."""
    wait_for("Connected!")
    wait_for('Received: {"type":"unsubscribed","currencyPairs":["GBPUSD"]}')
    wait_for('Received: {"type":"pong","timestamp":"')
    pound, euro = rate_event("GBPUSD", "1.27"), rate_event("EURUSD", "1.0850")
    publish(pound, euro)
    wait_for("Received: " + as_update(euro))
    wait_for("Rate Update: EURUSD 1.085")


def test_the_javascript_program_of_the_seed_under_node(start, fanout, kafka, topic):
    program = start(Process, node(script("node_client.js"), fanout.url), env=NODE_ENVIRONMENT)
    wait_for = lambda text: eventually(lambda: any(line.startswith(text) for line in program.out.lines), what=text)  # noqa: E731
    expect_the_seeds_javascript(wait_for, lambda *events: kafka.publish(topic, *events))
    assert not any("GBPUSD 1.27" in line for line in program.out.lines)
    fanout.stop()
    program.out.wait_for("^Disconnected 1012 service restart$")


def test_the_javascript_program_of_the_seed_in_a_browser(start, fanout, kafka, topic, tmp_path):
    if not browser.chromium():
        missing("Chromium")
    with open(script("seed_client.js"), encoding="utf-8") as file:
        source = file.read()
    page = browser.Page(
        "<!doctype html><title>rates</title><script>"
        f"const address = {json.dumps(fanout.url)};"
        "let last = Promise.resolve();"
        "const say = (line) => { last = last.then(() => fetch('/', {method: 'POST', body: encodeURIComponent(line)})); };"
        f"{source}</script>")
    program = browser.open_page(page, tmp_path)
    try:
        wait_for = lambda text: eventually(  # noqa: E731
            lambda: any(line.startswith(text) for line in page.lines), 40, f"{text} among {page.lines}")
        expect_the_seeds_javascript(wait_for, lambda *events: kafka.publish(topic, *events))
        assert not any("GBPUSD 1.27" in line for line in page.lines)
        fanout.stop()
        wait_for("Disconnected 1012 service restart")
    finally:
        program.terminate()
        page.close()


def test_the_python_library_websockets(fanout, kafka, topic):
    async def converse():
        async with websockets.connect(fanout.url, compression="deflate") as ws:
            assert json.loads(await ws.recv())["type"] == "connected"
            assert [extension.name for extension in ws.extensions] == ["permessage-deflate"]
            await ws.send(json.dumps({"action": "subscribe", "currencyPairs": ["EURUSD"]}))
            assert json.loads(await ws.recv())["type"] == "subscribed"
            kafka.publish(topic, rate_event("EURUSD"))
            assert await ws.recv() == as_update(rate_event("EURUSD"))
            await asyncio.wait_for(await ws.ping(), 5)
            await ws.close(1000, "enough")
            assert (ws.close_code, ws.close_reason) == (1000, "bye")

    asyncio.run(asyncio.wait_for(converse(), 30))


def test_curl_sees_health_metrics_and_what_an_upgrade_needs(fanout):
    def curl(*arguments):
        done = run(["curl", "-sS", "--max-time", "10", *arguments])
        assert done.exit_code == 0, done.err.text
        return done.out.text

    base = f"http://{fanout.authority}"
    assert json.loads(curl(base + "/actuator/health"))["status"] == "UP"
    assert "# TYPE" in curl(base + "/metrics")
    assert curl("-o", "/dev/null", "-w", "%{http_code}", base + "/ws/fx-rates") == "426"
    assert curl("-I", base + "/healthz").split()[1] in ("200", "405")


def test_kcat_publishes_what_a_client_receives(fanout, kafka, topic):
    with fanout.client() as client:
        client.subscribe("EURUSD", "GBPUSD")
        records = f"EURUSD|{rate_event('EURUSD')}\nGBPUSD|\nGBPUSD|{rate_event('GBPUSD')}\n"
        kcat = run(["kcat", "-q", "-b", kafka.address, "-P", "-t", topic, "-p", "0", "-K", "|", "-Z"], stdin=records)
        assert kcat.exit_code == 0, kcat.err.text
        assert client.receive_some(2) == [as_update(rate_event("EURUSD")), as_update(rate_event("GBPUSD"))]


def wscat(start, url):
    """wscat, waiting for messages as a person does who has typed the seed's line."""
    if not shutil.which("wscat"):
        missing("wscat")
    return start(Process, ["wscat", "-c", url], env=NODE_ENVIRONMENT)


def test_wscat_gets_what_is_published_for_its_user_with_the_environment_of_the_seed(start, redis):
    env = {"WEBSOCKET_PORT": str(free_port()), "WEBSOCKET_MAX_CONNECTIONS_PER_USER": "5", "WEBSOCKET_IDLE_TIMEOUT": "300",
           "REDIS_URL": redis.url, "JWT_SECRET_KEY": "your-secret-key", "JWT_ALGORITHM": "HS256",
           "CORS_ORIGINS": '["http://localhost:3000"]'}
    server = start(Process, [binary("wsfanout"), "--protocol", "notify"], env=env)
    server.err.wait_for(f"listening on 0.0.0.0:{env['WEBSOCKET_PORT']}", 20)
    url = f"ws://localhost:{env['WEBSOCKET_PORT']}/ws?token="
    refused = wscat(start, url + notify.token(secret="another key"))
    refused.err.wait_for("401")
    clients = [wscat(start, url + notify.token("user-1", "your-secret-key")) for _ in range(2)]
    health = ["curl", "-s", f"http://localhost:{env['WEBSOCKET_PORT']}/healthz/websocket"]
    eventually(lambda: '"active_connections":2' in run(health).out.text, what="two connections")
    eventually(lambda: redis.publish("ws:user-1", '{"event":"batch_ready","n":1.50}') == 1, what="the channel is held")
    for client in clients:
        client.out.wait_for(r'\{"event":"batch_ready","n":1.50\}')


def test_wscat_gets_prices_and_events_as_the_seed_of_trading_prints_it(start, kafka):
    topics = trading.Topics(kafka)
    server = start(trading.Trading, topics, "--host", "127.0.0.1").wait_until_ready()
    client = wscat(start, f"ws://localhost:{server.port}/ws?token={trading.token()}&assessmentId=test")
    client.out.wait_for('{"type":"connected","connectionId":"')
    topics.publish("market-data.prices", trading.PRICE)
    topics.publish("trading.pnl", trading.PNL.replace("assessment-123", "test"))
    client.out.wait_for('"type":"market_price","market":"BTC","price":42500.50')
    client.out.wait_for('"type":"pnl_update","assessmentId":"test"')
