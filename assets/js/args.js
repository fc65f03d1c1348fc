// Controls: the values in the Props table of a story's page can be changed, and the server renders the preview with them.
// They are in the address (?args=label:Hi;disabled:!true), so that a state is a link. A subject's page takes the table over from
// its first story's page; there, the link to that page has the values.
import { makeField } from "./fields.js";
import { decode, encode, parseArgs, writeArgs } from "./notation.js";
import { copy } from "./copy.js";

const SOON = 300; // milliseconds after a change, when the user has stopped typing
const LONGEST = 8 * 1024; // characters of a path with its query, as in src/serve/head.h
const SLOW = 100; // milliseconds after a change, when the preview has not arrived yet

const table = () => document.getElementById("props");
const shown = () => document.querySelector("#preview, .told:has(#props) iframe");
/* On a subject's page, the link to the page of the story that has the controls; else null. */
const link = () => document.querySelector(".told:has(#props) .foot a");
const isOwnPage = () => link() === null;
/* The address of one of the story's pages. */
const pageOf = (name) => new URL(name, link() ?? document.baseURI).href;
const rows = () => [...document.querySelectorAll("#props tr[data-control]")];
const nameOf = (row) => row.querySelector("th code").textContent;
const button = (className, textContent) =>
  Object.assign(document.createElement("button"), { type: "button", className, textContent });

/** The changed arguments: names and values, both as written in the address. */
let changed = new Map();
/** The newest of them that the server did not refuse. */
let accepted = new Map();

