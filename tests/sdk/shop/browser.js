'use strict';

// Debian's Chromium, asked by the WebDriver protocol: as much of it as a person does.

const { spawn } = require('node:child_process');
const readline = require('node:readline');

const PATIENCE = 20_000;
const ARGS = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];

/** Starts a browser with one tab. */
async function start() {
  const driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  driver.on('error', () => {});
  let port;
  for await (const line of readline.createInterface({ input: driver.stdout })) {
    port = /started successfully on port (\d+)/.exec(line)?.[1];
    if (port) break;
  }
  if (!port) throw new Error('no Chromium to test with: apt-get install chromium chromium-driver');
  let base = `http://127.0.0.1:${port}/session`;
  async function ask(path, body, method = 'POST') {
    const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.message}`);
    return value;
  }
  const wanted = { 'goog:chromeOptions': { args: ARGS }, timeouts: { script: 2 * PATIENCE } };
  const { sessionId } = await ask('', { capabilities: { alwaysMatch: wanted } });
  base = `${base}/${sessionId}`;
  const evaluate = (script, ...args) => ask('/execute/sync', { script, args });
  const find = async (using, value) => Object.values(await ask('/element', { using, value }))[0];

  async function until(expression) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      if (await evaluate(`try { return Boolean(${expression}); } catch { return false; }`)) return;
      if (Date.now() > end) throw new Error(`never came: ${expression}\n${await evaluate('return document.body.innerText')}`);
      await new Promise((done) => { setTimeout(done, 25); });
    }
  }
  const hear = (text) => until(`document.body.innerText.includes(${JSON.stringify(text)})`);
  const see = (css) => until(`document.querySelector(${JSON.stringify(css)})?.checkVisibility()`);
  return {
    until,
    hear,
    open: (url) => ask('/url', { url }),
    text: (css) => evaluate(`return document.querySelector(${JSON.stringify(css)}).textContent`),
    evaluate,
    /** Goes into the widget's frame. */
    async enter() {
      await see('#belvo iframe');
      const frame = await find('css selector', '#belvo iframe');
      await ask('/frame', { id: { 'element-6066-11e4-a52e-4f735466cecf': frame } });
    },
    leave: () => ask('/frame', { id: null }),
    async click(css) {
      await see(css);
      await ask(`/element/${await find('css selector', css)}/click`, {});
    },
    async press(name) {
      const path = `//button[normalize-space()='${name}' or @aria-label='${name}']`;
      await until(`document.evaluate(${JSON.stringify(path)}, document, null, 9, null).singleNodeValue?.checkVisibility()`);
      await ask(`/element/${await find('xpath', path)}/click`, {});
    },
    async write(field, text) {
      await see(`[name=${field}]`);
      const element = await find('css selector', `[name=${field}]`);
      await ask(`/element/${element}/clear`, {});
      await ask(`/element/${element}/value`, { text });
    },
    /** Ends it and its driver. */
    async close() {
      await ask('', undefined, 'DELETE').catch(() => {});
      process.kill(-driver.pid, 'SIGKILL');
    },
  };
}

module.exports = { start };
