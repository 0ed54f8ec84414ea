// The program that users of the service were given for JavaScript, up to its address and where it writes.
// In a browser the page sets `address` and `say`; under Node the package ws stands in for the browser's WebSocket.
/* global address, say */
const ws = new WebSocket(address);

ws.onopen = function () {
  say('Connected!');
  ws.send(JSON.stringify({
    action: 'subscribe',
    currencyPairs: ['EURUSD', 'GBPUSD', 'USDJPY']
  }));
};

ws.onmessage = function (event) {
  const data = JSON.parse(event.data);
  say('Received: ' + event.data);

  if (data.type === 'rateUpdate') {
    say('Rate Update: ' + data.event.fxRate.currencyPair + ' ' + data.event.fxRate.rate);
  }
  if (data.type === 'subscribed') {
    ws.send(JSON.stringify({
      action: 'unsubscribe',
      currencyPairs: ['GBPUSD']
    }));
    ws.send(JSON.stringify({ action: 'ping' }));
  }
};

ws.onerror = function (error) {
  say('WebSocket error: ' + (error.message || ''));
};

ws.onclose = function (event) {
  say('Disconnected ' + event.code + ' ' + event.reason);
};
