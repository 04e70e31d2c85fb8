'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { connected, refused } = require('./vinculo');

test('a wrong token is asked again and a right one completes the link', async () => {
  const client = await connected();
  const asked = (call) => refused(call, 428, 'token_required');
  const registration = client.links.register('heimdall_mx_retail', 'mfa_default', 'pass_valid');
  const first = await asked(registration);
  assert.equal((await client.links.detail(first.link)).status, 'unconfirmed');
  await refused(client.accounts.retrieve(first.link), 400, 'unconfirmed_link');

  const second = await asked(client.links.resume(first.session, '999999', first.link));
  const link = await client.links.resume(second.session, '111111', first.link);
  assert.equal(link.id, first.link);
  assert.equal(link.status, 'valid');
  const over = client.links.resume(second.session, '111111', first.link);
  await refused(over, 400, 'session_expired');
  assert.equal(await client.links.delete(link.id), true);
});

test('a retrieval that is asked for a token goes on where it stopped', async () => {
  const client = await connected();
  const registration = client.links.register('gotham_co_business', 'mfa_default', 'pass_valid', {
    accessMode: 'single',
  });
  const first = await refused(registration, 428, 'token_required');
  await client.links.resume(first.session, '111111');
  const paused = await refused(client.owners.retrieve(first.link), 428, 'token_required');
  const owners = await client.owners.resume(paused.session, '111111', first.link);
  assert.ok(owners.length > 0 && owners.every((owner) => owner.link === first.link));
  assert.equal(await client.links.delete(first.link), true);
});
