'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { connected, daysAgo, ids, raw, refused, register, sorted } = require('./vinculo');

test('accounts are retrieved, listed, found and deleted', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  const unsaved = await client.accounts.retrieve(link, { saveData: false });
  assert.ok(unsaved.length > 0);
  assert.deepEqual(await client.accounts.list({ filters: { link } }), []);
  const accounts = await client.accounts.retrieve(link);
  const stored = await client.accounts.list({ filters: { link } });
  assert.deepEqual(sorted(ids(stored)), sorted(ids(accounts)));
  assert.deepEqual(await client.accounts.detail(stored[0].id), stored[0]);
  assert.equal(await client.accounts.delete(stored[0].id), true);
  await refused(client.accounts.detail(stored[0].id), 404, 'not_found');
});

test('a year of transactions is listed whole with a limit above the largest page', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  const [dateFrom, dateTo] = [await daysAgo(365), await daysAgo(0)];
  await client.transactions.retrieve(link, dateFrom, { dateTo });
  const { body } = await raw('GET', `/api/transactions/?link=${link}&page_size=1`);
  assert.ok(body.count > 100);
  const everything = await client.transactions.list({ limit: 1500, filters: { link } });
  assert.equal(new Set(ids(everything)).size, Math.min(1500, body.count));
  assert.equal((await client.transactions.list({ filters: { link } })).length, 100);

  const since = everything[50].value_date;
  const recent = await client.transactions.list({
    limit: 1500,
    filters: { link, value_date__gte: since, type__in: 'INFLOW,OUTFLOW' },
  });
  const expected = everything.filter((t) => t.value_date >= since);
  assert.deepEqual(sorted(ids(recent)), sorted(ids(expected)));

  const [one] = everything;
  assert.deepEqual(await client.transactions.detail(one.id), one);
  assert.equal(await client.transactions.delete(one.id), true);
  assert.equal(await client.transactions.delete(one.id), false);
});

test('a clamped page goes on with every filter', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  await client.transactions.retrieve(link, await daysAgo(365), { dateTo: await daysAgo(0) });
  const { body } = await raw('GET', `/api/transactions/?link=${link}&page_size=5000`);
  assert.equal(body.results.length, Math.min(1000, body.count));
  const { body: first } = await raw('GET', `/api/transactions/?link=${link}&type=OUTFLOW&page_size=9`);
  const next = new URL(first.next);
  assert.equal(next.searchParams.get('link'), link);
  assert.equal(next.searchParams.get('type'), 'OUTFLOW');
  assert.equal(next.searchParams.get('page'), '2');
});

test('transactions are not listed without a link', async () => {
  const client = await connected();
  await assert.rejects(client.transactions.list(), { statusCode: 400 });
});

test('balances are retrieved and listed', async () => {
  const client = await connected();
  const link = (await register(client)).id;
  const read = await client.balances.retrieve(link, await daysAgo(30), { dateTo: await daysAgo(0) });
  assert.ok(read.length > 0);
  const stored = await client.balances.list({ limit: 1000, filters: { link } });
  assert.deepEqual(sorted(ids(stored)), sorted(ids(read)));
});

test('owners are retrieved, listed over several pages, filtered and deleted', async () => {
  const client = await connected();
  const links = [(await register(client)).id, (await register(client)).id];
  assert.ok((await client.owners.retrieve(links[0], { saveData: false })).length > 0);
  const stored = [];
  for (const link of links) stored.push(...(await client.owners.retrieve(link)));
  const filters = { link__in: links.join(','), page_size: 1 };
  const listed = await client.owners.list({ filters });
  assert.deepEqual(sorted(ids(listed)), sorted(ids(stored)));

  const [one] = listed;
  const found = await client.owners.list({ filters: { link: one.link, email: one.email } });
  assert.ok(ids(found).includes(one.id));
  assert.equal((await client.owners.detail(one.id)).id, one.id);
  assert.equal(await client.owners.delete(one.id), true);
  await refused(client.owners.detail(one.id), 404, 'not_found');
});

test('a malformed body is refused field by field', async () => {
  const client = await connected();
  const error = await refused(client.accounts.retrieve('not-a-uuid'), 400, 'invalid');
  assert.equal(error.field, 'link');
});
