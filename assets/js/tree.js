// The tree in the sidebar, created from navigation.js. As a catalog may be large, a branch is created when it is opened.
// A node is [title, path, kind, description, stories, children], a story [title, slug, description, tags, state].
import { onwardKey } from "./direction.js";
import { recall, remember } from "./memory.js";

const STATES = ["", "broken", "failed"];
const KINDS = ["site", "section", "subject", "broken", "document"];

const DOCUMENT = KINDS.indexOf("document");

/** Whether the search finds a node itself, because it has contents of its own. */
export const isFound = (node) => ["subject", "broken", "document"].includes(KINDS[node[2]]);

const { body } = document;
const nav = () => document.getElementById("tree");
const encodePath = (path) => path.split("/").map(encodeURIComponent).join("/");

/** The address of a page, relative to the current one. */
export const addressOf = (page) => body.dataset.root + encodePath(page);

const directory = (node) => (node[1] ? `${node[1]}/` : "");
const storyPage = (node, story) => `${directory(node)}${story[1]}/index.html`;
const pageOf = (node) => (node[2] === DOCUMENT ? node[1] : `${directory(node)}index.html`);

function makeLink(page, text, className) {
  const a = document.createElement("a");
  a.href = addressOf(page);
  a.className = className;
  a.tabIndex = -1; // until it becomes the tree's Tab stop
  const title = document.createElement("bdi"); // it may be written from right to left
  title.append(text);
  a.append(title);
  if (page === body.dataset.page) a.setAttribute("aria-current", "page");
  return a;
}

/** A story's entry; `text` may be a DOM node with marks. */
export function storyItem(node, story, text = story[0]) {
  const item = document.createElement("li");
  const a = makeLink(storyPage(node, story), text, "story");
  if (story[4]) {
    a.dataset.state = STATES[story[4]];
    a.append(
      Object.assign(document.createElement("span"), { className: "away", textContent: ` (${STATES[story[4]]})` }),
    );
  }
  item.append(a);
  return item;
}

/** A node's own entry. */
export function nodeItem(node, text = node[0]) {
  const item = document.createElement("li");
  item.append(makeLink(pageOf(node), text, KINDS[node[2]]));
  return item;
}

// Branches that the user opens stay open on the next page; closed ones that lead to a page stay closed only on that page.
const opened = new Set(JSON.parse(recall("open") ?? "[]"));
const shut = new Set(JSON.parse(recall("shut") ?? "[]"));
const closed = new Set();
const MOST_AT_FIRST = 40; // entries; up to this number, sections are initially open

const hasBranch = (node) => node[4].length > 0 || node[5].length > 0;

/* Whether a section is initially open, as the site has few entries on its first two levels. */
function beginsOpen(node) {
  const { 5: all } = window.storytimeNavigation;
  const isFew = all.reduce((sum, one) => sum + 1 + one[5].length, 0) <= MOST_AT_FIRST;
  return isFew && KINDS[node[2]] === "section" && all.includes(node) && !shut.has(node[1]);
}

function isCurrent(node) {
  return body.dataset.page === pageOf(node) || body.dataset.page.startsWith(`${node[1]}/`);
}

function note(path, open) {
  opened[open ? "add" : "delete"](path);
  for (const set of [closed, shut]) set[open ? "delete" : "add"](path);
}

function rememberBranches() {
  remember("open", JSON.stringify([...opened]));
  remember("shut", JSON.stringify([...shut]));
}

function fill(list, node) {
  if (list.childElementCount) return;
  const parts = document.createDocumentFragment();
  for (const story of node[4]) parts.append(storyItem(node, story));
  for (const child of node[5]) parts.append(child[2] === DOCUMENT ? nodeItem(child) : branch(child));
  list.append(parts);
}

function makeTwist(node, list) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "twist";
  button.tabIndex = -1;
  button.dataset.path = node[1];
  button.setAttribute("aria-label", `Stories of ${node[0]}`);
  const set = (open) => {
    if (open) fill(list, node);
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
  };
  button.addEventListener("click", () => {
    const open = list.hidden;
    note(node[1], open);
    rememberBranches();
    set(open);
    showFold();
    showStates();
    keepStop();
  });
  set(!closed.has(node[1]) && (opened.has(node[1]) || isCurrent(node) || beginsOpen(node)));
  return button;
}

function branch(node) {
  const item = document.createElement("li");
  const row = document.createElement("div");
  row.className = "row";
  item.append(row);
  if (hasBranch(node)) {
    const list = document.createElement("ul");
    row.append(makeTwist(node, list));
    item.append(list);
  }
  row.append(makeLink(pageOf(node), node[0], KINDS[node[2]]));
  return item;
}

