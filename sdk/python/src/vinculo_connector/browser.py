"""A Chromium for institutions that need one. Needs `pip install vinculo-connector[browser]`, and the
system's Chromium: Playwright's own download is not used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Unexpected

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["ARGUMENTS", "EXECUTABLES", "Browser", "trusted"]

#: Where Chromium is looked for. Debian's own first: `/usr/bin/chromium` is a script that reads
#: `/etc/chromium.d`, which the cage does not show.
EXECUTABLES = ("/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/google-chrome")
#: What it is started with. The cage is its sandbox, and has no room for a second one; the proxy is
#: for every host, loopback too; `/dev/shm` is small there.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-bypass-list=<-loopback>",
    # It is not for Chromium to call home; the proxy would refuse that.
    "--component-updater=url-source=data:,",
    "--disable-features=" + ",".join((
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
    )),
)


def trusted() -> list[str]:
    """What makes Chromium trust who answers when a session is recorded or replayed, which the host
    says; otherwise nothing."""
    key = os.environ.get("VINCULO_TRUSTED_KEY")
    return [f"--ignore-certificate-errors-spki-list={key}"] if key else []


class Browser:
    """A Chromium that goes through the proxy. For the thread that handlers run in."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy
        self._playwright: Any = None
        self._chromium: Any = None
        self._context: Any = None

    def page(self, *, arguments: tuple[str, ...] = (), **options: Any) -> Page:
        """A new page; the first one starts the browser with `ARGUMENTS` and `arguments`. `options`
        are those of Playwright's `new_context`, of which there is one."""
        if self._context is None:
            try:
                from playwright.sync_api import sync_playwright
            except ImportError:
                raise Unexpected("Playwright is missing: vinculo-connector[browser]") from None
            executable = next((path for path in EXECUTABLES if Path(path).exists()), None)
            if executable is None:
                raise Unexpected(f"Chromium is missing: none of {', '.join(EXECUTABLES)}")
            self._playwright = sync_playwright().start()
            self._chromium = self._playwright.chromium.launch(
                executable_path=executable,
                # Of the same argument twice Chromium takes the last: a recording's is then the only
                # key that is shown.
                args=[*ARGUMENTS, *arguments, *trusted()],
                # Without a proxy there is no network, which an unreachable one says at once.
                proxy={"server": self._proxy or "http://127.0.0.1:9"},
            )
            self._context = self._chromium.new_context(**options)
        page: Page = self._context.new_page()
        return page

    def close(self) -> None:
        """Ends it."""
        chromium, self._chromium, self._context = self._chromium, None, None
        try:
            if chromium is not None:
                chromium.close()
            if self._playwright is not None:
                self._playwright.stop()
        except Exception:
            pass  # From another thread, or when it is dead already: the cage ends it.
        self._playwright = None
