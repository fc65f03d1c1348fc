// The panels of a story's page: tabs choose one, beside or below the preview, of adjustable size. A panel is a
// section of the page with an id and a heading; its tab is created here. Without JavaScript, they are one below the other.
import { copy } from "./copy.js";
import { extentOf, fromStart, onwardKey } from "./direction.js";
import { recall, remember } from "./memory.js";
import { bindSplitter } from "./splitter.js";

const root = document.documentElement;
const always = { always: true };
const LEAST = { height: 96, width: 240 }; // pixels, as in story.css
const KEPT = { height: 128, width: 320 }; // the room that is left to the preview

const counts = new Map(); // the counts that scripts have set, by the id of the panel
let chosen = recall("tab", always);

const find = (selector) => document.querySelector(selector);
const tabs = () => [...document.querySelectorAll(".tabs [role=tab]")];
/* At the end of the line: on the left, where the page reads from right to left. */
const isBeside = () => root.classList.contains("panels-right");
const isHidden = () => root.classList.contains("no-panels");
const axis = () => (isBeside() ? "width" : "height");

const BAR = `<div role="tablist" aria-label="About this story"></div><div class="tools">
<button type="button" class="icon" data-panels="side" aria-keyshortcuts="D"></button>
<button type="button" class="icon" data-panels="hide" aria-keyshortcuts="A"></button></div>`;

function showTab(page, panel, isShown) {
  const id = `tab-${panel.id}`;
  let tab = page.getElementById(id);
  if (!tab) {
    tab = Object.assign(page.createElement("button"), { type: "button", id });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.append(panel.querySelector("h2").textContent, " ", page.createElement("small"));
    page.querySelector(".tabs [role=tablist]").append(tab);
  }
  const { text = "", state = "" } = counts.get(panel.id) ?? { text: panel.dataset.count, state: panel.dataset.state };
  Object.assign(tab.querySelector("small"), { textContent: text, className: state });
  tab.setAttribute("aria-selected", isShown);
  tab.tabIndex = isShown ? 0 : -1;
}

function showTool(page, name, icon, label) {
  const button = page.querySelector(`[data-panels="${name}"]`);
  button.dataset.icon = icon;
  button.setAttribute("aria-label", label);
  button.title = `${label} (${button.getAttribute("aria-keyshortcuts")})`;
}

function showBar(page, panels, shown) {
  const bar = page.querySelector(".tabs");
  if (!bar.firstElementChild) bar.innerHTML = BAR;
  for (const panel of panels) showTab(page, panel, panel === shown);
  if (isBeside()) showTool(page, "side", "below", "Panels below");
  else showTool(page, "side", "beside", "Panels at the side");
  if (isHidden()) showTool(page, "hide", "up", "Show panels");
  else showTool(page, "hide", "down", "Hide panels");
}

/**
 * Create the tabs of a document's panels and show the one that was chosen last, here or on another story's page. A document
 * that will replace this one gets the same, so that nothing changes.
 */
export function startPanels(page = document) {
  const panels = [...page.querySelectorAll(".panels .panel")];
  const shown = panels.find(({ id }) => id === chosen) ?? panels[0];
  if (!shown) return;
  for (const panel of panels) {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${panel.id}`);
    panel.tabIndex = 0;
    panel.classList.toggle("shown", panel === shown);
  }
  showBar(page, panels, shown);
  if (page === document) tell(shown);
}

/* Scripts that fill a panel wait for this event. */
function tell(panel) {
  document.dispatchEvent(new CustomEvent("storytime:panel", { detail: panel.id }));
}

/** Show a panel, and remember the choice. */
export function choose(id) {
  chosen = id;
  remember("tab", id, always);
  setHidden(false);
}

/** Show on a panel's tab how much is in it: a number or words; `state` may be "fail" or "pass". */
export function setCount(id, text, state) {
  counts.set(id, { text, state });
  startPanels();
}

/** Whether a panel is currently shown. */
export const isShown = (id) => document.getElementById(id)?.classList.contains("shown") && !isHidden();

function setHidden(hidden) {
  root.classList.toggle("no-panels", hidden);
  remember("no-panels", hidden ? "true" : null, always);
  startPanels();
}

function setSide(beside) {
  root.classList.toggle("panels-right", beside);
  remember("panels-right", beside ? "true" : null, always);
  startPanels();
  describeEdge();
}

export const togglePanels = () => setHidden(!isHidden());
export const turnPanels = () => setSide(!isBeside());

/* The size of preview and panels together, in pixels. */
const room = () => find(".preview").getBoundingClientRect()[axis()] + find(".panels").getBoundingClientRect()[axis()];
const size = () => Math.round(find(".panels").getBoundingClientRect()[axis()]);

function describeEdge() {
  const edge = find("#panels-edge");
  edge.setAttribute("aria-orientation", isBeside() ? "vertical" : "horizontal");
  edge.setAttribute("aria-valuemin", LEAST[axis()]);
  edge.setAttribute("aria-valuemax", Math.max(LEAST[axis()], Math.round(room() - KEPT[axis()])));
  edge.setAttribute("aria-valuenow", size());
}

function resize(pixels) {
  const largest = Math.max(LEAST[axis()], room() - KEPT[axis()]);
  const next = Math.round(Math.min(largest, Math.max(LEAST[axis()], pixels)));
  root.style.setProperty(`--panels-${axis()}`, `${next}px`);
  remember(`panels-${axis()}`, next, always);
  describeEdge();
}

function bindEdge() {
  const edge = find("#panels-edge");
  if (!edge) return;
  bindSplitter(edge, {
    size,
    resize,
    sizeAt: ({ clientX, clientY }) => {
      const panels = find(".panels");
      return isBeside() ? extentOf(panels).end - fromStart(clientX) : panels.getBoundingClientRect().bottom - clientY;
    },
    keys: { ArrowUp: 1, ArrowLeft: 1, ArrowDown: -1, ArrowRight: -1 },
  });
  edge.addEventListener("keydown", (event) => event.key === "Enter" && togglePanels());
  addEventListener("resize", describeEdge);
  describeEdge();
}

function step(event) {
  const all = tabs();
  const at = all.indexOf(event.target);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[onwardKey(event)];
  if (to === undefined) return;
  event.preventDefault();
  const next = all.at(to % all.length);
  next.focus();
  choose(next.getAttribute("aria-controls"));
}

const TOOLS = { side: turnPanels, hide: togglePanels };

function press(event) {
  const at = (selector) => event.target.closest(selector);
  if (at(".copy")) copy(at(".copy"), at(".copy").parentElement.querySelector("pre").textContent);
  else if (at(".tabs [role=tab]")) choose(at(".tabs [role=tab]").getAttribute("aria-controls"));
  else if (at("[data-panels]")) TOOLS[at("[data-panels]").dataset.panels]();
  else if (at(".verdict")) choose(at(".verdict").hash.slice(1));
}

/* A link may lead to a panel. */
function chooseLinked() {
  const panel = document.getElementById(location.hash.slice(1));
  if (panel?.matches(".panels .panel")) choose(panel.id);
}

export function bindPanels() {
  chooseLinked();
  document.addEventListener("storytime:leave", () => counts.clear());
  document.addEventListener("storytime:visit", chooseLinked);
  document.addEventListener("click", press);
  document.addEventListener("keydown", (event) => event.target.matches?.(".tabs [role=tab]") && step(event));
  bindEdge();
}
