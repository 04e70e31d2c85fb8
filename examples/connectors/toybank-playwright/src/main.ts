// A connector to Toy Bank that drives a browser through its pages.

import { X509Certificate, createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import {
  Connector,
  InstitutionDown,
  InstitutionUnavailable,
  InvalidCredentials,
  LoginError,
  type Session,
  SessionExpired,
  TokenRequired,
  TooManySessions,
  UnavailableData,
  Unexpected,
  WrongToken,
} from "@vinculo/connector";
import type { Page, Response } from "playwright-core";

const BANK = "https://toybank.example";
/** The bank shows at most so many days at once. */
const LONGEST = 800;
const connector = Connector.of(new URL("../connector.json", import.meta.url));
let page: Page;

connector.login(async (session, credentials) => {
  page = await session.browser.page({ locale: session.locale }, trusted());
  page.setDefaultTimeout(20_000);
  // Nothing is looked at, so nothing needs to be fetched for the eye.
  await page.route("**/*", (route) =>
    ["image", "font", "media"].includes(route.request().resourceType()) ? route.abort() : route.continue(),
  );
  // Whoever is cancelled does not wait for a page.
  session.signal?.addEventListener("abort", () => void session.browser.close(), { once: true });
  await go("/login");
  await page.fill("[name=username]", credentials.reveal("username"));
  await page.fill("[name=password]", credentials.reveal("password"));
  const answer = await submit();
  if (answer?.status() === 503 && (await says("h1")) === "Maintenance") throw new InstitutionDown();
  expect(answer);
  refused(await says(".error"));
  for (let attempt = 1; ["/otp", "/question"].includes(where()); attempt++) {
    if (!session.interactive) throw new TokenRequired();
    const kind = where() === "/otp" ? "otp" : "question";
    const token = await session.challenge(kind, await seen(".prompt"), { attempt });
    await page.fill("[name=answer]", token.reveal());
    const next = await submit();
    if ((await says(".error")).includes("Too many")) throw new WrongToken();
    expect(next);
  }
  return { user: await seen("#client") };
});

/** Fails with what the bank's own words say, if it says anything. */
function refused(words: string): void {
  if (!words) return;
  if (words.includes("Wrong user or password")) throw new InvalidCredentials();
  if (words.includes("locked")) throw new LoginError("locked");
  if (words.includes("password has expired")) throw new LoginError("password_expired");
  if (words.includes("accept our new terms")) throw new LoginError("action_needed");
  if (words.includes("logged in elsewhere")) throw new TooManySessions();
  throw new Unexpected("the bank refused the login in words that are new");
}

connector.fetch("OWNERS", async (session) => {
  await inside("/profile");
  // The page's own program asks for the rest of it.
  await page.locator("#name.whole").waitFor();
  await session.record({
    display_name: await seen("#name"),
    email: await seen("#email"),
    phone_number: await seen("#phone"),
    address: await seen("#city"),
    document_id: { document_type: "CURP", document_number: await seen("#curp") },
  });
  return { complete: true };
});

connector.fetch("ACCOUNTS", async (session) => {
  for (const { kind, name, number, balance } of await accounts()) {
    await session.record(
      {
        category: kind === "checking" ? "CHECKING_ACCOUNT" : "SAVINGS_ACCOUNT",
        balance_type: "ASSET",
        type: kind,
        name,
        number,
        balance: { current: balance, available: balance },
        currency: "MXN",
        internal_identification: number,
      },
      { account: number },
    );
  }
  return { complete: true };
});

connector.fetch("TRANSACTIONS", async (session, wanted) => {
  const { window } = wanted;
  const days = window ? (Date.parse(window.to) - Date.parse(window.from)) / (24 * 3600 * 1000) : Infinity;
  if (!window || days > LONGEST) throw new Unexpected("the bank shows no movements without days, or of so many");
  let numbers = (await accounts()).map((account) => account.number);
  if (wanted.account !== null) numbers = numbers.filter((number) => number === wanted.account);
  // A cursor is the account and the page that come next.
  const [account = "", place = "1"] = (wanted.cursor ?? "").split(" ");
  if (account !== "" && !numbers.includes(account)) throw new Unexpected("the account that comes next is gone");
  if (account !== "") numbers = numbers.slice(numbers.indexOf(account));
  for (const [done, number] of numbers.entries()) {
    let sheet = number === account ? Number(place) : 1;
    const query = new URLSearchParams({ account: number, from: window.from, to: window.to, page: String(sheet) });
    let next: string | null = `/transactions?${query}`;
    while (next !== null) {
      await inside(next);
      next = await movements(session, number, sheet);
      sheet += 1;
      if (next !== null) await session.checkpoint(`${number} ${sheet}`);
    }
    await session.progress(done + 1, numbers.length);
  }
  return { complete: true };
});

/** Gives the movements on the page that is shown; where the next one is. */
async function movements(session: Session, account: string, sheet: number): Promise<string | null> {
  const rows = await page.$$eval("tr.movement", (all) =>
    all.map((row) => ({
      id: row.getAttribute("data-id") ?? "",
      date: row.querySelector(".date")?.textContent ?? "",
      words: row.querySelector(".words")?.textContent ?? "",
      amount: row.querySelector(".amount")?.textContent ?? "",
    })),
  );
  for (const { id, date, words, amount } of rows) {
    await session.record(
      {
        internal_identification: id,
        value_date: date,
        accounting_date: date,
        amount: amount.replace("-", ""),
        type: amount.startsWith("-") ? "OUTFLOW" : "INFLOW",
        currency: "MXN",
        description: words,
        status: "PROCESSED",
      },
      { account, page: sheet },
    );
  }
  const older = page.locator("a[rel=next]");
  return (await older.count()) > 0 ? older.getAttribute("href") : null;
}

connector.logout(async () => {
  await inside("/accounts");
  await submit();
});

interface Account {
  kind: string;
  name: string;
  number: string;
  balance: string;
}

async function accounts(): Promise<Account[]> {
  await inside("/accounts");
  if ((await page.locator(".empty").count()) > 0) throw new UnavailableData();
  return page.$$eval("tr.account", (all) =>
    all.map((row) => ({
      kind: row.getAttribute("data-kind") ?? "",
      name: row.querySelector(".name")?.textContent ?? "",
      number: row.querySelector(".number")?.textContent ?? "",
      balance: row.querySelector(".balance")?.textContent ?? "",
    })),
  );
}

/** Opens a page that is only there for who is logged in. */
async function inside(path: string): Promise<void> {
  await go(path);
  if (where() === "/login") throw new SessionExpired();
}

async function go(path: string): Promise<void> {
  let answer: Response | null;
  try {
    answer = await page.goto(BANK + path, { waitUntil: "domcontentloaded" });
  } catch {
    throw new InstitutionUnavailable("the page cannot be reached");
  }
  expect(answer);
}

/** Sends the form of the page that is shown. */
async function submit(): Promise<Response | null> {
  try {
    const navigation = page.waitForNavigation({ waitUntil: "domcontentloaded" });
    await page.click("button[type=submit]");
    return await navigation;
  } catch {
    throw new InstitutionUnavailable("the form was not answered");
  }
}

function expect(answer: Response | null): void {
  const status = answer?.status() ?? 200;
  if (status === 429 || status >= 500) throw new InstitutionUnavailable(`the bank answered ${status}`);
  if (status !== 200) throw new Unexpected(`the bank answered ${status}`);
}

function where(): string {
  return new URL(page.url()).pathname;
}

/** What the page says there, or nothing. */
async function says(what: string): Promise<string> {
  const found = page.locator(what).first();
  return (await found.count()) > 0 ? ((await found.textContent()) ?? "") : "";
}

/** What the page says there; a page without it is not the page it should be. */
async function seen(what: string): Promise<string> {
  const words = await says(what);
  if (!words) throw new Unexpected(`the page does not say the ${what}`);
  return words;
}

/** The toy bank's certificate is of its own making; a real one needs nothing. */
function trusted(): string[] {
  const file = new URL("../toybank.pem", import.meta.url);
  if (!existsSync(file)) return [];
  const key = new X509Certificate(readFileSync(file)).publicKey.export({ type: "spki", format: "der" });
  return [`--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`];
}

await connector.run();
