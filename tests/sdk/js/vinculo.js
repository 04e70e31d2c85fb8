'use strict';

// What every test is given: a running Vinculo, its keys, and a client of the official SDK.
// The runner (`cargo xtask sdk`) starts the server and says where it is.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { default: Client } = require('belvo');

const { VINCULO_URL: url, VINCULO_SECRET_ID: id, VINCULO_SECRET_PASSWORD: password } = process.env;
const BANK = 'erebor_mx_retail';

async function connected() {
  const client = new Client(id, password, url);
  await client.connect();
  return client;
}

/** A login that no test has used: the demo banks accept any and show the full data set. */
const somebody = () => `js${crypto.randomBytes(5).toString('hex')}`;

/** A single link of somebody new. */
function register(client, options = {}) {
  return client.links.register(BANK, somebody(), 'full', { accessMode: 'single', ...options });
}

/** A request as applications without an SDK make it. */
async function raw(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}

/** The date of the server's clock, `days` ago. */
async function daysAgo(days) {
  const { body } = await raw('GET', '/v1/clock/');
  return new Date(Date.parse(body.now) - days * 86_400_000).toISOString().slice(0, 10);
}

/** Fails unless `call` is refused with this status and code; the error. */
async function refused(call, status, code) {
  const refusal = await call.then(
    (answer) => assert.fail(`expected ${code}, not ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.equal(refusal.statusCode, status, refusal.message);
  assert.deepEqual(refusal.detail.map((error) => error.code), [code]);
  assert.equal(refusal.detail[0].request_id.length, 32);
  return refusal.detail[0];
}

const ids = (records) => records.map((record) => record.id);
const sorted = (list) => [...list].sort();

module.exports = {
  BANK, Client, connected, daysAgo, id, ids, password, raw, refused, register, somebody, sorted, url,
};
