// The panel Actions: what a story does, newest first. Only a server's page has it.
import { watchEvents } from "./events.js";

const MOST = 200; // entries

const entries = [];

const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const OUTCOMES = {
  request: ({ status, isRouted }) =>
    isRouted ? `${status}, by a route` : status === 0 ? "failed" : `${status}, no route`,
  submit: ({ fields }) => fields.join(", ") || "no fields",
  link: () => "clicked",
  event: ({ text }) => text,
};
const KINDS = { request: "Request", submit: "Form", link: "Link", event: "Event" };

function show(action) {
  const { kind, method = "", target } = action;
  return make(
    "li",
    { className: kind },
    make("b", { textContent: KINDS[kind] }),
    " ",
    make("code", { textContent: `${method} ${target}`.trim() }),
    " ",
    make("span", { textContent: OUTCOMES[kind](action) }),
  );
}

function clear() {
  entries.length = 0;
  fill();
}

/* If the story has routes, the page already has the panel, with a note for builds; else it is created. */
function makePanel(panels) {
  const made = make("section", { className: "panel", id: "actions" });
  panels.append(made);
  return made;
}

function makeLog() {
  const log = make("div", { className: "log" }, make("ol", { reversed: true }));
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "Actions");
  const button = make("button", { type: "button", className: "clear", textContent: "Clear" });
  button.addEventListener("click", clear);
  const hint = "Clicks on buttons and links, submitted forms and requests appear here.";
  return [
    make("h2", { textContent: "Actions" }),
    make("p", { className: "quiet", textContent: hint }),
    make("div", { className: "actions" }, button),
    log,
  ];
}

/* An update of the page restores the published panel, or removes it. */
function panel() {
  const panels = document.querySelector(".panels");
  if (!panels) return null;
  const found = document.getElementById("actions") ?? makePanel(panels);
  if (!found.querySelector(".log")) found.replaceChildren(...makeLog());
  return found;
}

function fill() {
  const shown = panel();
  if (!shown) return;
  shown.querySelector(".log ol").replaceChildren(...entries.map(show));
  shown.querySelector(".quiet").hidden = entries.length > 0;
  shown.querySelector(".actions").hidden = entries.length === 0;
  window.storytime?.setCount("actions", entries.length || "");
}

/** Add the panel to a story's page, and keep it there. */
export function startLog() {
  if (!document.getElementById("preview")) return;
  const add = (action) => {
    entries.unshift(action);
    entries.length = Math.min(entries.length, MOST);
    fill();
  };
  document.addEventListener("storytime:action", ({ detail }) => add(detail));
  document.addEventListener("storytime:leave", () => (entries.length = 0));
  document.addEventListener("storytime:updated", fill);
  fill();
  watchEvents(add);
}
