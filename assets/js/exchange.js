// The preview's frame gets another story. Where no code has run in the document that it shows, and the other one has the same head,
// the bodies are exchanged, which takes a fraction of the time that a frame needs to load a document.
const CODE = "//@*[starts-with(name(), 'on') or starts-with(., 'javascript:')]"; // in attributes

/* The live client, and the script of globals, which the previews of a site share. */
const isOurs = (script) => "storytime" in script.dataset || script.textContent.includes("storytimeShowGlobals");

function hasCode(doc) {
  if ([...doc.querySelectorAll("script")].some((script) => !isOurs(script))) return true;
  return doc.evaluate(CODE, doc, null, XPathResult.BOOLEAN_TYPE).booleanValue;
}

/* What the heads of two documents must have in common. */
function headOf(doc) {
  const head = doc.head.cloneNode(true);
  for (const node of head.querySelectorAll("title, [data-storytime]")) node.remove();
  return head.innerHTML.replace(/\s+/g, " ").trim();
}

const fit = (doc, next) =>
  doc.compatMode === next.compatMode && !hasCode(doc) && !hasCode(next) && headOf(doc) === headOf(next);

/**
 * Whether code may have run in a frame's document: the text that it came in says so, even if the scripts have removed themselves.
 * The browser has the text in its cache.
 */
export async function mayHaveRunCode(frame) {
  const view = frame.contentWindow;
  const response = await fetch(view.location.href, { cache: "force-cache" });
  return hasCode(new DOMParser().parseFromString(await response.text(), "text/html"));
}

function takeAttributes(element, other) {
  for (const { name } of [...element.attributes]) element.removeAttribute(name);
  for (const { name, value } of other.attributes) element.setAttribute(name, value);
}

function exchange(view, next, address) {
  const doc = view.document;
  view.stop(); // it may be about to load something else
  const [live, nextLive] = [doc, next].map((one) => one.querySelector("script[data-build]"));
  view.History.prototype.replaceState.call(view.history, null, "", address); // a preview with routes has another one
  takeAttributes(doc.documentElement, next.documentElement);
  if (live && nextLive) live.dataset.build = nextLive.dataset.build;
  doc.title = next.title;
  doc.body.replaceWith(doc.adoptNode(next.body));
  view.storytimeShowGlobals?.();
  view.scrollTo({ left: 0, top: 0, behavior: "instant" });
  view.dispatchEvent(new Event("storytime:visit"));
}

/**
 * Have a frame show the document of an address on this server, whose text may be known; null: it is not, or the frame has to load
 * it. The frame's event "load" tells that it does.
 */
export function showDocument(frame, address, text) {
  const { contentDocument: doc, contentWindow: view } = frame;
  /* The parser is the frame's own: idiomorph does not recognise elements of another window. */
  const next = text !== null && doc && new view.DOMParser().parseFromString(text, "text/html");
  if (next && doc.readyState === "complete" && fit(doc, next)) {
    exchange(view, next, address);
    frame.dispatchEvent(new Event("load"));
  } else view.location.replace(address);
}
