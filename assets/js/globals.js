// The menus of the site's globals: each sets an attribute of the preview's <html>, or has the server render the story again.
// The choice is in the address (?globals=theme:dark;dir:rtl) and is kept from story to story.
import { recall, remember } from "./memory.js";

const preview = () => document.getElementById("preview");
const parse = (text) => new Map(text.split(";").map((pair) => pair.split(":")));

/** What is chosen of what the site offers; other names and values mean nothing. */
function choose() {
  const given = parse(new URLSearchParams(location.search).get("globals") ?? recall("globals") ?? "");
  return new Map(
    window.storytimeGlobals.map(([name, values]) => [
      name,
      values.includes(given.get(name)) ? given.get(name) : values[0],
    ]),
  );
}

/* What differs from the values that hold without a choice. */
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

let shown = "";

/* The frame's document sets its attributes by itself; one that is a stranger (file://) reads its address anew. */
function show(text) {
  const frame = preview();
  try {
    frame.contentWindow.storytimeShowGlobals?.(text);
  } catch {
    if (text !== shown) frame.src = withGlobals("preview.html", text);
    shown = text;
  }
}

function apply(chosen) {
  const text = written(chosen);
  remember("globals", text || null);
  for (const link of document.querySelectorAll('.toolbar a[href^="preview.html"]')) {
    link.setAttribute("href", text ? `preview.html?globals=${encodeURIComponent(text)}` : "preview.html");
  }
  try {
    const address = withGlobals(location.href, text);
    if (address !== location.href) history.replaceState(history.state, "", address);
  } catch {
    // file:// pages may not change their address
  }
  document.querySelector(".globals > button")?.classList.toggle("changed", text !== "");
  show(text);
  document.dispatchEvent(new CustomEvent("storytime:globals"));
}

/* Without an attribute, only a server can show another value. */
const isServed = () => document.querySelector("script[data-storytime]") !== null;

function menu([name, values], chosen) {
  const label = Object.assign(document.createElement("label"), { className: "global", textContent: name });
  const select = document.createElement("select");
  select.append(...values.map((value) => new Option(value, value, false, value === chosen.get(name))));
  select.addEventListener("change", () => {
    chosen.set(name, select.value);
    apply(chosen);
  });
  label.append(select);
  return label;
}

/* Does the toolbar need no second line? */
const fits = (toolbar) => toolbar.lastElementChild.offsetTop <= toolbar.firstElementChild.offsetTop + 4;

/* Between all of it, tools without their words, and menus behind one button: the first that fits into a line. */
function fit(toolbar, list) {
  for (const way of ["all", "icons", "folded"]) {
    toolbar.dataset.fit = way;
    list.toggleAttribute("popover", way === "folded");
    if (fits(toolbar)) break;
  }
}

const BUTTON = `<button type="button" data-icon="globals" popovertarget="globals" title="Globals (G)" aria-keyshortcuts="G"><span>Globals</span></button>`;

/* The menus, and the button that shows them where the toolbar has no room for them. */
function addMenus(toolbar, menus) {
  const part = Object.assign(document.createElement("div"), { className: "globals", innerHTML: BUTTON });
  const list = Object.assign(document.createElement("div"), { id: "globals" });
  list.append(...menus);
  list.addEventListener("beforetoggle", () => {
    const { left, bottom } = part.getBoundingClientRect();
    list.style.setProperty("--left", `${left}px`);
    list.style.setProperty("--top", `${bottom}px`);
  });
  part.append(list);
  toolbar.lastElementChild.before(part);
  fit(toolbar, list);
  const refit = () => list.matches(":popover-open") || fit(toolbar, list);
  new ResizeObserver(() => requestAnimationFrame(refit)).observe(toolbar);
}

/** Add the menus to the toolbar of a story's page. */
export function startGlobals() {
  const toolbar = document.querySelector(".toolbar");
  if (!toolbar || !window.storytimeGlobals?.length) return;
  const chosen = choose();
  const offered = window.storytimeGlobals.filter(([, , attribute]) => attribute !== null || isServed());
  if (offered.length)
    addMenus(
      toolbar,
      offered.map((one) => menu(one, chosen)),
    );
  preview().addEventListener("load", () => show(written(chosen)));
  apply(chosen);
}
