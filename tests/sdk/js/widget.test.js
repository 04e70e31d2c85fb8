'use strict';

// An application as there are many: a page with the widget in it, and a server with an official SDK,
// once in each language. What a person does there is done in a browser.

const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const readline = require('node:readline');
const { spawn } = require('node:child_process');
const { BANK, connected, raw, somebody } = require('./vinculo');
const browsers = require('../shop/browser');
const shop = require('../shop/shop');

/** The shop's server with the Python SDK, in the interpreter that has it. */
async function python() {
  const file = path.join(__dirname, '../shop/shop.py');
  const server = spawn(process.env.VINCULO_PYTHON, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: server.stdout });
  const [port] = await new Promise((done, failed) => {
    lines.once('line', (line) => done([line]));
    server.once('error', failed);
    server.once('exit', () => failed(new Error('the shop ended')));
  });
  return { url: `http://localhost:${port}`, close: () => server.stdin.end() };
}

async function choose(browser, institution) {
  await browser.enter();
  await browser.press('Continue');
  await browser.click(`[data-name=${institution}]`);
}

async function logIn(browser, username, password) {
  await browser.write('username', username);
  await browser.write('password', password);
  await browser.press('Connect');
}

/** What the application's page says, once the person is back on it and its server has answered. */
async function outcome(browser) {
  await browser.leave();
  await browser.until("document.getElementById('outcome').textContent");
  return browser.text('#outcome');
}

for (const [language, start] of [['Python', python], ['JavaScript', shop.open]]) {
  test(`an application with the ${language} SDK embeds the widget`, async (t) => {
    const client = await connected();
    const [browser, application] = await Promise.all([browsers.start(), start()]);
    t.after(async () => {
      application.close();
      await browser.close();
    });

    await t.test('somebody connects, after a wrong password', async () => {
      await browser.open(application.url);
      await choose(browser, BANK);
      await logIn(browser, 'user_invalid', 'full');
      await browser.hear('Your login was not accepted');
      await logIn(browser, somebody(), 'full');
      const [name, status, link] = (await outcome(browser)).split(' ');
      assert.deepEqual([name, status], [BANK, 'valid']);
      assert.equal((await client.links.detail(link)).institution, BANK);
      const codes = await browser.evaluate("return heard.filter(one => one.eventName === 'ERROR').map(one => one.meta_data.error_code)");
      assert.deepEqual(codes, ['login_error']);
    });

    await t.test('somebody connects with a code', async () => {
      await browser.open(application.url);
      await choose(browser, 'heimdall_mx_retail');
      await logIn(browser, somebody(), 'full');
      await browser.hear('Enter your code');
      await browser.write('token', '111111');
      await browser.press('Continue');
      const [, status] = (await outcome(browser)).split(' ');
      assert.equal(status, 'valid');
    });

    await t.test('a link whose password has changed is mended, and stays the same', async () => {
      const username = somebody();
      const broken = await client.links.register(BANK, username, 'full', { accessMode: 'single' });
      const scope = { user: { institution: BANK, username } };
      const fault = { scope, effect: { change_password: 'another' } };
      assert.equal((await raw('POST', '/v1/sandbox/faults/', fault)).status, 201);
      // As an application learns of it: after some requests that are refused the link is invalid.
      for (let code = 'login_error'; code !== 'invalid_link';) {
        code = await client.accounts.retrieve(broken.id).then(() => '', (error) => error.detail[0].code);
        assert.ok(['login_error', 'invalid_link'].includes(code), code);
      }
      assert.equal((await client.links.detail(broken.id)).status, 'invalid');
      await browser.open(`${application.url}/?link=${broken.id}`);
      await browser.enter();
      await browser.hear('Update your login');
      await browser.write('password', 'another');
      await browser.press('Connect');
      assert.equal(await outcome(browser), `${BANK} valid ${broken.id}`);
    });

    await t.test('somebody leaves early', async () => {
      await browser.open(application.url);
      await choose(browser, BANK);
      await logIn(browser, 'user_invalid', 'full');
      await browser.hear('Your login was not accepted');
      await browser.press('Close');
      await browser.press('Leave');
      await browser.press('Send and leave');
      assert.equal(await outcome(browser), 'left abandon-survey login_error');
      assert.equal(await browser.evaluate("return document.querySelectorAll('iframe').length"), 0);
    });
  });
}
