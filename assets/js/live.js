// The client for live reload. Only a server adds it; a static build has none.
import { connect } from "./socket.js";
import { update } from "./update.js";

const script = document.currentScript;
const base = new URL("/", location.href);

/** This page's path below the root: "buttons/primary/index.html". */
function page() {
  if (document.body?.dataset.page) return document.body.dataset.page;
  const path = decodeURIComponent(location.pathname.slice(base.pathname.length));
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

const TEXTS = { connected: "Live", building: "Rebuilding", disconnected: "Disconnected" };

function show(state) {
  const sign = document.getElementById("live-sign");
  if (!sign) return;
  sign.dataset.state = state;
  sign.textContent = TEXTS[state];
}

// Messages are applied one after the other: two that overlap would undo each other's work.
let queue = Promise.resolve();
let build = null;

function receive(message) {
  if (message.type === "building") {
    show("building");
    return;
  }
  if (message.type === "hello") {
    const missed = build !== null && message.build !== build;
    build = message.build;
    if (missed) receive({ type: "reload", build, change: "all", pages: [], removed: [], assets: true });
    return;
  }
  if (message.type !== "reload") return;
  build = message.build;
  queue = queue
    .then(() => update(message, page(), base.href))
    .then(
      () => {
        show("connected");
        document.dispatchEvent(new CustomEvent("storytime:updated", { detail: message }));
      },
      () => location.reload(),
    );
}

// Within a frame of the catalog the page around it does the work.
function isFramed() {
  try {
    return window.parent !== window && window.parent.document.querySelector("#preview, .thumb") !== null;
  } catch {
    return false;
  }
}

function editorLinks() {
  for (const source of document.querySelectorAll(".source[data-file]")) {
    const url = `/__storytime/open?file=${encodeURIComponent(source.dataset.file)}&line=${source.dataset.line}&token=${script.dataset.token}`;
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "open-editor",
      textContent: "Open in editor",
    });
    button.addEventListener("click", async () => {
      const response = await fetch(url);
      button.textContent = response.ok ? "Opened" : "No editor found (set STORYTIME_EDITOR)";
    });
    source.append(" ", button);
  }
}

if (!isFramed()) {
  const begin = () => {
    editorLinks();
    connect(script.dataset.token, page, receive, show);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}
