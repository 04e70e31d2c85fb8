// A connector to a demo bank. Begin here; the SDK is in vendor/.

import { Connector, InvalidCredentials, LoginError, TokenRequired, Unexpected, WrongToken } from "@vinculo/connector";
import { DemoBank, Refused } from "./demo-bank.js";

const connector = Connector.of(new URL("../connector.json", import.meta.url));
const bank = new DemoBank();

connector.login(async (session, credentials) => {
  let wantsCode: boolean;
  try {
    wantsCode = bank.logIn(credentials.reveal("username"), credentials.reveal("password"));
  } catch (error) {
    // Only what the bank says in so many words may blame the login.
    if (!(error instanceof Refused)) throw error;
    throw error.message === "locked" ? new LoginError("locked") : new InvalidCredentials();
  }
  if (wantsCode) {
    if (!session.interactive) throw new TokenRequired();
    for (let attempt = 1, right = false; !right; attempt++) {
      if (attempt > 3) throw new WrongToken();
      const answer = await session.challenge("otp", "Enter the code that we sent you.", {
        hint: "six digits",
        attempt,
      });
      right = bank.checkCode(answer.reveal());
    }
  }
  return { user: bank.user };
});

connector.fetch("ACCOUNTS", async (session) => {
  for (const { number, name, balance } of bank.accounts()) {
    await session.record(
      {
        category: "CHECKING_ACCOUNT",
        balance_type: "ASSET",
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
  const { from, to } = wanted.window ?? { from: "2020-01-01", to: new Date().toISOString().slice(0, 10) };
  let numbers = bank.accounts().map((account) => account.number);
  if (wanted.account !== null) numbers = numbers.filter((number) => number === wanted.account);
  // A cursor is the account that comes next.
  if (wanted.cursor !== null) {
    const next = numbers.indexOf(wanted.cursor);
    if (next < 0) throw new Unexpected("the account that comes next is gone");
    numbers = numbers.slice(next);
  }
  for (const number of numbers) {
    await session.checkpoint(number);
    for (const { key, day, words, amount } of bank.movements(number, from, to)) {
      await session.record(
        {
          internal_identification: key,
          value_date: day,
          amount: amount.replace("-", ""),
          type: amount.startsWith("-") ? "OUTFLOW" : "INFLOW",
          currency: "MXN",
          description: words,
          status: "PROCESSED",
        },
        { account: number },
      );
    }
  }
  return { complete: true };
});

await connector.run();
