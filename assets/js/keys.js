// Keyboard shortcuts: each control says which key presses it (aria-keyshortcuts), and "?" lists them. They can be
// switched off, for people who use speech input, or whose browser uses the same keys.
import { isRightToLeft } from "./direction.js";
import { recall, remember } from "./memory.js";

const always = { always: true };
const WRITERS =
  "input, textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=listbox], [role=menu], [role=tree]";

const more = () => [
  ["Ctrl+K", "Search, even from a text field"],
  ["↓ ↑", "Move through results and the tree"],
  [isRightToLeft() ? "← →" : "→ ←", "Open and close a branch; in tabs and tools, go to the next and previous one"],
  ["Enter", "Open the selected result, or the first one"],
  ["Escape", "Clear the search; exit full screen"],
];

const first = (...selectors) => selectors.map((one) => document.querySelector(one)).find(Boolean);

/* What a key moves the focus to: its name, and where that is on this page. */
const PLACES = {
  1: ["Go to the stories", () => first("#tree [aria-current]", "#tree a")],
  2: ["Go to the preview", () => first("#preview")],
  3: [
    "Go to the controls, or to the panel that is shown",
    () => first("#props.shown .field :is(input, textarea, select)", ".panel.shown"),
  ],
};

function go([, find]) {
  const place = find();
  if (place.closest("#sidebar") && !place.checkVisibility()) document.getElementById("toggle-sidebar").click();
  if (place.closest(".panels") && !place.checkVisibility()) document.querySelector('[data-panels="hide"]').click();
  place.focus();
}

const controls = () => [...document.querySelectorAll("[aria-keyshortcuts]")].filter((node) => node.checkVisibility());
const keyOf = (control) => control.getAttribute("aria-keyshortcuts");
const labelOf = (control) =>
  control.getAttribute("aria-label") ?? control.labels?.[0]?.textContent ?? control.textContent.trim();
const areOff = () => recall("keys", always) === "off";

function use(control) {
  if (control.id === "search") document.dispatchEvent(new CustomEvent("storytime:search"));
  else if (control.matches("select")) {
    control.selectedIndex = (control.selectedIndex + 1) % control.length;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else control.click();
}

/* The search's shortcut in other catalogs. It also works while one types. */
const isSearch = ({ key, ctrlKey, metaKey, altKey }) =>
  key.toLowerCase() === "k" && ctrlKey !== metaKey && !altKey && !document.querySelector("dialog[open]");

/** Do what a key stands for. The target may be in the preview, whose own keys come first. */
export function press(event) {
  const { key, target } = event;
  if (isSearch(event)) {
    event.preventDefault();
    use(document.getElementById("search"));
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const writes = target.closest?.(WRITERS)?.checkVisibility(); // a field in a dialog that was just closed keeps the focus
  if (writes || document.querySelector("dialog[open]")) return;
  if (areOff() && key !== "?" && key !== "/") return;
  if (PLACES[key]?.[1]()) {
    event.preventDefault();
    go(PLACES[key]);
    return;
  }
  const search = document.getElementById("search"); // shown first, if it is hidden
  const control = key === "/" ? search : controls().find((one) => keyOf(one).toLowerCase() === key.toLowerCase());
  if (!control || (event.shiftKey && /^[a-z]$/i.test(key))) return;
  event.preventDefault();
  use(control);
}

function addRow(list, keys, label) {
  const term = document.createElement("dt");
  for (const key of keys.split(" "))
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
  list.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
}

const DIALOG = `<dialog id="keys" aria-labelledby="keys-title"><article><h2 id="keys-title">Keyboard shortcuts</h2><dl class="keys"></dl>
<label><input type="checkbox" role="switch"> Enable keyboard shortcuts</label>
<form method="dialog"><button>Close</button></form></article></dialog>`;

function showKeys() {
  document.getElementById("keys")?.remove(); // one that was just closed may not be removed yet
  document.body.insertAdjacentHTML("beforeend", DIALOG);
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector("dl");
  for (const control of controls()) addRow(list, keyOf(control), labelOf(control));
  for (const [key, [label, find]] of Object.entries(PLACES)) if (find()) addRow(list, key, label);
  for (const [keys, label] of more()) addRow(list, keys, label);
  const used = dialog.querySelector("input");
  used.checked = !areOff();
  used.addEventListener("change", () => remember("keys", used.checked ? null : "off", always));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/** Show on each control which key presses it. */
export function showHints() {
  for (const control of document.querySelectorAll("[aria-keyshortcuts]:not(input)"))
    control.title = `${labelOf(control)} (${keyOf(control)})`;
}

export function bindKeys() {
  document.getElementById("show-keys").addEventListener("click", showKeys);
  document.addEventListener("keydown", press);
}
