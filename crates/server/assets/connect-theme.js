// How an application makes the widget look its own: the keys of its token's `widget.theme`, set as
// properties that the style sheets read.

const KEYS = new RegExp(
  "^--(color-primary-base|nav-bar-(title-color|title-align|icon-color|icon-size|background-color|border-color|box-shadow)" +
    "|button-(font-color|font-color-disabled|border-radius|background-color-disabled|opacity-disabled|border-color-disabled)" +
    "|banner-(border-radius|background-color(-(error|info|success|warning))?|border-left-width|border-color" +
    "|border-color-left-(error|success|info|warning)|icon-color-(error|success|info|warning)|title-color|body-color" +
    "|title-font-weight|body-font-weight|box-shadow)" +
    "|input-text-(border-radius|border-color|outline-border-color|placeholder-color|label-color|label-color-error|label-variation|icon-color)" +
    "|tab-(text-color|border-color))$",
);
const COLOUR = "(#[0-9a-f]{3,8}|rgba?\\([\\d\\s.,%/]{1,40}\\))";
const VALUE = new RegExp(`^(${COLOUR}|\\d{1,4}(\\.\\d{1,3})?(px)?|left|center|right|normal|bold|outlined|top)$`, "i");
const SHADOW = new RegExp(`^(none|(inset )?(-?\\d{1,3}(px)?\\s+){2,4}${COLOUR})$`, "i");

/** The properties that `theme` sets in the light or in the dark. */
export function properties(theme, dark) {
  const found = {};
  for (const one of Array.isArray(theme) ? theme.slice(0, 200) : []) {
    const key = String(one?.css_key ?? "");
    const value = String(one?.value ?? "").trim();
    const isDark = key.endsWith("-dark");
    const plain = isDark ? key.slice(0, -"-dark".length) : key;
    const wanted = plain.endsWith("-box-shadow") ? SHADOW : VALUE;
    if (!KEYS.test(plain) || !wanted.test(value) || (isDark && !dark)) continue;
    // The dark variant wins in the dark, in whatever order they come.
    if (isDark || !(dark && `${plain} dark` in found)) found[plain] = value;
    if (isDark) found[`${plain} dark`] = value;
  }
  return Object.fromEntries(Object.entries(found).filter(([key]) => !key.endsWith(" dark")));
}

/** Black or white, whichever is read better on a colour; null if the colour is not understood. */
export function onColour(colour) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1];
  if (!hex) return null;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const parts = [0, 2, 4].map((at) => {
    const part = parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** Dresses the page. */
export function dress(root, widget, config) {
  const branding = widget?.branding ?? {};
  const scheme = branding.color_scheme ?? widget?.color_scheme;
  const dark = String(scheme ?? "").toUpperCase() === "DARK";
  root.ownerDocument.getElementById("dark").media = dark ? "all" : "not all";
  const set = properties(widget?.theme, dark);
  for (const [key, value] of Object.entries(set)) root.style.setProperty(key, value);
  // Where a label stands is no property of its own.
  root.toggleAttribute("data-outlined", set["--input-text-label-variation"] === "outlined");
  const primary = set["--color-primary-base"];
  if (primary) {
    root.style.setProperty("--accent", primary);
    root.style.setProperty("--accent-strong", primary);
    const text = onColour(primary);
    if (text) root.style.setProperty("--on-accent", text);
  }
  const overlay = branding.overlay_background_color ?? config.overlay_background_color;
  if (typeof overlay === "string" && /^#[0-9a-f]{6}$/i.test(overlay)) {
    root.style.setProperty("--overlay", `${overlay}e6`);
  }
}
