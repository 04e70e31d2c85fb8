// The HTTP client against a proxy of a few lines, and secrets that do not show themselves.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { Cookies, Credentials, InstitutionUnavailable, Secret, Unexpected, Web } from "../src/index.js";

/** A proxy that is the bank as well, and what it was asked. */
async function bank(context: TestContext): Promise<[Web, string[]]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.cookie ?? "-"}`);
    const { pathname } = new URL(request.url ?? "", "http://bank.example");
    const headers: { [name: string]: string } = {};
    let status = 200;
    if (pathname === "/login") {
      status = 303;
      headers["location"] = "/home";
      headers["set-cookie"] = "sid=1; Path=/";
    } else if (pathname === "/loop") {
      status = 302;
      headers["location"] = "/loop";
    } else if (pathname === "/elsewhere") {
      status = 302;
      headers["location"] = "http://other.example/home";
    } else if (pathname === "/away") {
      status = 302;
      headers["location"] = "file:///etc/passwd";
    } else if (pathname === "/busy") {
      status = 503;
    } else if (pathname === "/latin") {
      headers["content-type"] = "text/html; charset=latin1";
    }
    response.writeHead(status, headers);
    if (pathname === "/latin") response.end(Buffer.from("ñ", "latin1"));
    else request.pipe(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return [new Web(`http://127.0.0.1:${port}`), asked];
}

test("cookies and redirects are kept", async (context) => {
  const [web, asked] = await bank(context);
  const answer = await web.post("http://bank.example/login", { user: "ana & co" });
  assert.deepEqual([answer.url, answer.status], ["http://bank.example/home", 200]);
  assert.equal(asked[1], "GET http://bank.example/home sid=1");
  await web.get("http://bank.example/elsewhere");
  assert.equal(asked.at(-1), "GET http://other.example/home -", "cookies stay where they are from");
});

test("forms and JSON are sent", async (context) => {
  const [web, asked] = await bank(context);
  assert.equal((await web.post("http://bank.example/x", { a: "1 &é" })).text, "a=1+%26%C3%A9");
  assert.deepEqual((await web.request("POST", "http://bank.example/x", { json: { a: 1 } })).json(), { a: 1 });
  await web.get("http://bank.example/x", { q: "a b" });
  assert.equal(asked.at(-1), "GET http://bank.example/x?q=a+b -");
  assert.equal((await web.get("http://bank.example/latin")).text, "ñ");
});

test("what is not as it should be has a kind that blames nobody", async (context) => {
  const [web] = await bank(context);
  for (const path of ["loop", "away"]) await assert.rejects(web.get(`http://bank.example/${path}`), Unexpected);
  const busy = await web.get("http://bank.example/busy");
  assert.throws(() => busy.expect(), InstitutionUnavailable);
  assert.equal(busy.expect(503), busy);
  assert.throws(() => busy.json(), Unexpected);
  await assert.rejects(new Web("http://127.0.0.1:9").get("http://bank.example/"), InstitutionUnavailable);
  await assert.rejects(new Web(null).get("http://bank.example/"), /no egress/);
});

test("cookies go where they belong", () => {
  const cookies = new Cookies();
  const at = new URL("https://www.bank.example/app/login");
  cookies.take(at, ["a=1", "b=2; Domain=bank.example; Path=/", "c=3; Domain=other.example", "d=4; Secure; Path=/", "bad"]);
  assert.equal(cookies.header(at), "a=1; b=2; d=4");
  assert.equal(cookies.header(new URL("http://www.bank.example/apple")), "b=2");
  assert.equal(cookies.header(new URL("https://api.bank.example/")), "b=2");
  assert.equal(cookies.header(new URL("https://evilbank.example/")), "");
  cookies.take(at, "b=; Domain=bank.example; Path=/; Max-Age=0");
  assert.equal(cookies.header(at), "a=1; d=4");
});

test("whatever prints a secret prints stars", () => {
  const secret = new Secret("correct horse");
  const credentials = new Credentials({ password: "correct horse" }, "correct horse");
  for (const shown of [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret, credentials }),
    inspect({ secret, credentials }, { depth: 9, showHidden: true }),
    String(credentials),
  ]) {
    assert(!shown.includes("horse"), shown);
  }
  assert.deepEqual([credentials.reveal("password"), credentials.reveal("x")], ["correct horse", ""]);
  assert.equal(credentials.state?.reveal(), "correct horse");
});
