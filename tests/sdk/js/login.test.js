'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { Client, connected, id, url } = require('./vinculo');

test('right keys let the client in', async () => {
  assert.ok((await connected()).links);
});

test('wrong keys do not', async (t) => {
  t.mock.method(console, 'log', () => {}); // the SDK prints the whole refused request
  await assert.rejects(new Client(id, 'not-it', url).connect(), /Login failed/);
});
