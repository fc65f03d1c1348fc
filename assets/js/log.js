// The panel Actions: what a story does that would leave it, newest first. Only a served page has it.
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
  link: () => "followed",
};
const KINDS = { request: "Request", submit: "Form", link: "Link" };

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

/* The panel is no part of the published page: an update of that takes it away. */
function panel() {
  const found = document.getElementById("actions");
  const panels = document.querySelector(".panels");
  if (found || !panels) return found;
  const list = make("ol", { reversed: true });
  const log = make("div", { className: "log" }, list);
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "Actions");
  const button = make("button", { type: "button", className: "clear", textContent: "Clear" });
  button.addEventListener("click", clear);
  const hint = "Requests that the story makes, forms that are submitted and links that are followed stand here.";
  panels.append(
    make(
      "section",
      { className: "panel", id: "actions" },
      make("h2", { textContent: "Actions" }),
      make("p", { className: "quiet", textContent: hint }),
      make("div", { className: "actions" }, button),
      log,
    ),
  );
  return document.getElementById("actions");
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
  document.addEventListener("storytime:action", ({ detail }) => {
    entries.unshift(detail);
    entries.length = Math.min(entries.length, MOST);
    fill();
  });
  document.addEventListener("storytime:updated", fill);
  fill();
}
