// Says which extensions were agreed on and the first update, to the letter.
const ws = new WebSocket(address);
ws.onopen = () => ws.send(JSON.stringify({ action: 'subscribe', currencyPairs: ['EURUSD'] }));
ws.onmessage = ({ data }) => {
  if (JSON.parse(data).type === 'rateUpdate') say(`${ws.extensions} ${data}`);
};