/* Whether an entry of the address is an argument's own, or a part of its value. */
const isOf = (name) => {
  const key = encode(name);
  return ([other]) => other === key || (other.startsWith(key) && /[.[]/.test(other[key.length]));
};

function readAddress() {
  if (isOwnPage()) changed = parseArgs(new URLSearchParams(location.search).get("args") ?? "");
}

/** The values of globals that only the server can apply, as text. */
function contextGlobals() {
  const given = parseArgs(new URLSearchParams(location.search).get("globals") ?? "");
  return (window.storytimeGlobals ?? [])
    .filter(([name, values, attribute]) => attribute === null && values.slice(1).includes(given.get(name)))
    .map(([name]) => `${name}:${given.get(name)}`)
    .join(";");
}

/** Whether the preview shows other values than those of a build, and is rendered again after each. */
export const holdsValues = () => changed.size > 0 || contextGlobals() !== "";

function withArgs(address, given = changed) {
  const url = new URL(address, document.baseURI);
  url.search = location.search;
  const args = writeArgs(given);
  if (args) url.searchParams.set("args", args);
  else url.searchParams.delete("args");
  return url.href;
}

function fits(address) {
  const { pathname, search } = new URL(address);
  return pathname.length + search.length <= LONGEST;
}

/* -- the preview -------------------------------------------------------------------------------------------------- */

/* Show beside its control why a value is refused; null: it is not. */
function complain(row, text) {
  const control = row.querySelector(".control");
  const said = row.querySelector(".refused");
  said.textContent = text ?? "";
  if (text === null) control.removeAttribute("aria-invalid");
  else control.setAttribute("aria-invalid", "true");
}

/** The values that the server refuses, by the name of the argument. */
function refusals(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return new Map(
    [...page.querySelectorAll("[data-arg]")].map((item) => [
      item.dataset.arg,
      item.textContent.slice(item.dataset.arg.length + 2),
    ]),
  );
}

/* Values that do not fit into an address: the longest is refused. */
function refuseLongest(args) {
  const [[key = ""] = []] = [...args].sort(([, a], [, b]) => b.length - a.length);
  return new Map([
    [decode(key.match(/^[^.[]*/)[0]), "too long: all changed values together must fit into a URL of 8 KB"],
  ]);
}

/** Ask the server for the preview with some arguments. `refused`: why it refuses some of them, by name; null: it does not. */
async function ask(args, signal) {
  const address = withArgs(pageOf("preview.html"), args);
  if (!fits(address)) return { refused: refuseLongest(args) };
  const response = await fetch(address, { signal, cache: "no-cache" });
  const text = await response.text();
  return { args, address, text, status: response.status, refused: response.status === 422 ? refusals(text) : null };
}

function show({ args, address, text, status }) {
  const view = shown()?.contentWindow; // a build may have removed it meanwhile
  if (!view || status === 404) return; // the page says that the story is gone, and shows its last version
  accepted = new Map(args);
  inFrame = writeArgs(args);
  const isThere = view.location.pathname === new URL(address).pathname; // the story before may still be shown
  if (status !== 200 || !isThere || !view.storytimeDocument?.update(text)) view.location.replace(address);
  followHtml();
}

/* The changed arguments, with the newest accepted values, or the story's own, instead of those that are refused. A save may have
 * changed what is accepted. */
function acceptable(refused) {
  const isRefused = (entry) => [...refused.keys()].some((name) => isOf(name)(entry));
  const before = [...accepted].filter(([key, raw]) => isRefused([key]) && changed.get(key) !== raw);
  return new Map([...[...changed].filter((one) => !isRefused(one)), ...before]);
}

let newest = null;
let shownGlobals = "";
let inFrame = null; // the arguments of the preview that is shown, as written in an address; null: unknown

/**
 * Show the preview with the changed values, except for those that are refused. Outdated answers are ignored.
 * true: no further change was made meanwhile.
 */
async function render() {
  newest?.abort();
  shownGlobals = contextGlobals();
  const mine = (newest = new AbortController());
  const address = withArgs(pageOf("preview.html"));
  for (const link of document.querySelectorAll('.toolbar a[href*="preview.html"]')) link.href = address;
  try {
    let answer = await ask(changed, mine.signal);
    const { refused } = answer;
    for (const row of rows()) complain(row, refused?.get(nameOf(row)) ?? unreadable.get(row) ?? null);
    const rest = refused && acceptable(refused);
    if (rest && writeArgs(rest) !== inFrame) answer = await ask(rest, mine.signal);
    if (!answer.refused) show(answer);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
  return mine === newest;
}

let staleHtml = false; // the HTML panel shows other values than the preview
let later = 0;

/* Update the HTML panel for the changed values, if it is visible. */
async function showHtml() {
  const panel = document.getElementById("html");
  if (!staleHtml || !panel?.classList.contains("shown")) return;
  staleHtml = false;
  const response = await fetch(withArgs("index.html", accepted), { cache: "no-cache" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.getElementById("html");
  if (response.ok && next && panel.isConnected) panel.replaceChildren(...document.adoptNode(next).childNodes);
}

function followHtml() {
  staleHtml = true;
  clearTimeout(later);
  later = setTimeout(showHtml, SOON);
}

/* -- the history: an entry for each change that is finished -------------------------------------------------------- */

let edited = null; // the argument whose value is being changed, within one entry
let unkept = null; // how to put the last change into the history; null: that is done
let late = 0;

/** Put the address into the history, if it does not have it. */
function keep() {
  const how = unkept;
  const address = withArgs(location.href);
  if (!fits(address)) return;
  unkept = null;
  clearTimeout(late);
  if (how === null) return;
  if (!isOwnPage()) link().href = withArgs(pageOf("index.html"));
  else if (address !== location.href) history[how](how === "pushState" ? null : history.state, "", address);
}

/* Call this before an argument, or all of them, are changed. */
function edit(name) {
  const goesOn = name !== null && edited === name;
  if (!goesOn) keep(); // the change before gets an entry of its own
  edited = name;
  unkept ??= goesOn ? "replaceState" : "pushState";
}

/** Change the value of an argument; null restores the story's own. */
function change(row, raw) {
  const name = nameOf(row);
  edit(name);
  unreadable.delete(row);
  changed = new Map([...changed].filter((entry) => !isOf(name)(entry)));
  if (raw !== null) changed.set(encode(name), raw);
  showSwitches(row);
  showActions();
  late = setTimeout(keep, SLOW);
  render().then((isNewest) => isNewest && keep()); // not before, as browsers delay requests for the history
}

function followHistory() {
  edited = unkept = inFrame = null;
  accepted = new Map();
  readAddress();
  for (const row of rows()) addField(row);
  showActions();
  render();
}

/* Another story's page comes: the history gets what was changed last, and nothing more is done for this one. */
function leave() {
  keep();
  unkept = null;
  clearTimeout(later);
  newest?.abort();
  staleHtml = false;
  edited = typing = inFrame = null;
  changed = new Map(); // the frame's load would show them with the other story
  accepted = new Map();
}

const argsIn = (frame) => new URLSearchParams(frame.contentWindow.location.search).get("args") ?? "";

/* Going back, the browser may load the frame as it was. */
function followFrame() {
  shown().onload = () => changed.size > 0 && argsIn(shown()) !== writeArgs(changed) && render();
}

function reset() {
  edit(null);
  changed = new Map();
  keep();
  followHistory();
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* The value of a row's field: the changed one (the address may have only parts of it), else the story's own. */
function valueOf(row) {
  const key = encode(nameOf(row));
  if (changed.has(key)) return changed.get(key) === "!undefined" ? null : changed.get(key);
  const inParts = [...changed].some(isOf(nameOf(row)));
  return (inParts ? row.dataset.now : row.dataset.raw) ?? null;
}

const SWITCHES = [
  { raw: "!null", holds: (spec) => spec.optional, label: "None" },
  { raw: "!undefined", holds: (spec) => spec.default, label: "Default" },
  { raw: null, holds: () => true, label: "Undo" },
];

function showSwitches(row) {
  const own = changed.get(encode(nameOf(row))) ?? null;
  const now = own ?? row.dataset.raw;
  for (const one of row.querySelectorAll(".switch")) {
    if (one.value === "") one.hidden = own === null;
    else one.setAttribute("aria-pressed", one.value === now);
  }
  row.classList.toggle("changed", own !== null);
}

function makeSwitch(row, { raw, label }) {
  const one = Object.assign(button("switch", label), { value: raw ?? "" });
  one.setAttribute("aria-label", `${nameOf(row)}: ${label}`);
  one.addEventListener("click", () => {
    edited = null;
    change(row, one.getAttribute("aria-pressed") === "true" ? null : raw);
    addField(row);
    row.querySelector(".field :is(input, textarea, select)").focus(); // of a group, its first
  });
  return one;
}

const unreadable = new WeakMap(); // why what is written in a row's field can't be sent to the server

/* Replace the field of a row by one with the current value. */
function addField(row) {
  unreadable.delete(row);
  const spec = JSON.parse(row.dataset.control);
  const name = nameOf(row);
  const said = Object.assign(document.createElement("span"), { className: "refused", id: `refused-${row.rowIndex}` });
  said.setAttribute("role", "status");
  const field = makeField(
    spec,
    valueOf(row),
    name,
    (raw) => change(row, raw),
    (text) => {
      unreadable.set(row, text);
      complain(row, text);
    },
  );
  const switches = SWITCHES.filter(({ holds }) => holds(spec)).map((one) => makeSwitch(row, one));
  const line = Object.assign(document.createElement("div"), { className: "field" });
  line.append(field, ...switches);
  line.addEventListener("change", () => (edited = null));
  row.cells[2].replaceChildren(line, said);
  const control = row.querySelector(".control");
  const about = row.querySelector("th .what");
  if (about) about.id = `about-${row.rowIndex}`;
  control.setAttribute("aria-label", name);
  control.setAttribute("aria-describedby", about ? `${about.id} ${said.id}` : said.id);
  showSwitches(row);
}

/* -- the focus: an update of the page creates a new table ----------------------------------------------------------- */

let typing = null;

function noteTyping({ target }) {
  const row = target.closest?.("#props tr[data-control]");
  typing = row && {
    name: nameOf(row),
    at: [...row.querySelectorAll("input, textarea, select, button")].indexOf(target),
    caret: target.type === "text" || target.type === "textarea" ? target.selectionStart : null,
  };
}

function goOnTyping() {
  const row = typing && rows().find((one) => nameOf(one) === typing.name);
  if (!row || document.activeElement !== document.body) return;
  const control = row.querySelectorAll("input, textarea, select, button")[typing.at];
  control?.focus({ preventScroll: true });
  if (typing.caret !== null) control?.setSelectionRange?.(typing.caret, typing.caret);
}

/* -- what is done with all of them ---------------------------------------------------------------------------------- */

function loadPython(args) {
  const url = new URL(withArgs(pageOf("index.html"), args));
  url.searchParams.set("as", "python");
  return fetch(url, { cache: "no-cache" });
}

async function copyAsPython({ currentTarget }) {
  let response = await loadPython(changed);
  if (!response.ok) response = await loadPython(accepted); // a value is refused
  if (response.ok) copy(currentTarget, await response.text());
}

/** Buttons above the table: Reset while anything is changed, and the story as code. */
function showActions() {
  const panel = table();
  if (!panel.querySelector(".actions")) {
    const bar = Object.assign(document.createElement("div"), { className: "actions" });
    const code = button("as-python", "Copy as Python");
    const back = button("reset", "Reset");
    code.addEventListener("click", copyAsPython);
    back.addEventListener("click", reset);
    bar.append(code, back);
    panel.querySelector(".scroll").before(bar);
  }
  panel.querySelector(".reset").hidden = changed.size === 0;
}

/* Copy the texts of the subject's table of parameters into the table of controls. false: the former has more rows. */
function addDefaults(controls) {
  const found = new Map([...controls.querySelectorAll("tbody tr")].map((row) => [nameOf(row), row]));
  const own = [...document.querySelectorAll("#parameters + .scroll tbody tr")];
  for (const one of own) {
    const value = one.cells[2].firstElementChild;
    const note = Object.assign(document.createElement("small"), { textContent: value ? "default " : "required" });
    if (value) note.append(value.cloneNode(true));
    found.get(nameOf(one))?.cells[1].append(note);
  }
  return own.every((one) => found.has(nameOf(one)));
}

let taken = ""; // the story page's table, as it was when it was taken over

/* On a subject's page: take over the table of the story's page, if it has changed. */
async function takeTable() {
  const response = await fetch(pageOf("index.html"), { cache: "no-cache" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.querySelector("#props .scroll");
  if (!response.ok || !next) return;
  const isWhole = addDefaults(next);
  if (next.outerHTML === taken && table().firstElementChild) return;
  taken = next.outerHTML;
  for (const a of next.querySelectorAll("a[href]")) a.href = new URL(a.getAttribute("href"), response.url).href;
  table().className = `panel shown${isWhole ? " whole" : ""}`;
  table().replaceChildren(document.adoptNode(next));
}

/** Make the table's values controls, and show the preview with those of the address; again after each build. */
export function startArgs() {
  if (!shown()) return;
  const start = async () => {
    inFrame = null;
    if (!shown()) return; // the subject's first story has no controls any more
    if (!isOwnPage()) await takeTable();
    keep();
    if (unkept === null) readAddress(); // otherwise the values are too long for it
    for (const row of rows()) if (!row.querySelector(".control")) addField(row);
    if (rows().length > 0) showActions();
    if (!isOwnPage()) link().href = withArgs(pageOf("index.html"));
    goOnTyping();
    if (changed.size > 0 || contextGlobals()) render();
  };
  start();
  for (const kind of ["focusin", "keyup", "pointerup"]) document.addEventListener(kind, noteTyping);
  document.addEventListener("storytime:history", followHistory);
  document.addEventListener("storytime:leave", leave);
  document.addEventListener("storytime:visit", followFrame);
  document.addEventListener("storytime:panel", showHtml);
  document.addEventListener("storytime:updated", start);
  document.addEventListener("storytime:globals", () => contextGlobals() !== shownGlobals && render());
}
