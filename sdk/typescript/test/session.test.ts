// A whole session, message by message; and what a host should never say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { host, kind, type Message } from "./host.js";

test("a session goes from initialize to logout", async (context) => {
  const h = host(context);
  assert.deepEqual((await h.initialize()).result, { version: 1, connector: { id: "subject", version: "1.2.3" } });
  assert.deepEqual((await h.call("describe")).result, {
    institutions: ["bank"],
    resources: ["ACCOUNTS", "TRANSACTIONS"],
    challenges: ["otp"],
  });
  const [login] = await h.until(h.login("ana", "correct horse", { state: "kept" }));
  assert.deepEqual(login.result, { user: "user-ana", state: "kept+" });

  const [fetched, given] = await h.until(h.fetch("ACCOUNTS"));
  assert.deepEqual(fetched.result, {
    complete: true,
    window: { from: "2026-01-01", to: "2026-01-31" },
    stated: { a: { opening: "1.00", closing: null } },
    removed: [{ account: "a", source_id: "tx-9" }],
  });
  assert.deepEqual(
    given.map((message) => message.method),
    ["record", "blob", "blob", "progress", "checkpoint"],
  );
  const [record, first, second, progress, checkpoint] = given.map((message) => message.params);
  assert.deepEqual(record, { account: "a", page: 0, item: { name: "Nómina", balance: { current: "10.10" } } });
  assert.deepEqual([first?.["last"], second?.["last"]], [false, true]);
  const whole = [first, second].map((piece) => Buffer.from(String(piece?.["data"]), "base64"));
  assert(Buffer.concat(whole).equals(Buffer.alloc(700_000, "x")));
  assert.deepEqual([progress, checkpoint], [{ done: 1, total: 2 }, { cursor: "after-a" }]);

  const [partial, told] = await h.until(
    h.fetch("TRANSACTIONS", { account: "a", cursor: "c", options: { k: "v" } }),
  );
  assert.equal(partial.result?.["complete"], false, "who says nothing has proved nothing");
  assert.equal(told[0]?.params?.["message"], 'a c {"k":"v"} 2026-01-31');
  const [left, bye] = await h.until(h.ask("logout"));
  assert.deepEqual([left.result, bye[0]?.params?.["message"]], [{}, "bye"]);
  assert.equal(await h.end(), 0);
});

test("only what both speak is agreed on", async (context) => {
  const h = host(context);
  assert.equal(kind(await h.initialize({ versions: [7, 8] })), "unsupported");
  assert.equal(kind(await h.initialize({ institution: "other" })), "unsupported");
  assert.equal((await h.initialize({ versions: [2, 1] })).result?.["version"], 1);
});

test("a consent is taken back by whoever was let in", async (context) => {
  const h = host(context);
  await h.initialize();
  assert.equal((await h.until(h.ask("revoke")))[0].error?.code, -32600, "nobody is let in yet");
  await h.until(h.login());
  const [answer, before] = await h.until(h.ask("revoke"));
  assert.deepEqual([answer.result, before[0]?.params?.["message"]], [{}, "it is taken back"]);
  await h.until(h.login("clingy"));
  assert.equal(kind((await h.until(h.ask("revoke")))[0]), "institution_unavailable");
});

test("errors have the kinds that handlers throw", async (context) => {
  const h = host(context);
  await h.initialize();
  assert.equal(kind((await h.until(h.login("wrong")))[0]), "invalid_credentials");
  const [locked] = await h.until(h.login("locked"));
  assert.deepEqual(locked.error?.data, { kind: "login_error", problem: "locked" });
  assert.equal(kind((await h.until(h.login("nobody")))[0]), "unexpected");
  await h.until(h.login());
  assert.equal(kind((await h.until(h.fetch("OWNERS")))[0]), "unsupported");
});

test("a bug is unexpected and tells no secret", async (context) => {
  const h = host(context);
  await h.initialize();
  const [answer] = await h.until(h.login("bug"));
  assert.equal(kind(answer), "unexpected");
  assert.match(answer.error?.message ?? "", /^RangeError at subject\.js:\d+/);
  assert((await h.until(h.login()))[0].result, "the session goes on");
  await h.end();
  assert(h.said.includes("RangeError") && !h.said.includes("correct horse"));
});

test("what a connector prints is no part of the protocol and hides secrets", async (context) => {
  const h = host(context);
  await h.initialize();
  const [answer, before] = await h.until(h.login("chatty"));
  assert(answer.result);
  assert.deepEqual(
    before.map((message) => message.params),
    [{ level: "warn", message: "the password is ***" }],
  );
  await h.end();
  assert(h.said.includes("this would break the protocol") && h.said.includes("so would this"));
  assert(h.said.includes("Credentials(username=***, password=***) Secret(***) ***"));
});

