// Changes a preview's document in place. This runs in the document's own window, as idiomorph does not recognise elements
// to idiomorph, so a page asks the window in its frame.
import { morph, noteOpened } from "./morph.js";

// Scripts can't be undone, so a document whose scripts change must be reloaded.
const scriptsOf = (doc) =>
  [...doc.querySelectorAll("script:not([data-storytime])")].map((script) => script.outerHTML).join("\n");

const parser = new DOMParser();
let scripts = "";
let newest = 0; // when any static file may have changed last; 0: not since the document was loaded
const stamps = new Map(); // when certain files have changed, by path
let texts = new Map(); // the texts of stylesheets that have just changed, by path, as far as they are known

const FILES = {
  'link[rel~="stylesheet"]': "href",
  "img[src], source[src], video[src], audio[src], input[src]": "src",
  "video[poster]": "poster",
  "image[href], use[href], feImage[href]": "href",
};
const CODE = /\.(m?js|json|wasm)$/; // files that scripts load and can't load again
const LISTS = "img[srcset], source[srcset]";

function ownUrl(address) {
  try {
    const url = new URL(address, document.baseURI);
    return url.origin === location.origin ? url : null;
  } catch {
    return null;
  }
}

/** A new address for a changed file, so that the browser requests it again; null: it has not changed. */
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

/** Give changed files new addresses. Returns how many stylesheets, images and the like use them. */
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

const replaced = new WeakMap(); // for each new stylesheet, the one that it replaces
const leaving = new WeakSet();

/* Replace a stylesheet's rules by those of a text, except for rules that can't be inserted. */
function rewrite(sheet, text) {
  if (!sheet || /@(import|namespace)\b/.test(text)) return;
  const wanted = new CSSStyleSheet();
  wanted.replaceSync(text);
  while (sheet.cssRules.length > 0) sheet.deleteRule(sheet.cssRules.length - 1);
  for (const { cssText } of wanted.cssRules) sheet.insertRule(cssText, sheet.cssRules.length);
}

// The old stylesheet stays until the new one is loaded, so that the page never lacks its style. If the new rules are known,
// the old one gets them until then. If there is another change before that, the newest replaces them all.
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

/** Change the document to `text`. False: it must be reloaded for that; never for a route's answer, whose new scripts do not run. */
function update(text, isAnswer = false) {
  const wanted = parser.parseFromString(text, "text/html");
  if (scriptsOf(wanted) !== scripts && !isAnswer) return false;
  scripts = scriptsOf(wanted);
  if (newest || stamps.size) stampFiles(wanted);
  for (const ours of wanted.querySelectorAll("script[data-storytime]")) ours.remove(); // they run here already
  for (const ours of document.head.querySelectorAll("[data-storytime]")) wanted.head.append(ours.cloneNode(true));
  document.title = wanted.title;
  const [root, next] = [document.documentElement, wanted.documentElement];
  for (const name of ["class", "lang", "dir", "data-theme"]) if (!next.hasAttribute(name)) root.removeAttribute(name);
  for (const { name, value } of next.attributes) root.setAttribute(name, value);
  window.storytimeShowGlobals?.();
  if (document.head.innerHTML !== wanted.head.innerHTML) morph(document.head, wanted.head);
  morph(document.body, wanted.body);
  return true;
}

/**
 * Use the new versions of changed static files: those with these addresses, with the text of a stylesheet if it is known; or
 * any, if `files` is undefined. Files that no element names may be used by a stylesheet. False: scripts may use one of them.
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

/** Offer this window's document to the page around it; or to this window itself, if it is not in a frame. */
export function offerDocument() {
  scripts = scriptsOf(document);
  noteOpened(document);
  window.storytimeDocument = { update, refresh, path: location.pathname }; // a story's code may change the address
  addEventListener("storytime:visit", () => {
    noteOpened(document); // another story's body has come
    window.storytimeDocument.path = location.pathname;
  });
}
