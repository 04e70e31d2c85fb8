'use strict';

// Every method of the official SDK with every option it reads, for every resource, from one table.
//
// What is called is written down, and in the end held against what the installed package offers: a
// method or an option that nobody has used is a failure.

const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { BANK, connected, daysAgo, ids, raw, refused, somebody, sorted } = require('./vinculo');

const GOOD = '111111';
const WRONG = '999999';
const NOBODY = '00000000-0000-7000-8000-000000000000';
const SESSION = '0'.repeat(32);

/** What is only known when there is a day and a link. */
const account = ({ account }) => account;
const from = ({ from }) => from;
const to = ({ to }) => to;
const lastYear = ({ to }) => String(Number(to.slice(0, 4)) - 1);
const year = ({ to }) => to.slice(0, 4);
const halfAYearAgo = ({ halfAYearAgo }) => halfAYearAgo;
/** The month before that of `to`. */
const lastMonth = ({ to }) => new Date(Date.UTC(to.slice(0, 4), to.slice(5, 7) - 1, 0));
const lastMonthsYear = (known) => lastMonth(known).getUTCFullYear();
const lastMonthsNumber = (known) => lastMonth(known).getUTCMonth() + 1;

const consonants = (count) =>
  Array.from({ length: count }, () => 'BCDFGHJKLM'[crypto.randomInt(10)]).join('');
/** The tax number of a person of their own. */
const taxpayer = () => `${consonants(4)}850101${crypto.randomInt(100, 1000)}`;
/** The tax number of a company of its own. */
const company = () => `${consonants(3)}850101${crypto.randomInt(100, 1000)}`;

/** The tax number of a Colombian of their own, with its check digit. */
const nit = () => {
  const base = String(crypto.randomInt(1e9, 2e9));
  const weights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43];
  const sum = weights.reduce((sum, weight, at) => sum + weight * base.at(-1 - at), 0);
  return `${base}-${sum % 11 < 2 ? sum % 11 : 11 - (sum % 11)}`;
};

// Who has a resource, and the arguments and options of `retrieve` after the link; each way is tried.
// `document` is the option that asks for a document, and the key that shows it. `resume` is the
// institution of its kind that asks for a token, or how the server ends what is never asked.
const bank = { institution: BANK, login: somebody, ways: [[{}]], resume: 'heimdall_mx_retail' };
const fiscal = { institution: 'tatooine_mx_fiscal', login: taxpayer, ways: [[{}]], resume: 405 };
const pdf = { document: ['attachPDF', 'pdf'] };
const xml = { document: ['attachXML', 'xml'] };
const SERVED = {
  accounts: bank,
  balances: { ...bank, ways: [[from, { dateTo: to, account }]] },
  employmentRecords: {
    institution: 'planet_mx_employment',
    login: () => 'TEMX850715HDFMRR08',
    // Taken, and there is none.
    ways: [[{ attachPDF: true }]],
    resume: 405,
  },
  incomes: { ...bank, ways: [[{ dateFrom: halfAYearAgo, dateTo: to }]] },
  investmentsPortfolios: {
    ...bank,
    institution: 'erebor_br_retail',
    resume: 'heimdall_br_retail',
  },
  invoices: {
    ...fiscal,
    ...xml,
    ways: [[from, to, 'INFLOW', {}], [from, to, 'OUTFLOW', { token: GOOD }]],
    resume: 400,
  },
  owners: bank,
  recurringExpense: bank,
  riskInsights: bank,
  statements: {
    ...bank,
    ...pdf,
    ways: [[account, lastMonthsYear, lastMonthsNumber, {}]],
  },
  taxComplianceStatus: { ...fiscal, ...pdf },
  taxDeclarations: {
    ...fiscal,
    ...pdf,
    institution: 'tatooine_co_fiscal',
    login: nit,
    ways: [[lastYear, year, { token: GOOD }]],
  },
  // Who pays rent withholds from it.
  taxRetentions: { ...fiscal, ...xml, login: company, ways: [[from, to, 'OUTFLOW', {}]] },
  taxReturns: {
    ...fiscal,
    ...pdf,
    ways: [[lastYear, year, { token: GOOD }], [from, to, { type: 'monthly' }]],
  },
  taxStatus: { ...fiscal, ...pdf },
  transactions: { ...bank, ways: [[from, { dateTo: to, account }]] },
};

/** Which methods were called, which options they read, and which they were given. */
const seen = { called: new Set(), read: new Set(), given: new Set() };

/** Calls a method of the SDK. */
function call(client, name, method, ...args) {
  seen.called.add(`${name}.${method}`);
  const watched = args.map((argument) => {
    if (argument === null || typeof argument !== 'object') return argument;
    return new Proxy(argument, {
      get(options, key) {
        if (typeof key === 'string') seen.read.add(`${name}.${method}: ${key}`);
        if (Object.hasOwn(options, key)) seen.given.add(`${name}.${method}: ${String(key)}`);
        return options[key];
      },
    });
  });
  return client[name][method](...watched);
}