test("a challenge is asked again until it is right", async (context) => {
  const h = host(context);
  await h.initialize();
  const login = h.login("otp");
  const first = await h.hear();
  assert.deepEqual([first.method, first.params], [
    "challenge",
    {
      kind: "otp",
      prompt: "The code?",
      hint: "to ***42",
      value: null,
      options: [],
      expires_in_seconds: 300,
      attempt: 1,
      translations: { es: { prompt: "¿El código?" } },
    },
  ]);
  h.tell("another", { result: { answer: "not for this one" } });
  h.tell(first.id, { result: { answer: "222222" } });
  const second = await h.hear();
  assert.equal(second.params?.["attempt"], 2);
  h.tell(second.id, { result: { answer: "111111" } });
  assert.equal((await h.until(login))[0].result?.["user"], "user-otp");
});

test("what the host says instead of an answer ends the login with the same kind", async (context) => {
  const h = host(context);
  await h.initialize();
  for (const [said, heard] of [
    ["session_expired", "session_expired"],
    ["token_required", "token_required"],
    ["cancelled", "cancelled"],
    ["what?", "unexpected"],
    ["constructor", "unexpected"],
  ]) {
    const login = h.login("otp");
    h.tell((await h.hear()).id, { error: { code: -32000, message: "no", data: { kind: said } } });
    assert.equal(kind((await h.until(login))[0]), heard);
  }
  const wrong = h.login("otp");
  for (let n = 0; n < 2; n++) h.tell((await h.hear()).id, { result: { answer: "0" } });
  assert.equal(kind((await h.until(wrong))[0]), "wrong_token");
  const [nobody, asked] = await h.until(h.login("otp", "correct horse", { interactive: false }));
  assert.deepEqual([kind(nobody), asked], ["token_required", []]);
});

test("what cannot be reached is unavailable and does not blame the login", async (context) => {
  const h = host(context);
  await h.initialize({ proxy: "http://127.0.0.1:9" });
  const [answer] = await h.until(h.login("web", "https://bank.example/path?token=1"));
  assert.equal(kind(answer), "institution_unavailable");
  assert(!answer.error?.message.includes("token"));
});

test("a record of a megabyte fits and a longer one is refused before it is written", async (context) => {
  const h = host(context);
  await h.loggedIn("big");
  const [answer, before] = await h.until(h.fetch("TRANSACTIONS"));
  assert.equal(before.length, 1);
  assert.equal(kind(answer), "unexpected");
});

test("what is no number is not written, and what is no Unicode is mended", async (context) => {
  const h = host(context);
  await h.loggedIn("nan");
  const [answer, before] = await h.until(h.fetch("TRANSACTIONS"));
  assert.deepEqual([kind(answer), before], ["unexpected", []]);
  await h.until(h.login("odd"));
  const [, [odd]] = await h.until(h.fetch("TRANSACTIONS"));
  assert.deepEqual(odd?.params?.["item"], { description: "half \ufffd of \\ud800 a pair" });
});

const malformed: [string, number][] = [
  ["", -32700],
  ["hello", -32700],
  ['{"id": 1', -32700],
  ["[]", -32600],
  ["7", -32600],
  ["null", -32600],
  ['{"jsonrpc": "2.0", "id": 1}', -32600],
  ['{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600],
  ['{"jsonrpc": "2.0", "id": 1, "method": "steal"}', -32601],
  ['{"jsonrpc": "2.0", "id": 1, "method": "constructor"}', -32601],
  ['{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32602],
  ['{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}', -32602],
  ['{"jsonrpc": "2.0", "id": 1, "method": "login", "params": {}}', -32600],
  ['{"jsonrpc": "2.0", "id": 1, "method": "fetch", "params": {}}', -32600],
];

test("what is malformed is refused and the session goes on", async (context) => {
  const h = host(context);
  for (const [line, code] of malformed) {
    h.raw(line);
    assert.equal((await h.hear()).error?.code, code, line);
  }
  h.raw(Buffer.from([0xff, 0xfe]));
  assert.equal((await h.hear()).error?.code, -32700);
  h.raw('{"jsonrpc": "2.0", "method": "weather"}');
  h.raw('{"jsonrpc": "2.0", "id": "nobody", "result": {}}');
  assert((await h.initialize({ colour: "red" })).result, "unknown keys are ignored");
  assert.equal((await h.initialize()).error?.code, -32600, "initialize comes once");
  assert.equal((await h.until(h.fetch("ACCOUNTS")))[0].error?.code, -32600, "login comes before fetch");
  for (const params of [{}, { credentials: null }, { credentials: { username: 7 } }, { credentials: {}, state: 7 }]) {
    assert.equal((await h.call("login", params)).error?.code, -32602);
  }
  await h.until(h.login());
  for (const window of [7, {}, { from: "x", to: "y" }, { from: "2026-01-01" }]) {
    assert.equal((await h.until(h.fetch("TRANSACTIONS", { window })))[0].error?.code, -32602);
  }
  h.login("deaf");
  assert.equal((await h.until(h.login()))[0].error?.code, -32600, "one request at a time");
});

test("a line that is too long ends the session", async (context) => {
  const h = host(context);
  await h.initialize();
  h.ask("x".repeat(1 << 20));
  assert.equal(await h.ended(), 1);
});

test("half a line is no message", async (context) => {
  const h = host(context);
  const heard: Message[] = [];
  h.process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}');
  assert.equal(await h.end(), 0);
  assert.deepEqual(heard, []);
});
