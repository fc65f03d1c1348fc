// Events in the preview that the panel Actions lists: those that the parameter `actions` names, else clicks on buttons that
// submit no form.
import { parameters } from "./parameters.js";

const CLICKS = "click :is(button:not(form button), [type=button], [role=button])";
const LONGEST = 200; // characters of a value

const preview = () => document.getElementById("preview");
const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text);

/* "added .cart li": the name of an event, and a selector for its elements. */
function parse(handle) {
  const [name, ...selector] = handle.trim().split(/\s+/);
  return { name, selector: selector.join(" ") || "*" };
}

function handles() {
  const { actions } = parameters();
  return actions?.disable ? [] : (actions?.handles ?? [CLICKS]);
}

const nameOf = ({ localName, id, classList }) =>
  [localName, id && `#${id}`, ...[...classList].map((name) => `.${name}`)].join("");

/* The detail of a custom event. */
function detailOf({ detail }) {
  try {
    return JSON.stringify(detail) ?? "";
  } catch {
    return String(detail); // it may be circular, or be an element
  }
}

function outcome(event, element) {
  if (typeof event.detail === "object" && event.detail !== null) return detailOf(event);
  if (["checkbox", "radio"].includes(element.type)) return element.checked ? "on" : "off";
  if (element.matches("input, select, textarea")) return element.value;
  return element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+/g, " ");
}

function isSelector(inner, selector) {
  try {
    inner.querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

let watching = null;

/* Capturing at the window also catches events that do not bubble. */
function listen(view, handle, tell) {
  const { name, selector } = parse(handle);
  const add = (target, text) => tell({ kind: "event", method: name, target, text });
  if (!isSelector(view.document, selector)) {
    add(selector, "is no valid selector, in the parameter actions");
    return;
  }
  const show = (event) => {
    const isElement = event.target instanceof view.Element;
    const element = isElement ? event.target.closest(selector) : selector === "*" && view.document.documentElement;
    if (element) add(isElement ? nameOf(element) : "", short(outcome(event, element)));
  };
  view.addEventListener(name, show, { capture: true, signal: watching.signal });
}

/* Listen to the frame's current document, unless that was done already. */
function follow(tell) {
  const inner = preview()?.contentDocument;
  const wanted = JSON.stringify(handles());
  if (!inner || inner.URL === "about:blank" || (watching?.document === inner && watching.wanted === wanted)) return;
  watching?.abort();
  watching = Object.assign(new AbortController(), { document: inner, wanted });
  for (const handle of handles()) listen(inner.defaultView, handle, tell);
}

/** Report the preview's events by `tell({kind, method, target, text})`. */
export function watchEvents(tell) {
  const start = () => follow(tell);
  preview().addEventListener("load", start);
  document.addEventListener("storytime:updated", start);
  start();
}