/* A description of the focused entry, so that it can be found in a new tree. */
function focused() {
  const node = document.activeElement;
  if (!nav().contains(node)) return null;
  return node.matches(".twist")
    ? `.twist[data-path="${CSS.escape(node.dataset.path)}"]`
    : `a[href="${CSS.escape(node.getAttribute("href"))}"]`;
}

/** Replace the nodes in the sidebar; focus and scroll position stay. */
export function showInTree(...nodes) {
  const focus = focused();
  const { scrollTop } = nav();
  nav().replaceChildren(...nodes);
  if (scrollTop) nav().scrollTop = scrollTop; // only if needed: it forces a layout
  if (focus) nav().querySelector(focus)?.focus({ preventScroll: true });
  showFold();
  showStates();
  keepStop();
}

// The tree is a single Tab stop: the entry that last had the focus, else the current page's. Arrow keys lead to the others.
let stop = null;

function setStop(item) {
  if (stop) stop.tabIndex = -1;
  stop = item;
  if (stop) stop.tabIndex = 0;
}

function keepStop() {
  const isShown = (item) => item?.isConnected && !item.closest("[hidden]");
  if (!isShown(stop)) setStop([nav().querySelector("[aria-current]"), nav().querySelector("a")].find(isShown) ?? null);
}

const isAllOpen = () => !nav().querySelector('.twist[aria-expanded="false"]');

const worse = (one, other) => (one && other ? Math.min(one, other) : one || other);

/* The worst state of the stories in each node at and below this one, by path. Fast, as each save may need it. */
function noteStates(node, states) {
  let worst = KINDS[node[2]] === "broken" ? STATES.indexOf("broken") : 0;
  for (const story of node[4]) worst = worse(worst, story[4]);
  for (const child of node[5]) worst = worse(worst, noteStates(child, states));
  states.set(node[1], worst);
  return worst;
}

/** Mark closed branches that contain errors. */
export function showStates() {
  const states = new Map();
  noteStates(window.storytimeNavigation, states);
  for (const twist of nav().querySelectorAll(".twist")) {
    const link = twist.nextElementSibling;
    const state = STATES[states.get(twist.dataset.path)];
    if ((link.dataset.within ?? "") === state) continue;
    link.querySelector(".away")?.remove();
    delete link.dataset.within;
    if (!state) continue;
    link.dataset.within = state;
    link.append(
      Object.assign(document.createElement("span"), { className: "away", textContent: ` (${state} stories inside)` }),
    );
  }
}

/* The action of the button for all branches. Search results have none. */
function showFold() {
  const button = document.getElementById("fold");
  const label = isAllOpen() ? "Close all" : "Open all";
  button.hidden = !nav().querySelector(".twist");
  button.dataset.icon = isAllOpen() ? "fold" : "unfold";
  button.setAttribute("aria-label", label);
  button.title = `${label} (${button.getAttribute("aria-keyshortcuts")})`;
}

/* Open all branches; or close them, if all are open. */
function foldAll() {
  const open = !isAllOpen();
  for (const [path, node] of noteNodes(window.storytimeNavigation)) if (hasBranch(node)) note(path, open);
  rememberBranches();
  showTree();
}

/** Bind what belongs to the tree. */
export function bindTree() {
  document.getElementById("fold").addEventListener("click", foldAll);
  nav().addEventListener("focusin", ({ target }) => target.matches("a, .twist") && setStop(target));
}

/* All stories in the tree's order, each with its page. */
function stories(node, out = []) {
  for (const story of node[4]) out.push([story[0], storyPage(node, story)]);
  for (const child of node[5]) stories(child, out);
  return out;
}

function noteNodes(node, nodes = new Map()) {
  nodes.set(node[1], node);
  for (const child of node[5]) noteNodes(child, nodes);
  return nodes;
}

/**
 * Take over changed nodes, which have paths instead of children. Returns the nodes; null: they do not fit the known tree,
 * and nothing is changed.
 */
export function changeNodes(changes) {
  const site = window.storytimeNavigation;
  if (!site) return null;
  const known = noteNodes(site);
  const children = new Set(changes.flatMap((change) => change[5]));
  const added = changes.map(([, path]) => path).filter((path) => !known.has(path));
  if (!added.every((path) => children.has(path))) return null;
  for (const path of added) known.set(path, []);
  if (![...children].every((path) => known.has(path))) return null;
  for (const change of changes)
    Object.assign(known.get(change[1]), { ...change, 5: change[5].map((path) => known.get(path)) });
  window.storytimeNavigation = [...site]; // a new object, so that others notice the change
  return changes.map(([, path]) => known.get(path));
}

/* The node of a page, at or below another node. */
function findNode(node, page) {
  if (pageOf(node) === page) return node;
  for (const child of node[5]) {
    const found = findNode(child, page);
    if (found) return found;
  }
  return null;
}

