// The head of a table that a person uploads, and which column of it is what. Nothing is read into the
// link by what stands here: the server reads the file, by the mapping that the person confirms.

/** How much of a file is looked at, in bytes, and how many rows are shown. */
const HEAD = 64 * 1024;
const SHOWN = 3;
/** Rows among which the one with the names is looked for, as the server does. */
const SEARCHED = 100;

/** What a column can be. A description may be made of several. */
export const ROLES = ["date", "value_date", "description", "amount", "debit", "credit", "direction", "balance", "id", "reference", "kind", "counterparty", "counterparty_account", "currency", "account"];

/** The beginning of a file as text. */
export async function beginningOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The rows of a table's beginning, as lists of texts. */
export function rows(text, delimiter) {
  const found = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const ended = () => { row.push(cell.trim()); cell = ""; };
  for (let at = 0; at < text.length && found.length < SEARCHED; at += 1) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (letter === '"' && cell.trim() === "") { quoted = true; cell = ""; }
    else if (letter === delimiter) ended();
    else if (letter === "\n") {
      ended();
      if (row.some((one) => one !== "")) found.push(row);
      row = [];
    } else if (letter !== "\r") cell += letter;
  }
  // A last line that is cut off by the end of the head says nothing; a short file's does.
  if (text.length < HEAD / 4) {
    ended();
    if (row.some((one) => one !== "") && found.length < SEARCHED) found.push(row);
  }
  return found;
}

const named = (mapping) => Object.values(mapping.columns ?? {}).flat();

/**
 * The columns of a table, as the server proposes to read it: name, first values and role of each, and
 * the rest of the mapping. Null where the proposal does not fit the text.
 */
export function columns(text, mapping) {
  const all = rows(text, mapping.delimiter ?? ",");
  const headed = mapping.header !== false;
  const names = named(mapping).filter((one) => typeof one === "string");
  const at = headed ? all.findIndex((row) => names.every((name) => row.includes(name))) : -1;
  if (headed && at < 0) return null;
  const header = headed ? all[at] : [];
  const body = all.slice(at + 1);
  const count = Math.max(header.length, ...body.slice(0, SHOWN).map((row) => row.length), 0);
  const list = Array.from({ length: count }, (_, index) => {
    const key = headed && header[index] && header.indexOf(header[index]) === index ? header[index] : index + 1;
    const is = (one) => one === key || one === index + 1;
    const role = ROLES.find((name) => [mapping.columns[name]].flat().some(is)) ?? "";
    return { key, name: header[index] || String(index + 1), values: body.slice(0, SHOWN).map((row) => row[index] ?? "").filter(Boolean), role };
  });
  return count === 0 ? null : { columns: list, mapping };
}

/** The mapping in which each column has the role of the same place in `roles`. */
export function mapped(table, roles, { days, decimal, sign }) {
  const found = {};
  table.columns.forEach(({ key }, index) => {
    const role = roles[index];
    if (role === "description") (found.description ??= []).push(key);
    else if (role) found[role] ??= key;
  });
  return { ...table.mapping, columns: found, days, decimal, sign };
}

/** What is wrong with roles: the key of a text, or null. */
export function lacking(roles) {
  const has = (role) => roles.includes(role);
  const twice = ROLES.some((role) => role !== "description" && roles.filter((one) => one === role).length > 1);
  if (twice) return "columns.twice";
  if (!has("date")) return "columns.no_date";
  return has("amount") || (has("debit") && has("credit")) ? null : "columns.no_amount";
}
