// A bank that exists only here, so that the connector works before it has a real one. Replace it: log
// in and read pages with `session.web` or `session.browser.page()`, and name what they reach in
// `egress` of connector.json.

const PASSWORD = "correct-horse-42";
const CODE = "111111";
const DAY = 24 * 3600 * 1000;

/** What the bank says when it does not let somebody in. */
export class Refused extends Error {}

export interface Movement {
  key: string;
  day: string;
  words: string;
  /** With its sign. */
  amount: string;
}

/** A session at the bank. */
export class DemoBank {
  user = "";

  /** Whether a code is asked for. */
  logIn(user: string, password: string): boolean {
    if (user === "locked") throw new Refused("locked");
    if (password !== PASSWORD) throw new Refused("wrong");
    this.user = user;
    return user === "otp";
  }

  checkCode(code: string): boolean {
    return code === CODE;
  }

  accounts(): { number: string; name: string; balance: string }[] {
    return [
      { number: "10-1", name: "Everyday", balance: "1520.40" },
      { number: "10-2", name: "Savings", balance: "98000.00" },
    ];
  }

  /** Newest first: one every third day. */
  *movements(account: string, first: string, last: string): Generator<Movement> {
    for (let at = Date.parse(last); at >= Date.parse(first); at -= DAY) {
      const number = at / DAY;
      if (number % 3 !== 0) continue;
      const day = new Date(at).toISOString().slice(0, 10);
      yield { key: `${account}-${day}`, day, words: "Coffee", amount: `-${(1 + (number % 9000) / 100).toFixed(2)}` };
    }
  }
}
