'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { connected, raw, register, url } = require('./vinculo');

test('a widget token opens what its scopes allow', async () => {
  const client = await connected();
  const token = await client.widgetToken.create({ widget: { branding: { company_name: 'ACME' } } });
  const open = (path) => fetch(url + path, { headers: { authorization: `Bearer ${token.access}` } });
  assert.equal((await open('/api/institutions/')).status, 200);
  assert.equal((await open('/api/accounts/')).status, 403);
});

test('a token of a link needs no keys in the body', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  const token = await client.links.token(link, 'read_institutions,write_links,read_links');
  const answer = await fetch(`${url}/api/links/${link}/`, {
    headers: { authorization: `Bearer ${token.access}` },
  });
  assert.equal(answer.status, 200);
});

test('the oldest path of link tokens still works', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  const { status, body } = await raw('POST', `/api/links/${link}/token/`, {
    scopes: 'read_links,write_links',
  });
  assert.ok(status === 200 || status === 201);
  assert.deepEqual(Object.keys(body).sort(), ['access', 'refresh']);
});
