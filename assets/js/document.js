// A preview's document, changed in place. This runs in the document's own window: elements of another one are strangers
// to idiomorph, so a page asks the window in its frame.
import { morph, noteOpened } from "./morph.js";

// Scripts can't be taken back: a document whose scripts change must be loaded anew.
const scriptsOf = (doc) =>
  [...doc.querySelectorAll("script:not([data-storytime])")].map((script) => script.outerHTML).join("\n");

const parser = new DOMParser();
let scripts = "";
let stamp = 0; // of the last change of static files; 0: none since the document was loaded

const FILES = { 'link[rel~="stylesheet"]': "href", "img[src]": "src", "source[src]": "src", "video[poster]": "poster" };

function ownUrl(address) {
  try {
    const url = new URL(address, document.baseURI);
    return url.origin === location.origin ? url : null;
  } catch {
    return null;
  }
}

/** Give the files of this server new addresses, so that the browser asks for them again. */
function stampFiles(root) {
  for (const [selector, attribute] of Object.entries(FILES)) {
    for (const node of root.querySelectorAll(selector)) {
      const url = ownUrl(node.getAttribute(attribute));
      if (url === null) continue;
      url.searchParams.set("v", stamp);
      if (node.tagName === "LINK" && root === document) swap(node, url.href);
      else node.setAttribute(attribute, url.href);
    }
  }
}

// The old stylesheet stays until the new one is there, so that nobody sees a page without style.
function swap(link, href) {
  const next = link.cloneNode();
  next.setAttribute("href", href);
  for (const event of ["load", "error"]) next.addEventListener(event, () => link.remove());
  link.after(next);
}

/** Make the document what `text` says. False: only loading it anew can do that. */
function update(text) {
  const wanted = parser.parseFromString(text, "text/html");
  if (scriptsOf(wanted) !== scripts) return false;
  if (stamp) stampFiles(wanted);
  for (const ours of document.head.querySelectorAll("[data-storytime]")) wanted.head.append(ours.cloneNode(true));
  document.title = wanted.title;
  for (const name of ["class", "lang", "dir", "data-theme"]) {
    const value = wanted.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  if (document.head.innerHTML !== wanted.head.innerHTML) morph(document.head, wanted.head);
  morph(document.body, wanted.body);
  return true;
}

/** Take up static files that have changed. False: a script may be among them. */
function refresh() {
  if (document.querySelector("script[src]:not([data-storytime])")) return false;
  stamp = Date.now();
  stampFiles(document);
  return true;
}

/** Offer this window's document to the page around it; or to this window itself, when it stands alone. */
export function offerDocument() {
  scripts = scriptsOf(document);
  noteOpened(document);
  window.storytimeDocument = { update, refresh };
}
