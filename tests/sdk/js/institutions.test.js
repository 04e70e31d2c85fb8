'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { connected } = require('./vinculo');

test('the list is the same whatever the page size', async () => {
  const client = await connected();
  const everything = await client.institutions.list({ limit: 1000 });
  assert.ok(everything.length >= 15);
  assert.deepEqual(await client.institutions.list({ filters: { page_size: 4 } }), everything);
  assert.deepEqual(await client.institutions.list({ limit: 7 }), everything.slice(0, 7));
});

test('the detail is found by its integer id', async () => {
  const client = await connected();
  const [bank] = await client.institutions.list({ filters: { name: 'erebor_mx_retail' } });
  assert.deepEqual(await client.institutions.detail(bank.id), bank);
});
