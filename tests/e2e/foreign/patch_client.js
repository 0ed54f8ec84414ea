// node patch_client.js URL: keeps the document of quotes by fast-json-patch. Told "pause" or "resume" on its standard
// input, it stops reading its socket or goes on; told "until SYMBOL PRICE", it prints the document once the symbol has
// that price, and the number of messages that it took to get there.
const readline = require('readline');
const { applyPatch } = require('fast-json-patch');
const { WebSocket } = require('ws');

const socket = new WebSocket(process.argv[2]);
let document = { quotes: {} };
let messages = 0;
let wanted = null;

function look() {
  if (wanted === null) return;
  const quote = document.quotes[wanted.symbol];
  if (quote === undefined || quote.current_price !== wanted.price) return;
  console.log(JSON.stringify({ messages, document }));
  wanted = null;
}

socket.on('message', (data) => {
  const message = JSON.parse(data);
  document = applyPatch(document, message.operations, true).newDocument;
  if (messages === 0) console.log('joined');
  messages += 1;
  look();
});
socket.on('error', (error) => { console.log(`error ${error.message}`); process.exit(1); });

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, symbol, price] = line.split(' ');
  if (order === 'pause') { socket._socket.pause(); console.log('paused'); }
  if (order === 'resume') socket._socket.resume();
  if (order === 'until') { wanted = { symbol, price: Number(price) }; look(); }
});
