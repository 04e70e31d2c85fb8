// While it works: pings, cancellation, a host that reads slowly, a host that stops speaking.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { host, kind } from "./host.js";

test("a ping is answered while a handler waits, and among records", async (context) => {
  const h = host(context);
  await h.loggedIn("endless");
  h.fetch("TRANSACTIONS");
  const [answer, before] = await h.until(h.ask("ping"));
  assert.deepEqual(answer.result, {});
  const numbers = before.map((message) => (message.params?.["item"] as { n: number }).n);
  assert.deepEqual(
    numbers,
    numbers.map((_, n) => n),
    "nothing is lost or out of order",
  );
});

for (const who of ["deaf", "polite", "otp"]) {
  test(`a login is cancelled within five seconds: ${who}`, async (context) => {
    const h = host(context);
    await h.initialize();
    const login = h.login(who);
    if (who === "otp") assert.equal((await h.hear()).method, "challenge");
    assert.deepEqual((await h.call("ping")).result, {});
    const began = performance.now();
    assert.equal(kind(await h.cancel(login)), "cancelled");
    assert(performance.now() - began < 5000);
    assert((await h.until(h.login()))[0].result, "the session goes on");
  });
}

test("a fetch is cancelled in the middle of its records", async (context) => {
  const h = host(context);
  await h.loggedIn("endless");
  const fetch = h.fetch("TRANSACTIONS");
  for (let n = 0; n < 100; n++) assert.equal((await h.hear()).method, "record");
  assert.equal(kind(await h.cancel(fetch)), "cancelled");
  assert.deepEqual((await h.until(h.ask("ping")))[1], [], "no record comes afterwards");
  assert((await h.call("logout")).result);
});

test("what waits for the network is cancelled too", async (context) => {
  const silent = createServer().listen(0, "127.0.0.1");
  context.after(() => silent.close());
  await once(silent, "listening");
  const address = silent.address() as { port: number };
  const h = host(context);
  await h.initialize({ proxy: `http://127.0.0.1:${address.port}` });
  const login = h.login("web", "http://bank.example/");
  const [asked] = (await once(silent, "connection")) as [import("node:net").Socket];
  context.after(() => asked.destroy());
  asked.on("error", () => undefined);
  const [line] = (await once(asked, "data")) as [Buffer];
  assert.match(line.toString(), /^GET http:\/\/bank\.example\/ /);
  assert.equal(kind(await h.cancel(login)), "cancelled");
  assert.equal(await h.end(), 0);
  assert(h.said.includes("the network was cut"), "by itself, not because it was answered for");
});

test("leaving is answered in time even if the handler does not come to an end", async (context) => {
  const h = host(context);
  await h.loggedIn("clingy");
  assert.deepEqual((await h.call("logout")).result, {});
  assert.equal(await h.end(), 0);
});

function resident(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf-8"))?.[1]);
}

test("a host that does not read stops the connector, whose memory stays flat and which goes on listening", async (context) => {
  const h = host(context);
  await h.loggedIn("endless");
  const fetch = h.fetch("TRANSACTIONS");
  await h.hear();
  h.process.stdout.pause();
  // Far more than a pipe holds: they can only be taken if they are read.
  for (let n = 0; n < 200; n++) h.tell("nobody", { result: "y".repeat(4000) });
  await new Promise<void>((resolve) => h.process.stdin.write("\n", () => resolve()));
  const before = resident(h.process.pid);
  h.process.stdout.resume();
  for (let n = 0; n < 20_000; n++) await h.hear();
  assert(resident(h.process.pid) - before < 64 << 10);
  assert.equal(kind(await h.cancel(fetch)), "cancelled");
});

for (const who of ["deaf", "otp", "endless"]) {
  test(`it exits when the host stops speaking, whatever it does: ${who}`, async (context) => {
    const h = host(context);
    await h.initialize();
    const login = h.login(who);
    if (who === "endless") {
      await h.until(login);
      h.fetch("TRANSACTIONS");
      await h.hear();
    }
    assert.equal(await h.end(), 0);
  });
}
