// The input fields, one for each kind of control. A field is an element; its `.control` is the part that has the
// focus, the label and the error. It reports each change by `changed(raw)`, in the notation of addresses.
import { dataOf, decode, encode, rawOf } from "./notation.js";

let count = 0; // of groups of radio buttons, which need unique names

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function input(type, spec, value, changed) {
  const field = make("input", { type, className: "control" });
  for (const name of ["min", "max", "step"]) if (name in spec) field[name] = spec[name];
  field.value = value;
  field.addEventListener("input", () => changed(encode(field.value)));
  return field;
}

function area(value, read) {
  const field = make("textarea", { className: "control", rows: 1, dir: "auto", spellcheck: false, value });
  field.addEventListener("input", () => read(field.value));
  return field;
}

const plain = (raw) => (raw === null || /^![a-z]+$/.test(raw) ? "" : decode(raw.replace(/^!\w+\((.*)\)$/s, "$1")));

function colour(spec, raw, changed, label) {
  const text = input("text", spec, raw?.startsWith("!hex(") ? `#${plain(raw)}` : plain(raw), (next) => {
    show();
    changed(next);
  });
  const picker = make("input", { type: "color", className: "swatch", ariaLabel: `Choose ${label}` });
  const show = () => {
    const [, r, g, b] = text.value.match(/^#([\da-f])([\da-f])([\da-f])$/i) ?? [];
    const long = text.value.match(/^#[\da-f]{6}/i)?.[0] ?? "#000000";
    picker.value = r ? `#${r}${r}${g}${g}${b}${b}` : long;
  };
  show();
  picker.addEventListener("input", () => {
    text.value = picker.value;
    changed(encode(text.value));
  });
  return make("span", { className: "with-swatch" }, picker, text);
}

function range(spec, raw, changed) {
  const output = make("output", { textContent: plain(raw) });
  const field = input("range", spec, plain(raw), (next) => {
    output.textContent = field.value;
    changed(next);
  });
  return make("span", { className: "with-output" }, field, output);
}

function boolean(_spec, raw, changed) {
  const field = make("input", { type: "checkbox", className: "control", checked: raw === "!true" });
  field.addEventListener("change", () => changed(`!${field.checked}`));
  return field;
}

/* A text of blanks shows its quotes. */
const shown = (label) => (label.trim() ? label : JSON.stringify(label));

function select(spec, raw, changed) {
  const field = make("select", { className: "control" });
  if (!spec.options.some(([value]) => value === raw))
    field.append(Object.assign(new Option("", "", true, true), { disabled: true }));
  for (const [value, label] of spec.options)
    field.append(new Option(shown(label), value, value === raw, value === raw));
  field.addEventListener("change", () => changed(field.value));
  return field;
}

/* The list in an address; other values give an empty one. */
const listOf = (raw) => [dataOf(raw) ?? []].flat();

function several(spec, raw, changed) {
  const chosen = listOf(raw);
  const field = make("select", { className: "control", multiple: true, size: Math.min(6, spec.options.length) });
  for (const [value, label] of spec.options) {
    const on = chosen.includes(decode(value));
    field.append(new Option(shown(label), value, on, on));
  }
  field.addEventListener("change", () => changed(rawOf([...field.selectedOptions].map((one) => decode(one.value)))));
  return field;
}

function choices(type, spec, isChosen, changed) {
  const group = make("span", {
    className: spec.type.startsWith("inline") ? "control choices inline" : "control choices",
  });
  group.setAttribute("role", type === "radio" ? "radiogroup" : "group");
  const name = `choice-${++count}`;
  for (const [value, label] of spec.options) {
    const one = make("input", { type, name, value, checked: isChosen(value) });
    group.append(make("label", {}, one, shown(label)));
  }
  group.addEventListener("change", () => changed([...group.querySelectorAll(":checked")].map((one) => one.value)));
  return group;
}

const radio = (spec, raw, changed) =>
  choices(
    "radio",
    spec,
    (value) => value === raw,
    ([one]) => changed(one),
  );

function check(spec, raw, changed) {
  const chosen = listOf(raw);
  return choices(
    "checkbox",
    spec,
    (value) => chosen.includes(decode(value)),
    (values) => changed(rawOf(values.map(decode))),
  );
}

/** JSON. Invalid JSON is reported here, and not sent to the server. */
function object(_spec, raw, changed, _label, refuse) {
  const data = dataOf(raw);
  const field = area(data === undefined ? plain(raw) : JSON.stringify(data, null, 1), (text) => {
    try {
      changed(rawOf(JSON.parse(text)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      refuse(`Invalid JSON: ${error.message}`);
    }
  });
  Object.assign(field, { dir: "ltr" }).classList.add("json");
  return field;
}

/* If the browser's own field can't hold a value, such as a time with a zone, use a text field. */
const moment = (type, step) => (spec, raw, changed) => {
  const field = input(type, { step, ...spec }, plain(raw), changed);
  return field.value || !plain(raw) ? field : input("text", spec, plain(raw), changed);
};

const FIELDS = {
  text: (_spec, raw, changed) => area(plain(raw), (text) => changed(encode(text))),
  number: (spec, raw, changed) => input("number", spec, plain(raw), changed),
  range,
  boolean,
  color: colour,
  date: moment("date"),
  datetime: moment("datetime-local", 1),
  time: moment("time", 1),
  select,
  radio,
  "inline-radio": radio,
  "multi-select": several,
  check,
  "inline-check": check,
  object,
};

/** A field for a control; `raw` is null if it has no value yet. `refuse(text)` says that the typed text is no value. */
export function makeField(spec, raw, label, changed, refuse) {
  return (FIELDS[spec.type] ?? FIELDS.text)(spec, raw, changed, label, refuse);
}
