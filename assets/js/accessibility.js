// The panel "Accessibility": axe-core runs in the preview while somebody looks at the panel, and again when the preview
// changes.
import { audit, impactBadge, isOff, make, ruleLink } from "./audit.js";
import { clear, mark } from "./overlay.js";
import { isShown, setCount } from "./panels.js";
import { parameters } from "./parameters.js";

const ID = "accessibility";
const PAUSE = 400; // milliseconds without a change of the preview before it is checked

const frame = () => document.getElementById("preview");
const panel = () => document.getElementById(ID);

function show(...children) {
  panel().replaceChildren(panel().querySelector("h2"), ...children);
}

const say = (text) => show(make("p", { className: "quiet", role: "status", textContent: text }));

/* The entry of a failing element: pointing at it frames the element in the preview, pressing it scrolls there. */
function elementItem({ element, html, failureSummary }) {
  const button = make("button", { type: "button", className: "element" }, make("code", { textContent: html }));
  const there = () => element?.isConnected && mark([element]);
  for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, there);
  for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, clear);
  button.addEventListener("click", () => {
    element?.scrollIntoView({ block: "center" });
    there();
  });
  return make("li", {}, button, make("p", { className: "quiet", textContent: failureSummary }));
}

function ruleItem(rule) {
  const { id, help, description, nodes } = rule;
  const summary = make("summary", {}, impactBadge(rule), ` ${help} `, make("small", { textContent: nodes.length }));
  return make(
    "details",
    { open: true },
    summary,
    make("p", { className: "quiet" }, `${description}. Rule `, make("code", { textContent: id }), ". ", ruleLink(rule)),
    make("ul", { className: "elements" }, ...nodes.map(elementItem)),
  );
}

function group(title, rules, open) {
  if (!rules.length) return [];
  const items = rules.map(ruleItem);
  for (const item of items) item.open = open;
  return [make("h3", { textContent: title }), ...items];
}

function showResult({ violations, incomplete, passes }) {
  const count = violations.length;
  setCount(ID, count ? `${count} failing` : "0", count ? "fail" : "");
  const passing = `${passes.length} ${passes.length === 1 ? "rule is" : "rules are"} passing.`;
  show(
    make("p", { className: "quiet", role: "status", textContent: count ? passing : `No violations. ${passing}` }),
    ...group("Violations", violations, true),
    ...group("To check by hand", incomplete, false),
  );
}

let newest = 0; // late results of earlier checks are ignored
let running = Promise.resolve(); // axe-core cannot run twice at the same time

/* Run after the previous run has ended, unless another one is wanted by then. */
function runNext(mine, view, a11y) {
  const result = running.then(() => (mine === newest ? audit(view, a11y) : null));
  running = result.catch(() => {});
  return result;
}

async function check() {
  const mine = ++newest;
  const { a11y } = parameters();
  const view = frame().contentDocument && frame().contentWindow;
  if (!view) {
    say("To check this story, run storytime serve: browsers do not let pages from file:// inspect each other.");
  } else if (isOff(a11y)) {
    say("The parameter a11y turns this check off.");
  } else {
    if (panel().childElementCount < 2) say("Checking …");
    try {
      const result = await runNext(mine, view, a11y);
      if (result && mine === newest) showResult(result);
    } catch (error) {
      if (mine === newest) say(`The check failed: ${error.message}`);
    }
  }
}

let later = 0;
let checked = null; // the body that was last checked

/* Check the preview, unless it has not changed since the last check (axe-core itself changes it for a moment). */
function checkNew() {
  const html = frame().contentDocument?.body?.innerHTML ?? "";
  if (html === checked) return;
  checked = html;
  check();
}

/* The preview may have changed, or the panel was opened. */
function checkSoon(pause = PAUSE) {
  clearTimeout(later);
  if (isShown(ID)) later = setTimeout(checkNew, pause);
}

/* Discard what was found. */
function forget() {
  checked = null;
  newest++;
  if (!isShown(ID)) {
    show();
    setCount(ID, "", "");
  }
  checkSoon();
}

const observer = new MutationObserver(() => checkSoon());
let followed = null; // the document that the frame had last

function follow() {
  observer.disconnect();
  const doc = frame().contentDocument;
  if (doc !== followed) running = Promise.resolve(); // a run in the document before may never end
  followed = doc;
  const body = doc?.body;
  if (body) observer.observe(body, { subtree: true, childList: true, attributes: true, characterData: true });
  forget();
}

/** Check the preview whenever the panel is shown. */
export function startAccessibility() {
  if (!panel() || !frame()) return;
  document.addEventListener("storytime:panel", () => checkSoon(0));
  for (const kind of ["storytime:updated", "storytime:globals"]) document.addEventListener(kind, forget);
  document.addEventListener("change", ({ target }) => target.matches("[data-menu]") && forget()); // of the toolbar
  frame().addEventListener("load", follow);
  if (frame().contentDocument?.readyState === "complete") follow();
}
