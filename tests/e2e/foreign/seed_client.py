# The program that users of the service were given for Python; the address is its argument.
import websocket
import json
import sys

def on_message(ws, message):
    data = json.loads(message)
    print(f"Received: {data}", flush=True)

    if data['type'] == 'rateUpdate':
        rate = data['event']['fxRate']
        print(f"{rate['currencyPair']}: {rate['rate']}", flush=True)

def on_open(ws):
    print("Connected!", flush=True)

    # Subscribe
    ws.send(json.dumps({
        'action': 'subscribe',
        'currencyPairs': ['EURUSD', 'GBPUSD']
    }))

ws = websocket.WebSocketApp(
    sys.argv[1],
    on_message=on_message,
    on_open=on_open
)

ws.run_forever()
