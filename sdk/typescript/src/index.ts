// Write connectors to institutions for Vinculo. See README.md, and docs/connectors/ of Vinculo.

export { ARGUMENTS, Browser } from "./browser.js";
export {
  Connector,
  type FetchHandler,
  type LoginHandler,
  type LogoutHandler,
  type ManifestRead,
  type RevokeHandler,
} from "./connector.js";
export * from "./errors.js";
export type { ChallengeKind, Covered, Days, Kind, Level, LoggedIn, Problem, Removed, Stated } from "./protocol.js";
export { Credentials, Secret } from "./secret.js";
export { type Question, Session, type Wanted } from "./session.js";
export { type Asking, Cookies, Response, Web } from "./web.js";
