// A preview's document, changed in place. This runs in the document's own window: elements of another one are strangers
// to idiomorph, so a page asks the window in its frame.
import { morph, noteOpened } from "./morph.js";

// Scripts can't be taken back: a document whose scripts change must be loaded anew.
const scriptsOf = (doc) =>
  [...doc.querySelectorAll("script:not([data-storytime])")].map((script) => script.outerHTML).join("\n");

const parser = new DOMParser();
let scripts = "";
let newest = 0; // when any static file may have changed last; 0: not since the document was loaded
const stamps = new Map(); // when certain files have, by their paths
let texts = new Map(); // those of stylesheets that have changed just now, by their paths, where they are known

const FILES = {
  'link[rel~="stylesheet"]': "href",
  "img[src], source[src], video[src], audio[src], input[src]": "src",
  "video[poster]": "poster",
  "image[href], use[href], feImage[href]": "href",
};
const CODE = /\.(m?js|json|wasm)$/; // what scripts load, and can't load again
const LISTS = "img[srcset], source[srcset]";

function ownUrl(address) {
  try {
    const url = new URL(address, document.baseURI);
    return url.origin === location.origin ? url : null;
  } catch {
    return null;
  }
}

/** An address by which the browser asks for a file again that has changed; null: it has not. */
function stamped(address) {
  const url = address && !address.startsWith("#") ? ownUrl(address) : null;
  const stamp = url && Math.max(newest, stamps.get(url.pathname) ?? 0);
  if (!stamp || url.searchParams.get("v") === String(stamp)) return null;
  url.searchParams.set("v", stamp);
  return url.href;
}

const stampedList = (list) => list.replace(/(^|,\s*)([^\s,]+)/g, (all, before, one) => before + (stamped(one) ?? one));

const stampedStyle = (css) =>
  css.replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (all, quote, one) => {
    const next = stamped(one);
    return next === null ? all : `url(${quote}${next}${quote})`;
  });

/** Give the files that have changed new addresses. How many stylesheets, images and the like do. */
function stampFiles(root) {
  let count = 0;
  const set = (node, attribute, value) => {
    if (value === null || value === node.getAttribute(attribute) || leaving.has(node)) return;
    count++;
    if (node.matches('link[rel~="stylesheet"]') && root === document)
      swap(node, value, texts.get(ownUrl(value).pathname));
    else node.setAttribute(attribute, value);
  };
  for (const [selector, attribute] of Object.entries(FILES)) {
    for (const node of root.querySelectorAll(selector)) set(node, attribute, stamped(node.getAttribute(attribute)));
  }
  for (const node of root.querySelectorAll(LISTS)) set(node, "srcset", stampedList(node.getAttribute("srcset")));
  for (const node of root.querySelectorAll('[style*="url("]'))
    set(node, "style", stampedStyle(node.getAttribute("style")));
  for (const node of root.querySelectorAll("style:not([data-storytime])")) {
    const css = stampedStyle(node.textContent);
    if (css === node.textContent) continue;
    node.textContent = css;
    count++;
  }
  return count;
}

const replaced = new WeakMap(); // by each new stylesheet: the one in whose place it comes
const leaving = new WeakSet();

/* Give a stylesheet the rules of another text, but for those that can't be given to it. */
function rewrite(sheet, text) {
  if (!sheet || /@(import|namespace)\b/.test(text)) return;
  const wanted = new CSSStyleSheet();
  wanted.replaceSync(text);
  while (sheet.cssRules.length > 0) sheet.deleteRule(sheet.cssRules.length - 1);
  for (const { cssText } of wanted.cssRules) sheet.insertRule(cssText, sheet.cssRules.length);
}

// The old stylesheet stays until the new one is there, so that nobody sees a page without style; where the new rules are known,
// it has them until then. When another change comes before that, the newest replaces them all.
function swap(link, href, text) {
  if (text !== undefined) rewrite(link.sheet, text);
  const next = link.cloneNode();
  next.setAttribute("href", href);
  replaced.set(next, link);
  leaving.add(link);
  const removeOld = () => {
    for (let old = replaced.get(next); old; old = replaced.get(old)) old.remove();
  };
  for (const event of ["load", "error"]) next.addEventListener(event, removeOld, { once: true });
  link.after(next);
}

/** Make the document what `text` says. False: only loading it anew can do that. */
function update(text) {
  const wanted = parser.parseFromString(text, "text/html");
  if (scriptsOf(wanted) !== scripts) return false;
  if (newest || stamps.size) stampFiles(wanted);
  for (const ours of document.head.querySelectorAll("[data-storytime]")) wanted.head.append(ours.cloneNode(true));
  document.title = wanted.title;
  for (const name of ["class", "lang", "dir", "data-theme"]) {
    const value = wanted.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  window.storytimeShowGlobals?.();
  if (document.head.innerHTML !== wanted.head.innerHTML) morph(document.head, wanted.head);
  morph(document.body, wanted.body);
  return true;
}

/**
 * Take up static files that have changed: those with these addresses, beside the text of a stylesheet where it is known; or
 * any where `files` is undefined. What no element names may be used by a stylesheet. False: a script may be among them.
 */
function refresh(files) {
  const now = Date.now();
  texts = new Map(files?.map(([address, text]) => [new URL(address).pathname, text]));
  if (files === undefined) {
    if (document.querySelector("script[src]:not([data-storytime])")) return false;
    newest = now;
    stampFiles(document);
    return true;
  }
  const paths = [...texts.keys()];
  if (paths.some((path) => CODE.test(path)) && document.querySelector("script:not([data-storytime])")) return false;
  for (const path of paths) stamps.set(path, now);
  if (stampFiles(document) === 0 && paths.length > 0) {
    for (const link of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const url = ownUrl(link.getAttribute("href"));
      if (url) stamps.set(url.pathname, now);
    }
    stampFiles(document);
  }
  return true;
}

/** Offer this window's document to the page around it; or to this window itself, when it stands alone. */
export function offerDocument() {
  scripts = scriptsOf(document);
  noteOpened(document);
  window.storytimeDocument = { update, refresh };
  addEventListener("storytime:visit", () => noteOpened(document)); // another story's body has come
}
