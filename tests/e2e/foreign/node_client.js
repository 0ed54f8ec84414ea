// node node_client.js URL: runs seed_client.js on the package ws.
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const { WebSocket } = require('ws');

const source = fs.readFileSync(path.join(__dirname, 'seed_client.js'), 'utf8');
vm.runInNewContext(source, { WebSocket, JSON, address: process.argv[2], say: (line) => console.log(line) });
