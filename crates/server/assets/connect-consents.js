// What a consent of Open Finance says, in plain words: what it allows, and for how long.

/** The families of permissions, in the order in which they are shown. */
const FAMILIES = ["REGISTER", "ACCOUNTS", "CREDIT_CARDS", "CREDIT_OPERATIONS", "INVESTMENTS"];
const SHAPES = { REGISTER: "list", ACCOUNTS: "bank", CREDIT_CARDS: "card", CREDIT_OPERATIONS: "file", INVESTMENTS: "rise" };
/** For how many days a consent can be given. */
const TERMS = [92, 183, 275, 366];
/** The longest is proposed by nobody but the application. */
const PROPOSED = 183;

/** A list of what is allowed. `wanted` names families, or has a list of permissions for each. */
export function permissions(h, icon, t, wanted) {
  const named = Array.isArray(wanted) ? wanted : Object.keys(wanted ?? {}).filter((family) => wanted[family]?.length);
  const shown = FAMILIES.filter((family) => named.includes(family));
  const families = shown.length ? shown : FAMILIES.slice(0, 4);
  return h("ul", { class: "points tight" }, families.map((family) => h("li", {}, icon(SHAPES[family]),
    h("div", {}, h("p", { class: "strong" }, t(`permission.${family}`)), h("p", { class: "small soft" }, t(`permission.${family}.text`))))));
}

/** A choice of how long. */
export function terms(h, t, proposed) {
  const first = TERMS.includes(proposed) ? proposed : PROPOSED;
  const node = h("fieldset", { class: "terms" }, h("legend", { class: "label" }, t("term.label")),
    h("div", { class: "term-choices" }, TERMS.map((days) => h("label", { class: "term" },
      h("input", { type: "radio", name: "term", value: String(days), checked: days === first }),
      h("span", {}, h("span", { class: "strong" }, t(`term.${days}`)), " ", h("br"), h("span", { class: "small soft" }, t("term.days", { days })))))));
  return { node, value: () => Number(node.querySelector("input:checked").value) };
}