/** The arguments of one way to ask, with further options. */
function filled(way, known, more = {}) {
  const value = (one) => (typeof one === 'function' ? one(known) : one);
  const options = Object.entries({ ...way.at(-1), ...more }).map(([key, one]) => [key, value(one)]);
  return [...way.slice(0, -1).map(value), Object.fromEntries(options)];
}

const records = (answer) => (Array.isArray(answer) ? answer : [answer]);
const retrieve = async (client, name, link, args) =>
  records(await call(client, name, 'retrieve', link, ...args));

async function registered(client, institution, login) {
  const link = await client.links.register(institution, login, 'full', { accessMode: 'single' });
  return link.id;
}

const same = (a, b) => a === b;
const OPERATORS = {
  in: same,
  range: same,
  gte: (a, b) => a >= b,
  gt: (a, b) => a > b,
  lte: (a, b) => a <= b,
  lt: (a, b) => a < b,
};

/** The path that the SDK uses for a resource. */
async function pathOf(client, name) {
  let path;
  const { get } = client.session;
  client.session.get = (asked) => (path = `/${asked}`);
  await client[name].detail(NOBODY);
  client.session.get = get;
  return path;
}

/** Every filter finds, by what the first record says, those records that say the same. */
async function checkFilters(client, name, stored, list) {
  const { body } = await raw('GET', '/openapi.json');
  const { parameters } = body.paths[await pathOf(client, name)].get;
  let checked = 0;
  for (const { name: filter } of parameters.filter((parameter) => parameter.in === 'query')) {
    const path = filter.split('__');
    const last = path.at(-1) in OPERATORS ? path.pop() : 'in';
    const says = (record) => {
      const value = path.reduce((at, key) => at?.[key], record);
      return value?.id ?? value;
    };
    const value = says(stored[0]);
    if (!value || !['string', 'number'].includes(typeof value)) continue;
    const found = await list({ [filter]: last === 'range' ? `${value},${value}` : value });
    const expected = stored.filter((record) => {
      const own = says(record);
      return own !== null && own !== undefined && OPERATORS[last](own, value);
    });
    assert.deepEqual(sorted(ids(found)), sorted(ids(expected)), `${filter}=${value}`);
    checked += 1;
  }
  // Of its link, at least, everything can be asked.
  assert.ok(checked >= 2, `only ${checked} filters of ${name} could be tried`);
}

const days = async () => ({
  from: await daysAgo(360),
  halfAYearAgo: await daysAgo(180),
  to: await daysAgo(0),
});

for (const [name, row] of Object.entries(SERVED)) {
  test(`${name}: retrieved, listed, filtered, shown and deleted`, async () => {
    const client = await connected();
    const link = await registered(client, row.institution, row.login());
    const known = await days();
    if (row.ways.some((way) => way.includes(account) || way.at(-1).account)) {
      [{ id: known.account }] = await client.accounts.retrieve(link);
    }
    const list = (filters = {}) =>
      call(client, name, 'list', { limit: 1000, filters: { link, ...filters } });

    for (const way of row.ways) {
      const unsaved = await retrieve(client, name, link, filled(way, known, { saveData: false }));
      assert.ok(unsaved.every((record) => record.id === undefined));
      assert.deepEqual(await list(), []);
    }
    const read = [];
    for (const way of row.ways) {
      read.push(...(await retrieve(client, name, link, filled(way, known))));
    }
    let stored = await list();
    assert.ok(stored.length > 0);
    assert.deepEqual(sorted(ids(stored)), sorted(new Set(ids(read))));

    await checkFilters(client, name, stored, list);

    if (row.document) {
      const [option, key] = row.document;
      assert.ok(stored.every((record) => record[key] === null));
      const shown = [];
      for (const way of row.ways) {
        const more = { [option]: true };
        shown.push(...(await retrieve(client, name, link, filled(way, known, more))));
      }
      assert.ok(shown.some((record) => record[key]));
      stored = await list();
    }

    const [one] = stored;
    assert.deepEqual(await call(client, name, 'detail', one.id), one);
    assert.equal(await call(client, name, 'delete', one.id), true);
    await refused(call(client, name, 'detail', one.id), 404, 'not_found');
    assert.equal(await call(client, name, 'delete', one.id), false);
    assert.ok(!ids(await list()).includes(one.id));
    assert.equal(await client.links.delete(link), true);
  });

  test(`${name}: resumed where the institution asks`, async () => {
    const client = await connected();
    const resume = (session, token, link) => call(client, name, 'resume', session, token, link);
    if (typeof row.resume === 'number') {
      const code = row.resume === 405 ? 'method_not_allowed' : 'session_expired';
      await refused(resume(SESSION, GOOD, NOBODY), row.resume, code);
      return;
    }
    const asked = (answer) => refused(answer, 428, 'token_required');
    const { session, link } = await asked(registered(client, row.resume, somebody()));
    assert.equal((await client.links.resume(session, GOOD, link)).status, 'valid');
    const known = await days();
    if (row.ways.some((way) => way.includes(account) || way.at(-1).account)) {
      [{ id: known.account }] = await client.accounts.retrieve(link, { token: GOOD });
    }
    for (const way of row.ways) {
      const first = await asked(retrieve(client, name, link, filled(way, known)));
      const second = await asked(resume(first.session, WRONG, link));
      assert.ok(records(await resume(second.session, GOOD, link)).length > 0);
      const upFront = filled(way, known, { token: GOOD });
      assert.ok((await retrieve(client, name, link, upFront)).length > 0);
    }
    assert.equal(await client.links.delete(link), true);
  });
}

