// A Chromium for institutions that need one. Needs `playwright-core`, and the system's Chromium:
// Playwright's own download is not used.

import { existsSync } from "node:fs";
import type { Browser as Chromium, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { Unexpected } from "./errors.js";

/**
 * Where Chromium is looked for. Debian's own first: `/usr/bin/chromium` is a script that reads
 * `/etc/chromium.d`, which the cage does not show.
 */
export const EXECUTABLES = ["/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/google-chrome"];
/**
 * What it is started with. The cage is its sandbox, and has no room for a second one; the proxy is
 * for every host, loopback too; `/dev/shm` is small there.
 */
export const ARGUMENTS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--proxy-bypass-list=<-loopback>",
  // It is not for Chromium to call home; the proxy would refuse that.
  "--component-updater=url-source=data:,",
  `--disable-features=${[
    "AutofillServerCommunication",
    "OptimizationHints",
    "OptimizationGuideModelDownloading",
    "OptimizationGuideOnDeviceModel",
    "AimEnabled",
    "MediaRouter",
    "Translate",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "PaintHolding",
    "NetworkTimeServiceQuerying",
    "CertificateTransparencyComponentUpdater",
    "LensOverlay",
  ].join(",")}`,
];

/**
 * What makes Chromium trust who answers when a session is recorded or replayed, which the host says;
 * otherwise nothing.
 */
export function trusted(): string[] {
  const key = process.env["VINCULO_TRUSTED_KEY"];
  return key ? [`--ignore-certificate-errors-spki-list=${key}`] : [];
}

/** A Chromium that goes through the proxy. */
export class Browser {
  readonly #proxy: string | null;
  #chromium: Chromium | undefined;
  #context: BrowserContext | undefined;

  constructor(proxy: string | null) {
    this.#proxy = proxy;
  }

  /**
   * A new page; the first one starts the browser with `ARGUMENTS` and `more`. `options` are those
   * of Playwright's `newContext`, of which there is one.
   */
  async page(options: BrowserContextOptions = {}, more: string[] = []): Promise<Page> {
    if (!this.#context) {
      const { chromium } = await import("playwright-core").catch(() => {
        throw new Unexpected("Playwright is missing: npm install playwright-core");
      });
      const executablePath = EXECUTABLES.find((path) => existsSync(path));
      if (!executablePath) throw new Unexpected(`Chromium is missing: none of ${EXECUTABLES.join(", ")}`);
      this.#chromium = await chromium.launch({
        executablePath,
        // Of the same argument twice Chromium takes the last: a recording's is then the only key
        // that is shown.
        args: [...ARGUMENTS, ...more, ...trusted()],
        // Without a proxy there is no network, which an unreachable one says at once.
        proxy: { server: this.#proxy ?? "http://127.0.0.1:9" },
      });
      this.#context = await this.#chromium.newContext(options);
    }
    return this.#context.newPage();
  }

  /** Ends it. */
  async close(): Promise<void> {
    const chromium = this.#chromium;
    this.#chromium = undefined;
    this.#context = undefined;
    // When it is dead already there is nothing to end.
    await chromium?.close().catch(() => undefined);
  }
}
