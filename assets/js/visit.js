// From one story's page to another without loading a page: the frame, its tools and the sidebar stay, and what stands around the
// frame is taken from the other page. All else, such as a page with another layout, is left to the browser.
//
// Two events of the document tell of it: "storytime:leave", when what belongs to the page is to be forgotten and the address is
// still its own, and "storytime:visit", when the other page is there; its `detail` has the document that the page came in, and
// `shown`, which is fulfilled when the frame shows the other story. "storytime:updated" follows, as after a build.
// "storytime:history" means that the browser went back or forward within the page.
import { mayHaveRunCode, showDocument } from "./exchange.js";
import { startPanels } from "./panels.js";

const LINKS = "#tree a.story, .toolbar :is([rel=prev], [rel=next])";

const parser = new DOMParser();
const find = (selector) => document.querySelector(selector);
const frame = () => document.getElementById("preview");

let newest = null; // the visit that is under way
let path = location.pathname; // of the page that is shown

/* Links to other pages lead there from wherever this page's address goes. */
function anchorLinks() {
  document.body.dataset.root = new URL(document.body.dataset.root, document.baseURI).href;
  for (const link of document.querySelectorAll('link[rel="icon"], .top a, .bottom a'))
    link.setAttribute("href", link.href);
}

/* The preview sets attributes of globals by its address. */
function previewOf(url) {
  const address = new URL("preview.html", url);
  const globals = url.searchParams.get("globals");
  if (globals) address.searchParams.set("globals", globals);
  return address;
}

/* A text, and the address that it is found at: servers may lead from a/index.html to a/. */
async function load(url, signal) {
  const response = await fetch(url, { signal });
  return { text: response.ok ? await response.text() : null, address: response.url };
}

/* A story's page; null where the browser had better load it. */
function parsePage(text) {
  const page = parser.parseFromString(text ?? "", "text/html");
  return page.querySelector("body.canvas > .columns > #main > .preview") && page;
}

/* Have the frame show another story; fulfilled when it does. */
function showStory(address, text, signal) {
  return new Promise((done) => {
    const arrive = () => {
      if (frame().contentWindow.location.pathname !== address.pathname) return;
      frame().removeEventListener("load", arrive);
      done();
    };
    frame().addEventListener("load", arrive, { signal });
    showDocument(frame(), address, text);
  });
}

/* Take over what another page has around its frame. An element that is moved loads its frames anew, so ours stays where it is. */
function takeOver(page) {
  const [own, other] = [find("#main > .preview"), page.querySelector("#main > .preview")];
  const around = [...other.parentElement.childNodes];
  const at = around.indexOf(other);
  startPanels(page);
  for (const node of [...own.parentElement.childNodes]) if (node !== own) node.remove();
  own.before(...around.slice(0, at));
  own.after(...around.slice(at + 1));
  frame().title = other.querySelector("iframe").title;
  find('.toolbar [data-icon="alone"]').setAttribute("href", "preview.html");
  document.body.dataset.page = page.body.dataset.page;
  document.title = page.title;
}

/* People who do not see the page hear where they are. */
function announce() {
  find("#arrival").textContent = document.title;
}

/* Show another page; one that `isNew` gets an entry of the history. false: the browser has to load it. */
async function visit(url, isNew) {
  newest?.abort();
  const mine = (newest = new AbortController());
  const [answer, story, hasRun] = await Promise.all([
    load(url, mine.signal),
    load(previewOf(url), mine.signal),
    mayHaveRunCode(frame()).catch(() => true),
  ]);
  const page = parsePage(answer.text);
  if (!page) return false;
  document.dispatchEvent(new CustomEvent("storytime:leave"));
  if (isNew) history.pushState(null, "", answer.address);
  path = location.pathname;
  const shown = showStory(new URL(story.address), hasRun ? null : story.text, mine.signal);
  takeOver(page);
  startPanels();
  newest = null;
  document.dispatchEvent(new CustomEvent("storytime:visit", { detail: { page, shown } }));
  document.dispatchEvent(new CustomEvent("storytime:updated", { detail: { change: "all" } }));
  if (isNew) scrollTo({ top: 0, behavior: "instant" }); // going back, the browser knows where to
  announce();
  return true;
}

/* What fails is left to the browser, which says why. */
async function visitOrLoad(url, isNew, loadIt) {
  const done = await visit(url, isNew).catch((error) => error.name === "AbortError");
  if (!done) loadIt();
}

function click(event) {
  const link = event.target.closest?.(LINKS);
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.pathname === path) return;
  event.preventDefault();
  visitOrLoad(url, true, () => location.assign(url));
}

function followHistory() {
  const url = new URL(location.href);
  if (url.pathname === path && !newest) document.dispatchEvent(new CustomEvent("storytime:history"));
  else visitOrLoad(url, false, () => location.reload());
}

/** Let links lead from story to story without loading a page. Pages from the disk can't: they are strangers to each other. */
export function startVisits() {
  addEventListener("popstate", followHistory);
  if (!frame() || location.protocol === "file:") return;
  anchorLinks();
  find(".top").insertAdjacentHTML("beforeend", '<span id="arrival" class="away" role="status"></span>');
  document.addEventListener("click", click);
}
