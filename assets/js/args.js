// Controls: the values in the Props table of a story's page can be changed, and the server renders the preview with them.
// They are in the address (?args=label:Hi;disabled:!true), so that a state is a link.
const preview = () => document.getElementById("preview");
const rows = () => [...document.querySelectorAll("#props tr[data-raw]")];
const nameOf = (row) => row.querySelector("th code").textContent;
const encode = (text) => encodeURIComponent(text).replace(/!/g, "%21");

/** What was changed: names and values, both as they stand in the address. */
const changed = new Map();

function readAddress() {
  changed.clear();
  for (const part of (new URLSearchParams(location.search).get("args") ?? "").split(";")) {
    const at = part.indexOf(":");
    if (at > 0) changed.set(part.slice(0, at), part.slice(at + 1));
  }
}

function withArgs(address) {
  const url = new URL(address, document.baseURI);
  url.search = location.search;
  const args = [...changed].map((pair) => pair.join(":")).join(";");
  if (args) url.searchParams.set("args", args);
  else url.searchParams.delete("args");
  return url.href;
}

/* Say beside its control why a value is refused; null: it is not. */
function complain(row, text) {
  const control = row.querySelector(".control");
  const said = row.querySelector(".refused");
  said.textContent = text ?? "";
  if (text === null) control.removeAttribute("aria-invalid");
  else control.setAttribute("aria-invalid", "true");
}

/** What the server refuses, by the name of the argument. */
function refusals(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return new Map(
    [...page.querySelectorAll("[data-arg]")].map((item) => [
      item.dataset.arg,
      item.textContent.slice(item.dataset.arg.length + 2),
    ]),
  );
}

let newest = null;

/** Show the preview with the changed values; an answer that is no longer wanted is let go, a refused value keeps the last one. */
async function render() {
  newest?.abort();
  const mine = (newest = new AbortController());
  const address = withArgs("preview.html");
  for (const link of document.querySelectorAll('.toolbar a[href*="preview.html"]')) link.href = address;
  try {
    const response = await fetch(address, { signal: mine.signal, cache: "no-cache" });
    const text = await response.text();
    const refused = response.status === 422 ? refusals(text) : new Map();
    for (const row of rows()) complain(row, refused.get(nameOf(row)) ?? null);
    if (response.status === 422) return;
    const view = preview().contentWindow;
    if (!response.ok || !view?.storytimeDocument?.update(text)) view.location.replace(address);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function change(row, text) {
  changed.set(encode(nameOf(row)), text);
  history.replaceState(history.state, "", withArgs(location.href));
  showReset();
  render();
}

/* The text of a value in the address, as what a field holds. */
const decode = (text) => (/^!(true|false)$/.test(text) ? text.slice(1) : decodeURIComponent(text));

function makeControl(row) {
  const type = row.cells[1].textContent;
  const input = Object.assign(document.createElement("input"), { className: "control" });
  const value = changed.get(encode(nameOf(row))) ?? null;
  const text = value === null ? row.dataset.raw : decode(value);
  input.setAttribute("aria-label", nameOf(row));
  if (type === "bool") {
    input.type = "checkbox";
    input.checked = text === "true";
    input.addEventListener("change", () => change(row, `!${input.checked}`));
  } else {
    input.type = type === "str" ? "text" : "number";
    if (type === "float") input.step = "any";
    input.value = text;
    input.addEventListener("input", () => change(row, encode(input.value)));
  }
  return input;
}

/* Where somebody types: an update of the page makes the table anew. */
let typing = null;

function noteTyping({ target }) {
  const row = target.closest?.("#props tr[data-raw]");
  typing = row && { name: nameOf(row), caret: target.type === "text" ? target.selectionStart : null };
}

function goOnTyping() {
  const row = typing && rows().find((one) => nameOf(one) === typing.name);
  if (!row || document.activeElement !== document.body) return;
  const control = row.querySelector(".control");
  control.focus({ preventScroll: true });
  if (typing.caret !== null) control.setSelectionRange(typing.caret, typing.caret);
}

function addControls() {
  for (const row of rows()) {
    if (row.querySelector(".control")) continue;
    const said = Object.assign(document.createElement("span"), { className: "refused" });
    said.setAttribute("role", "status");
    row.cells[2].replaceChildren(makeControl(row), said);
  }
  showReset();
}

/* Without arguments the page is loaded anew: it holds the story's own values. */
function showReset() {
  const panel = document.querySelector("#props");
  const button = panel?.querySelector(".reset");
  if (changed.size === 0 || button) {
    if (changed.size === 0) button?.remove();
    return;
  }
  const added = Object.assign(document.createElement("button"), {
    type: "button",
    className: "reset",
    textContent: "Reset",
  });
  added.addEventListener("click", () => {
    changed.clear();
    location.assign(withArgs(location.href));
  });
  panel.querySelector("h2").after(added);
}

/** Make the table's values controls, and show the preview with those of the address; again after each build. */
export function startArgs() {
  if (!preview()) return;
  const start = () => {
    readAddress();
    addControls();
    goOnTyping();
    if (changed.size > 0) render();
  };
  start();
  for (const kind of ["focusin", "keyup", "pointerup"]) document.addEventListener(kind, noteTyping);
  document.addEventListener("storytime:updated", start);
}
