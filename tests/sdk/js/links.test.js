'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { BANK, connected, ids, raw, refused, register, somebody } = require('./vinculo');

test('a link is registered, found, repaired, changed and deleted', async () => {
  const client = await connected();
  const externalId = `js-${somebody()}`;
  const link = await register(client, { externalId });
  assert.equal(link.status, 'valid');
  assert.equal(link.access_mode, 'single');
  assert.equal(link.external_id, externalId);
  assert.equal((await client.links.detail(link.id)).id, link.id);

  const filters = {
    external_id: externalId,
    status__in: 'valid,invalid',
    created_at__range: `${link.created_at},${link.created_at}`,
  };
  assert.deepEqual(ids(await client.links.list({ filters })), [link.id]);
  assert.deepEqual(await client.links.list({ filters: { ...filters, status__in: 'invalid' } }), []);

  const updated = await client.links.update(link.id, { password: 'fuller' });
  assert.equal(updated.status, 'valid');
  const recurrent = await client.links.patch(link.id, { accessMode: 'recurrent' });
  assert.equal(recurrent.refresh_rate, '7d');
  const single = await client.links.patch(link.id, { accessMode: 'single' });
  assert.equal(single.refresh_rate, null);

  assert.equal(await client.links.delete(link.id), true);
  assert.equal(await client.links.delete(link.id), false);
  await refused(client.links.detail(link.id), 404, 'not_found');
});

test('recurrent is the default', async () => {
  const client = await connected();
  const link = await client.links.register(BANK, somebody(), 'full');
  assert.equal(link.access_mode, 'recurrent');
});

test('errors carry their code', async () => {
  const client = await connected();
  await refused(client.links.register(BANK, 'user_invalid', 'pass_invalid'), 400, 'login_error');
  await refused(client.links.register('narnia', 'user', 'pass'), 400, 'does_not_exist');
  const login = somebody();
  const first = await client.links.register(BANK, login, 'full');
  const error = await refused(client.links.register(BANK, login, 'full'), 400, 'duplicated');
  assert.equal(error.institution_user_id, first.institution_user_id);
});

test('more links than a page holds are listed up to the limit', async () => {
  const client = await connected();
  const { body } = await raw('GET', '/api/links/?page_size=1');
  assert.equal((await client.links.list({ limit: 1500 })).length, Math.min(1500, body.count));
  assert.equal((await client.links.list({ limit: 3 })).length, 3);
});
