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

/** Add the menus to the toolbar of a story's page. */
export function startGlobals() {
  const toolbar = document.querySelector(".toolbar");
  if (!toolbar || !window.storytimeGlobals?.length) return;
  const chosen = choose();
  const menus = Object.assign(document.createElement("div"), { className: "globals" });
  const offered = window.storytimeGlobals.filter(([, , attribute]) => attribute !== null || isServed());
  menus.append(...offered.map((one) => menu(one, chosen)));
  toolbar.lastElementChild.before(menus);
  preview().addEventListener("load", () => show(written(chosen)));
  apply(chosen);
}