/** The stories of the subject with this page: titles and pages. */
export function storiesOf(page) {
  const node = findNode(window.storytimeNavigation, page);
  return node ? stories(node) : [];
}

/* The nodes and stories before and after the story with this page; undefined if there is none. */
function findNeighbours(site, page) {
  let [before, after, isPassed] = [undefined, undefined, false];
  const visit = (node) => {
    const isHere = page.startsWith(directory(node));
    for (const story of node[4]) {
      if (isPassed) after ??= [node, story];
      else if (isHere && page === storyPage(node, story)) isPassed = true;
      else before = [node, story];
    }
    for (const child of node[5]) if (!after) visit(child);
  };
  visit(site);
  return isPassed ? { before, after } : {};
}

/** Set the links to the previous and the next story. */
export function showNeighbours() {
  const links = [document.querySelector(".toolbar [rel=prev]"), document.querySelector(".toolbar [rel=next]")];
  if (!links[0] || !window.storytimeNavigation) return;
  const { before, after } = findNeighbours(window.storytimeNavigation, body.dataset.page);
  for (const [link, word, neighbour] of [
    [links[0], "Previous", before],
    [links[1], "Next", after],
  ]) {
    link.hidden = !neighbour;
    if (!neighbour) continue;
    const [node, story] = neighbour;
    link.href = addressOf(storyPage(node, story));
    link.setAttribute("aria-label", `${word} story: ${story[0]}`);
  }
}

let placed = false;

/* On a new page, keep the tree's scroll position, with the page's own entry in view. */
function place() {
  if (placed) return;
  placed = true;
  nav().scrollTop = Number(recall("tree") ?? 0);
  showCurrent();
  addEventListener("pagehide", () => remember("tree", Math.round(nav().scrollTop)));
}

/* Scroll to the page's own entry, if it is not in view. */
function showCurrent() {
  const [here, box] = [nav().querySelector("[aria-current]")?.getBoundingClientRect(), nav().getBoundingClientRect()];
  if (here && (here.top < box.top || here.bottom > box.bottom)) nav().scrollTop += here.top - box.top - box.height / 3;
}

/** Show the whole tree, with this page's branch and those that the user has opened expanded. */
export function showTree() {
  const site = window.storytimeNavigation;
  if (!nav() || !site) return;
  const list = document.createElement("ul");
  fill(list, site);
  showInTree(list);
  place();
}

/** Mark the entry of the page that is shown now, in the place of the one before; its branch is opened. */
export function showHere() {
  closed.clear();
  nav().querySelector("[aria-current]")?.removeAttribute("aria-current");
  const here = nav().querySelector(`a[href="${CSS.escape(addressOf(body.dataset.page))}"]`);
  here?.setAttribute("aria-current", "page");
  if (!here?.checkVisibility()) showTree();
  showCurrent();
}

/* A node's entry in the tree; undefined if its branch was never opened. */
function itemOf(node) {
  const twist = nav().querySelector(`.twist[data-path="${CSS.escape(node[1])}"]`);
  const link = twist ?? nav().querySelector(`a[href="${CSS.escape(addressOf(pageOf(node)))}"]`);
  return link?.closest("li");
}

/** Update changed nodes that the tree shows; if the site itself has changed, show all of it again. */
export function showNodes(nodes) {
  if (nodes.some((node) => node[1] === "")) {
    showTree();
    return;
  }
  const focus = focused();
  for (const node of nodes) itemOf(node)?.replaceWith(node[2] === DOCUMENT ? nodeItem(node) : branch(node));
  if (focus && !nav().contains(document.activeElement)) nav().querySelector(focus)?.focus({ preventScroll: true });
  keepStop();
}

/* Onwards opens a branch; back closes it, or moves up to it from its entries. */
function turn(event, open) {
  const item = event.target.closest("li");
  const twist = item?.querySelector(":scope > .row > .twist");
  if (twist && (twist.getAttribute("aria-expanded") === "true") !== open) twist.click();
  else if (open) return false;
  else item?.parentElement.closest("li")?.querySelector("a")?.focus();
  return true;
}

function move(event, step) {
  const links = [...nav().querySelectorAll("a")].filter((a) => a.offsetParent);
  const from = event.target.matches(".twist") ? event.target.parentElement.querySelector("a") : event.target;
  const next = links[links.indexOf(from) + step];
  if (next) next.focus();
  else if (step < 0) document.getElementById("search").focus();
  return true;
}

/** Handle the arrow keys in the sidebar; true: handled. */
export function walk(event) {
  const search = event.target.id === "search";
  if (event.key === "ArrowDown") return move(event, 1);
  if (event.key === "ArrowUp") return !search && move(event, -1);
  if (search || !nav().contains(event.target)) return false;
  const key = onwardKey(event);
  if (key === "ArrowRight") return turn(event, true);
  if (key === "ArrowLeft") return turn(event, false);
  return false;
}
