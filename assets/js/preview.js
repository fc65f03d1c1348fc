// The preview's frame: its size, background, outline, measures and zoom, full screen. What is chosen stays from story to story.
import { copy } from "./copy.js";
import { press } from "./keys.js";
import { measureIn, setMeasuring } from "./measure.js";
import { clear } from "./overlay.js";
import { recall, remember } from "./memory.js";
import { parameters } from "./parameters.js";
import { SIGHTS, showThrough } from "./sight.js";

const OUTLINE = "* { outline: 1px solid rgb(255 0 128 / 45%) !important; outline-offset: -1px !important; }";
const CHEQUERED = "repeating-conic-gradient(#d5d5d5 0 25%, #fff 0 50%) 0 0 / 20px 20px";
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2];
// The pytest plugin knows them, too: python/storytime/_pytest_looks.py.
const SIZES = { Tablet: [768, 1024], Phone: [390, 844] };

const root = document.documentElement;
const preview = () => document.getElementById("preview");
const find = (selector) => document.querySelector(selector);
let zoom = 1;

function frameDocument() {
  try {
    return preview().contentDocument;
  } catch {
    return null; // pages opened from the disk have different origins
  }
}

const isOn = (name) => recall(name) !== null;

/* The entries of the menus: names and their values; a name whose value is None is removed. */
const offers = {
  viewport: () => ({ Full: null, ...dropEmpty({ ...SIZES, ...parameters().viewports }) }),
  background: () => ({ Default: null, ...dropEmpty({ Chequered: CHEQUERED, ...parameters().backgrounds }) }),
  sight: () => SIGHTS,
};
const dropEmpty = (all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));

/* Menus show what was chosen on this page or an earlier one; a story may have an initial size of its own. */
function fillMenus() {
  for (const [name, offer] of Object.entries(offers)) {
    const select = find(`[data-menu="${name}"]`);
    const names = Object.keys(offer());
    const wanted = select.length ? select.value : (parameters()[name] ?? recall(name));
    const shown = names.includes(wanted) ? wanted : names[0];
    select.replaceChildren(...names.map((one) => new Option(one, one, false, one === shown)));
  }
}

const chosen = (name) => offers[name]()[find(`[data-menu="${name}"]`).value];

/* The stylesheet does the rest. No size means all available room. */
function showSize() {
  const stage = preview().parentElement;
  const size = chosen("viewport");
  const [width, height] = isOn("rotated") ? [...(size ?? [])].reverse() : (size ?? []);
  stage.classList.toggle("device", Boolean(size));
  stage.style.setProperty("--width", size ? `${width}px` : "100%");
  stage.style.setProperty("--height", size ? `${height}px` : "100%");
  stage.style.setProperty("--zoom", zoom);
  find("[data-rotate]").disabled = !size;
  find("[data-rotate]").setAttribute("aria-pressed", isOn("rotated"));
  const percent = `${Math.round(zoom * 100)}%`;
  find("#zoom").textContent = percent;
  find("#zoom").setAttribute("aria-label", `Zoom ${percent}: back to 100%`);
}

const showSight = () => showThrough(preview(), chosen("sight"));

/* Our own styles in the story's document. A build that changes the document keeps them. */
function showStyles() {
  const inner = frameDocument();
  inner?.getElementById("storytime-tools")?.remove();
  if (!inner?.head) return;
  const background = chosen("background");
  const rules = [
    ...(isOn("outline") ? [OUTLINE] : []),
    ...(background ? [`html { background: ${background} !important; } body { background: none !important; }`] : []),
  ];
  if (!rules.length) return;
  const style = Object.assign(inner.createElement("style"), { id: "storytime-tools", textContent: rules.join("\n") });
  style.dataset.storytime = "";
  inner.head.append(style);
}

function showToggles() {
  for (const button of document.querySelectorAll("[data-toggle]"))
    button.setAttribute("aria-pressed", isOn(button.dataset.toggle));
  setMeasuring(isOn("measure"));
}

function setFull(full) {
  remember("full", full ? "true" : null);
  root.classList.toggle("full-screen", full);
  find("[data-full]").setAttribute("aria-pressed", full);
}

const ACTIONS = {
  zoom({ dataset }) {
    const at = ZOOMS.indexOf(zoom) + Number(dataset.zoom);
    zoom = dataset.zoom === "0" ? 1 : ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at))];
    showSize();
  },
  rotate() {
    remember("rotated", isOn("rotated") ? null : "true");
    showSize();
  },
  toggle({ dataset }) {
    remember(dataset.toggle, isOn(dataset.toggle) ? null : "true");
    showToggles();
    showStyles();
  },
  /* The link to open the preview in a new tab has the current values and globals. */
  reload() {
    preview().contentWindow.location.replace(find('.toolbar [data-icon="alone"]').href);
  },
  full() {
    setFull(!root.classList.contains("full-screen"));
  },
  link(button) {
    copy(button.firstChild, new URL(location.pathname + location.search, location.href).href);
  },
};

function bindTools(toolbar) {
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    for (const [name, action] of Object.entries(ACTIONS)) if (button && name in button.dataset) action(button);
  });
  toolbar.addEventListener("change", ({ target }) => {
    if (!target.dataset.menu) return;
    remember(target.dataset.menu, target.selectedIndex > 0 ? target.value : null);
    showSize();
    showStyles();
    showSight();
  });
  document.addEventListener("keydown", leaveFull);
}

function leaveFull(event) {
  if (event.key === "Escape" && !event.defaultPrevented && !find("dialog[open], :popover-open")) setFull(false);
}

/* A document in the frame: the one before is gone, and what was done to it is to be done again. */
function adopt() {
  const inner = frameDocument();
  if (!inner?.documentElement) {
    for (const tool of document.querySelectorAll('[data-toggle], [data-menu="background"]')) tool.disabled = true;
    return;
  }
  showStyles();
  measureIn(inner);
  inner.addEventListener("keydown", press);
  inner.addEventListener("keydown", leaveFull);
}

/* Another story may begin with a size of its own, and begins without zoom. */
function forgetStory() {
  clear();
  zoom = 1;
  for (const name of Object.keys(offers)) find(`[data-menu="${name}"]`).replaceChildren();
}

/* On paper nothing can be scrolled: the frame is as high as its document. */
function bindPrinting() {
  addEventListener("beforeprint", () => {
    const html = frameDocument()?.documentElement;
    if (html) preview().parentElement.style.setProperty("--printed", `${html.scrollHeight}px`);
  });
}

export function startPreview() {
  const frame = preview();
  if (!frame) return;
  const update = () => {
    fillMenus();
    showSize();
    showStyles();
    showSight();
  };
  update();
  showToggles();
  setFull(isOn("full"));
  bindTools(find(".toolbar"));
  bindPrinting();
  frame.addEventListener("load", adopt);
  if (frameDocument()?.readyState === "complete") adopt();
  document.addEventListener("storytime:leave", forgetStory);
  document.addEventListener("storytime:updated", update);
}