test('links: registered, asked, repaired, changed and deleted', async () => {
  const client = await connected();
  const links = (method, ...args) => call(client, 'links', method, ...args);
  const advanced = { usernameType: '003', username2: 'valid', password2: 'valid' };
  const externalId = `js-${somebody()}`;
  const more = { ...advanced, accessMode: 'recurrent', externalId };
  const link = await links('register', 'ironbank_br_retail', somebody(), 'pass_valid', more);
  assert.deepEqual([link.status, link.external_id], ['valid', externalId]);
  const anew = { password: 'other', password2: 'valid', usernameType: '003' };
  assert.equal((await links('update', link.id, anew)).status, 'valid');
  assert.equal((await links('patch', link.id, { accessMode: 'single' })).access_mode, 'single');
  assert.equal((await links('detail', link.id)).id, link.id);
  const filters = { external_id: externalId };
  assert.deepEqual(ids(await links('list', { limit: 10, filters })), [link.id]);
  const token = await links('token', link.id, 'read_links');
  assert.deepEqual(sorted(Object.keys(token)), ['access', 'refresh']);
  assert.equal(await links('delete', link.id), true);
  await refused(links('detail', link.id), 404, 'not_found');
  assert.equal((await links('register', BANK, somebody(), 'full', { username3: 'x' })).status, 'valid');

  const at = 'heimdall_mx_retail';
  const first = await refused(links('register', at, somebody(), 'full'), 428, 'token_required');
  assert.equal((await links('resume', first.session, GOOD, first.link)).status, 'valid');
  const repaired = await links('update', first.link, { password: 'other', token: GOOD });
  assert.equal(repaired.id, first.link);
  const upFront = await links('register', at, somebody(), 'full', { token: GOOD });
  assert.equal(upFront.status, 'valid');
});

test('tokens and institutions', async () => {
  const client = await connected();
  const filters = { name: BANK };
  const [found] = await call(client, 'institutions', 'list', { limit: 10, filters });
  assert.deepEqual(await call(client, 'institutions', 'detail', found.id), found);
  const link = await registered(client, BANK, somebody());
  const wanted = { scopes: 'read_links,write_links', link, widget: { branding: {} } };
  const token = await call(client, 'widgetToken', 'create', wanted);
  assert.deepEqual(sorted(Object.keys(token)), ['access', 'refresh']);
});

test('what two resources inherit for nothing ends as it should', async () => {
  const client = await connected();
  assert.equal(await call(client, 'institutions', 'delete', 1), false);
  await refused(call(client, 'institutions', 'resume', SESSION, GOOD), 405, 'method_not_allowed');
  await assert.rejects(call(client, 'widgetToken', 'list'), { message: /405/ });
  await refused(call(client, 'widgetToken', 'detail', NOBODY), 404, 'not_found');
  assert.equal(await call(client, 'widgetToken', 'delete', NOBODY), false);
  await refused(call(client, 'widgetToken', 'resume', SESSION, GOOD), 405, 'method_not_allowed');
});

/** The methods that a resource of the SDK has or inherits. */
function methods(resource) {
  const all = [];
  for (let kind = Object.getPrototypeOf(resource); kind !== Object.prototype; ) {
    all.push(...Object.getOwnPropertyNames(kind).filter((name) => name !== 'constructor'));
    kind = Object.getPrototypeOf(kind);
  }
  return all;
}

test('nothing that the SDK offers was left out', async () => {
  const client = await connected();
  const resources = Object.entries(client).filter(([, one]) => one?.session === client.session);
  assert.ok(resources.length >= 19, 'the resources of the SDK are found');
  const offered = resources.flatMap(([name, one]) => methods(one).map((m) => `${name}.${m}`));
  assert.deepEqual(sorted(new Set(offered)), sorted(seen.called));
  const never = [...seen.read].filter((option) => !seen.given.has(option));
  assert.deepEqual(never, []);
});
