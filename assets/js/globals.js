// The menus of the site's globals: each sets an attribute of the preview's <html>, or has the server render the story again.
// The choice is in the address (?globals=theme:dark;dir:rtl) and is kept from story to story. Pages that are read, and show
// stories, have the menus behind a button at the top.
import { extentOf } from "./direction.js";
import { recall, remember } from "./memory.js";

const SHOWN = "#preview, .live iframe";

const parse = (text) => new Map(text.split(";").map((pair) => pair.split(":")));

/** The chosen values; names and values that the site does not offer are ignored. */
function choose() {
  const given = parse(new URLSearchParams(location.search).get("globals") ?? recall("globals") ?? "");
  return new Map(
    window.storytimeGlobals.map(([name, values]) => [
      name,
      values.includes(given.get(name)) ? given.get(name) : values[0],
    ]),
  );
}

/* The values that differ from the default ones. */
const written = (chosen) =>
  window.storytimeGlobals
    .filter(([name, values]) => chosen.get(name) !== values[0])
    .map(([name]) => `${name}:${chosen.get(name)}`)
    .join(";");

function withGlobals(address, text) {
  const url = new URL(address, document.baseURI);
  if (text) url.searchParams.set("globals", text);
  else url.searchParams.delete("globals");
  return url.href;
}

/* The part of a text that only a server can apply. */
const ofContext = (text) =>
  [...parse(text)]
    .filter(([name]) => window.storytimeGlobals.some(([other, , attribute]) => other === name && attribute === null))
    .map((pair) => pair.join(":"))
    .join(";");

/* Does the frame have the values in its address? The preview with controls gets them from args.js. */
const isByAddress = (frame) => !frame.matches("#preview, .told:has(#props) iframe");

/* The values that the frame's document was requested with. Its address does not tell: while a reloaded page restores its
 * frames, browsers ignore that the address is set. */
const globalsOf = (frame) => new URL(frame.contentWindow.location.href).searchParams.get("globals") ?? "";

function readAnew(frame, text, shown) {
  if (text !== shown) frame.src = withGlobals(frame.src, text);
  frame.dataset.globals = text;
}

/* The frame's document sets its attributes itself; one of another origin (file://) reads its address again. */
function show(frame, text) {
  try {
    frame.contentWindow.storytimeShowGlobals?.(text);
    if (isServed() && isByAddress(frame)) readAnew(frame, ofContext(text), globalsOf(frame));
  } catch {
    readAnew(frame, text, frame.dataset.globals ?? "");
  }
}

function apply(chosen) {
  const text = written(chosen);
  remember("globals", text || null);
  for (const link of document.querySelectorAll('.toolbar [data-icon="alone"]'))
    link.href = withGlobals(link.href, text);
  try {
    const address = withGlobals(location.href, text);
    if (address !== location.href) history.replaceState(history.state, "", address);
  } catch {
    // file:// pages may not change their address
  }
  document.querySelector(".globals > button")?.classList.toggle("changed", text !== "");
  for (const frame of document.querySelectorAll(SHOWN)) show(frame, text);
  document.dispatchEvent(new CustomEvent("storytime:globals"));
}

/* Without an attribute, only a server can show another value. */
const isServed = () => document.querySelector("script[data-storytime]") !== null;

function menu([name, values], chosen) {
  const label = Object.assign(document.createElement("label"), { className: "global", textContent: name });
  const select = Object.assign(document.createElement("select"), { name });
  select.append(...values.map((value) => new Option(value, value, false, value === chosen.get(name))));
  select.addEventListener("change", () => {
    chosen.set(name, select.value);
    apply(chosen);
  });
  label.append(select);
  return label;
}

/* Does the toolbar fit into one line? */
const fits = (toolbar) => toolbar.lastElementChild.offsetTop <= toolbar.firstElementChild.offsetTop + 4;

/* Choose the first that fits into one line: everything, tools without labels, or menus behind a button. */
function fit(toolbar, list) {
  for (const way of ["all", "icons", "folded"]) {
    toolbar.dataset.fit = way;
    list.toggleAttribute("popover", way === "folded");
    if (fits(toolbar)) break;
  }
}

const BUTTON = `<button type="button" data-icon="globals" popovertarget="globals-menu" title="Globals (G)" aria-keyshortcuts="G"><span>Globals</span></button>`;

/* The menus, and the button that shows them if there is no room for them. */
function makePart(menus) {
  const part = Object.assign(document.createElement("div"), { className: "globals", innerHTML: BUTTON });
  const list = Object.assign(document.createElement("div"), { id: "globals-menu" });
  list.append(...menus);
  list.addEventListener("beforetoggle", () => {
    list.style.setProperty("--start", `${extentOf(part).start}px`);
    list.style.setProperty("--top", `${part.getBoundingClientRect().bottom}px`);
  });
  part.append(list);
  return { part, list };
}

function addToToolbar(toolbar, { part, list }) {
  toolbar.lastElementChild.before(part);
  fit(toolbar, list);
  const refit = () => list.matches(":popover-open") || fit(toolbar, list);
  new ResizeObserver(() => requestAnimationFrame(refit)).observe(toolbar);
}

function addToTop({ part, list }) {
  list.popover = "auto";
  part.firstElementChild.classList.add("icon");
  part.querySelector("span").className = "away";
  document.getElementById("show-keys").before(part);
}

/** Add the menus to a page that shows stories. */
export function startGlobals() {
  const toolbar = document.querySelector(".toolbar");
  if (!document.querySelector(SHOWN) || !window.storytimeGlobals?.length) return;
  const chosen = choose();
  const offered = window.storytimeGlobals.filter(([, , attribute]) => attribute !== null || isServed());
  const part = makePart(offered.map((one) => menu(one, chosen)));
  if (offered.length && toolbar) addToToolbar(toolbar, part);
  else if (offered.length) addToTop(part);
  const showAll = () => document.querySelectorAll(SHOWN).forEach((frame) => show(frame, written(chosen)));
  document.addEventListener("load", ({ target }) => target.matches?.(SHOWN) && show(target, written(chosen)), true);
  document.addEventListener("storytime:updated", () => {
    for (const frame of document.querySelectorAll(".live iframe[data-globals*=':']"))
      frame.contentWindow.location.reload();
    showAll();
  });
  const readAddress = () => {
    for (const [name, value] of choose()) chosen.set(name, value);
    for (const select of part.list.querySelectorAll("select")) select.value = chosen.get(select.name);
    apply(chosen);
  };
  for (const kind of ["storytime:visit", "storytime:history"]) document.addEventListener(kind, readAddress);
  apply(chosen);
}
