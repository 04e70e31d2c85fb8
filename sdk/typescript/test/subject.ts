// A connector that does what the tests ask for, by the user name that logs in.

import {
  Cancelled,
  Connector,
  InstitutionUnavailable,
  InvalidCredentials,
  LoginError,
  TokenRequired,
  WrongToken,
} from "../src/index.js";

const connector = new Connector({
  id: "subject",
  version: "1.2.3",
  institutions: [{ name: "bank", resources: ["ACCOUNTS", "TRANSACTIONS"] }],
  challenges: ["otp"],
});
let who = "";

connector.login(async (session, credentials) => {
  who = credentials.reveal("username");
  switch (who) {
    case "wrong":
      throw new InvalidCredentials();
    case "locked":
      throw new LoginError("locked");
    case "bug":
      throw new RangeError(`it was ${credentials.reveal("password")}`);
    case "otp": {
      if (!session.interactive) throw new TokenRequired();
      let answer = await session.challenge("otp", "The code?", { hint: "to ***42", translations: { es: { prompt: "¿El código?" } } });
      if (answer.reveal() !== "111111") answer = await session.challenge("otp", "Once more?", { attempt: 2 });
      if (answer.reveal() !== "111111") throw new WrongToken();
      break;
    }
    case "chatty":
      console.log("this would break the protocol");
      process.stdout.write("so would this\n");
      await session.log(`the password is ${credentials.reveal("password")}`, "warn");
      console.log(credentials, credentials.get("password"), `${credentials.get("password")}`);
      break;
    case "deaf":
      await new Promise(() => undefined);
      break;
    case "polite":
      for (;;) {
        session.checkCancelled();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    case "nobody":
      return {} as { user: string };
    case "web":
      session.web.timeout = 60_000;
      try {
        await session.log((await session.web.get(credentials.reveal("password"))).text);
      } catch (error) {
        if (error instanceof Cancelled) console.log("the network was cut");
        throw error;
      }
      break;
  }
  return { user: `user-${who}`, state: `${credentials.state?.reveal() ?? "first"}+` };
});

connector.fetch("ACCOUNTS", async (session) => {
  await session.record({ name: "Nómina", balance: { current: "10.10" } }, { account: "a" });
  await session.blob("doc", "application/pdf", Buffer.alloc(700_000, "x"));
  await session.progress(1, 2);
  await session.checkpoint("after-a");
  return {
    complete: true,
    stated: { a: { opening: "1.00", closing: null } },
    removed: [{ account: "a", source_id: "tx-9" }],
  };
});

connector.fetch("TRANSACTIONS", async (session, wanted) => {
  if (who === "big") {
    await session.record({ description: "é".repeat(500_000) });
    await session.record({ description: "x".repeat(1 << 20) });
  }
  if (who === "endless") {
    for (let n = 0; ; n++) {
      await session.record({ description: "x".repeat(1000), n }, { account: "a", page: n });
    }
  }
  if (who === "nan") await session.record({ amount: Number.NaN });
  if (who === "odd") await session.record({ description: "half \ud800 of \\ud800 a pair" });
  await session.log(`${wanted.account} ${wanted.cursor} ${JSON.stringify(wanted.options)} ${wanted.window?.to}`);
});

connector.revoke(async (session) => {
  await session.log("it is taken back");
  if (who === "clingy") throw new InstitutionUnavailable();
});

connector.logout(async (session) => {
  await session.log("bye");
  if (who === "clingy") await new Promise(() => undefined);
});

await connector.run();
