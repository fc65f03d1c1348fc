// The client for live reload. Only a server adds it; a static build has none.
import { watchActions } from "./actions.js";
import { startArgs } from "./args.js";
import { offerDocument } from "./document.js";
import { showFailure } from "./failure.js";
import { isWaiting, showProgress } from "./progress.js";
import { startLog } from "./log.js";
import { connect } from "./socket.js";
import { update } from "./update.js";

const { token, build: loaded } = document.currentScript.dataset;
const base = new URL("..", document.currentScript.src); // the server may lie below a path of another one

/** This page's path below the root: "buttons/primary/index.html". */
function page() {
  if (document.body.dataset.page) return document.body.dataset.page;
  const path = decodeURIComponent(location.pathname.slice(base.pathname.length));
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

const TEXTS = { connected: "Live", building: "Rebuilding", failed: "Build failed", disconnected: "Disconnected" };

const QUICK = 100; // milliseconds: a shorter build is not announced, which saves a repaint

let later = 0;

function showSoon(state) {
  clearTimeout(later);
  later = setTimeout(show, QUICK, state);
}

function show(state) {
  clearTimeout(later);
  const sign = document.getElementById("live-sign");
  if (!sign || sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = TEXTS[state];
}

/** Whether this is a preview outside of a frame, with changed arguments or globals, which no build contains. */
const holdsArgs = () => {
  const query = new URLSearchParams(location.search);
  return !document.body.dataset.page && (query.has("args") || (window.storytimeContext && query.has("globals")));
};

let build = loaded;
let failed = false; // the newest build

const showResult = () => show(failed ? "failed" : "connected");

/* Pages of the catalog say so. A story's own document is left alone. */
function setFailure(error) {
  failed = Boolean(error) && document.getElementById("live-sign") !== null;
  showFailure(failed ? error : null);
}

// Messages are applied one after the other, since overlapping updates would undo each other.
let queue = Promise.resolve();

function apply(message) {
  if (isWaiting()) {
    if (message.change === "all" || message.pages.includes(page())) location.reload();
    return;
  }
  const work = () => (holdsArgs() ? location.reload() : update(message, page(), base.href));
  queue = queue.then(work).then(
    () => {
      offerEditor();
      showResult();
      document.dispatchEvent(new CustomEvent("storytime:updated", { detail: message }));
    },
    (error) => {
      console.error(error);
      location.reload();
    },
  );
}

function receive(message) {
  if (message.type === "building") {
    showSoon("building");
    return;
  }
  if (message.type === "progress") {
    showProgress(message);
    return;
  }
  setFailure(message.error);
  const missed = message.type === "hello" && String(message.build) !== build;
  build = String(message.build);
  if (message.type === "reload") apply(message);
  else if (missed) apply({ change: "all", pages: [], removed: [], navigation: true, assets: true });
  else showResult();
}

// In a frame of the catalog, the page around it does the work.
function isFramed() {
  try {
    return window.parent !== window && window.parent.document.body.dataset.page !== undefined;
  } catch {
    return false;
  }
}

// Only this machine may open an editor.
function offerEditor() {
  if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)) return;
  for (const place of document.querySelectorAll("[data-file]:not(:has(.open-editor))")) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Open in editor" });
    button.className = "open-editor";
    place.append(button);
  }
}

async function openEditor(event) {
  const button = event.target.closest?.(".open-editor");
  if (!button) return;
  const { file, line } = button.parentElement.dataset;
  const url = `${base.href}__storytime/open?file=${encodeURIComponent(file)}&line=${line}&token=${token}`;
  const response = await fetch(url).catch(() => ({ ok: false }));
  button.textContent = response.ok ? "Opened" : "No editor found: set STORYTIME_EDITOR";
}

const buildOf = (page) => page?.querySelector("script[data-storytime]")?.dataset.build;

/* A build may have come while the page and its preview did: the server says which one holds, and what differs is fetched again. */
async function followVisit({ detail: { page: text, shown } }, hello) {
  const here = page();
  offerEditor();
  await shown;
  if (page() !== here) return;
  const inFrame = buildOf(document.getElementById("preview").contentDocument);
  build = buildOf(text) === inFrame ? inFrame : "";
  hello();
}

offerDocument();
if (!document.body.dataset.page) watchActions(isFramed());
if (!isFramed()) {
  offerEditor();
  document.addEventListener("click", openEditor);
  startArgs();
  startLog();
  const hello = connect(base, token, page, receive, show);
  document.addEventListener("storytime:visit", (event) => followVisit(event, hello));
}
