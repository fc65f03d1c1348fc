// Values in the notation of addresses, which is Storybook's: `label:Hi;disabled:!true`.

/** Escape what has a meaning in the notation or in addresses; all else stays as it is, and short. */
export const encode = (text) => text.replace(/[%;:&+#"<>\\^`{}|\t\r\n]/g, encodeURIComponent).replace(/^!/, "%21");

export function decode(raw) {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw; // it contains a typed %
  }
}

const FIXED = new Map([
  ["!null", null],
  ["!true", true],
  ["!false", false],
]);

/** The data of `!json(...)`; undefined: it is something else. */
export function dataOf(raw) {
  const found = raw?.match(/^!json\((.*)\)$/s);
  if (!found) return FIXED.get(raw);
  try {
    return JSON.parse(decode(found[1]));
  } catch {
    return undefined;
  }
}

export const rawOf = (data) => `!json(${encode(JSON.stringify(data))})`;

/** Names and values of `args`, both as written in the address. */
export function parseArgs(text) {
  const found = new Map();
  for (const part of text.split(";")) {
    const at = part.indexOf(":");
    if (at > 0) found.set(part.slice(0, at), part.slice(at + 1));
  }
  return found;
}

export const writeArgs = (args) => [...args].map((pair) => pair.join(":")).join(";");
