// The script that applications load: `belvoSDK.createWidget(access_token, config).build()` shows the
// widget over their page. It lies in a frame of the server's own, which this page cannot look into;
// the two talk by messages, each to the other's origin alone.
(() => {
  const source = new URL(document.currentScript.src);
  const page = new URL(source.pathname.endsWith("/connect/widget.js") ? "./" : "connect/", source);
  const call = (callback, ...values) => {
    if (typeof callback === "function") callback(...values);
  };

  function createWidget(token, config = {}) {
    const { callback, onExit, onEvent, ...rest } = config;
    // Only what can be sent: functions and elements stay here.
    const wanted = JSON.parse(JSON.stringify(rest));
    let dialog = null;
    let frame = null;
    let overflow = "";

    function hear(message) {
      if (!frame || message.source !== frame.contentWindow || message.origin !== page.origin) return;
      const { type, data, link, institution } = message.data ?? {};
      if (type === "vinculo:ready") {
        frame.contentWindow.postMessage({ type: "vinculo:start", token, config: wanted }, page.origin);
      } else if (type === "vinculo:success") call(callback, link, institution);
      else if (type === "vinculo:exit") call(onExit, data);
      else if (type === "vinculo:event") call(onEvent, data);
      else if (type === "vinculo:close") destroy();
    }

    function destroy() {
      if (!frame) return;
      window.removeEventListener("message", hear);
      // Gives the focus back to whatever had it.
      dialog.close();
      dialog.remove();
      dialog = frame = null;
      document.documentElement.style.overflow = overflow;
    }

    // The page's policy must let the pictures of who asks in before it has been told the token.
    function pictures() {
      let said = wanted;
      try {
        const [, claims] = token.split(".");
        said = { ...wanted, ...JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).widget?.branding };
      } catch {
        // A token that is none: the page says so.
      }
      const addresses = [said.company_icon, said.company_logo].filter((one) => /^https:/i.test(one) && URL.canParse(one));
      return addresses.map((one) => new URL(one).origin).join(",");
    }

    function build() {
      if (frame) return widget;
      const place = document.getElementById("belvo") ?? document.body;
      frame = document.createElement("iframe");
      frame.title = { en: "Connect your account", pt: "Conecte sua conta" }[wanted.locale] ?? "Conecta tu cuenta";
      const whole = { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0", background: "transparent", colorScheme: "normal" };
      Object.assign(frame.style, whole);
      // A dialog, so that nobody gets lost in the page behind it, by keyboard or by ear.
      dialog = document.createElement("dialog");
      Object.assign(dialog.style, whole, { maxWidth: "none", maxHeight: "none", margin: "0", padding: "0" });
      dialog.setAttribute("aria-label", frame.title);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        frame?.contentWindow.postMessage({ type: "vinculo:leave" }, page.origin);
      });
      overflow = document.documentElement.style.overflow;
      document.documentElement.style.overflow = "hidden";
      window.addEventListener("message", hear);
      const address = new URL(page);
      // So that its texts come along with its scripts.
      if (["es", "en", "pt"].includes(wanted.locale)) address.searchParams.set("locale", wanted.locale);
      const named = pictures();
      if (named) address.searchParams.set("pictures", named);
      frame.src = address.href;
      dialog.append(frame);
      place.append(dialog);
      dialog.showModal();
      frame.focus();
      return widget;
    }

    const widget = { build, destroy };
    return widget;
  }

  window.belvoSDK = Object.assign(window.belvoSDK ?? {}, { createWidget });
})();
