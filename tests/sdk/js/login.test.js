'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const belvo = require('belvo').default;

const { VINCULO_URL, VINCULO_SECRET_ID, VINCULO_SECRET_PASSWORD } = process.env;

test('right keys let the client in', async () => {
  const client = new belvo(VINCULO_SECRET_ID, VINCULO_SECRET_PASSWORD, VINCULO_URL);
  await client.connect();
  assert.ok(client.links);
});

test('wrong keys do not', async (t) => {
  t.mock.method(console, 'log', () => {}); // the SDK prints the whole refused request
  const client = new belvo(VINCULO_SECRET_ID, 'not-it', VINCULO_URL);
  await assert.rejects(client.connect(), /Login failed/);
});
