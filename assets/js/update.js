// What a published build means for the page one looks at.
import { morph } from "./morph.js";
import { painted } from "./painted.js";

const SCRIPTED = ".audit, .panel.needs-js, div#props"; // what scripts fill

/* Somebody may have gone on to another page meanwhile. */
const isShown = (page) => (document.body.dataset.page ?? page) === page;

const encode = (path) => path.split("/").map(encodeURIComponent).join("/");

/** A page's text; null when there is no such page. */
async function load(root, path) {
  const response = await fetch(root + encode(path), { cache: "no-cache" });
  return response.ok ? response.text() : null;
}

/** Update the document of a window: a frame's, or this page's own when it is a preview that stands alone. */
function updateWindow(view, text) {
  if (!view?.storytimeDocument?.update(text)) view?.location.reload();
}

/** Have a window take up the static files that the message names, or any where it names none. */
function refreshWindow(view, { files, styles = {} }, root) {
  const encoded = (path) => encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  const addresses = files?.map((path) => [new URL(encoded(path), root).href, styles[path]]);
  if (!view?.storytimeDocument?.refresh(addresses)) view?.location.reload();
}

let changed = ""; // the nodes that were taken over last; both parts of a build may bring them

/** Show nodes of the tree that the message brings along. true: that was all. */
function changeNavigation({ nodes }) {
  const text = JSON.stringify(nodes ?? []);
  if (nodes && text !== changed) {
    if (!window.storytime?.changeNavigation(nodes)) return false;
    changed = text;
  }
  return nodes !== undefined;
}

/** Show the tree anew, if the message says so and does not bring along what is different. */
async function updateNavigation(message, root) {
  if (!changeNavigation(message) && message.navigation) await loadNavigation(root);
}

function loadNavigation(root) {
  changed = "";
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${root}_storytime/navigation.js?v=${Date.now()}`;
    const done = () => {
      script.remove();
      window.storytime?.startNavigation();
      resolve();
    };
    script.addEventListener("load", done);
    script.addEventListener("error", done);
    document.head.append(script);
  });
}

const parser = new DOMParser();

/* The error that a story's page shows in the place of its preview; null: there is none. */
const faultOf = (doc) => doc.querySelector("#main > .fault");

/* Whether a page, of which nothing may be known, is about to show an error. */
const showsFault = (text) =>
  text?.includes('class="fault"') && faultOf(parser.parseFromString(text, "text/html")) !== null;

function showTitles(wanted) {
  document.title = wanted.title;
  document.querySelector(".brand span").textContent = wanted.querySelector(".brand span").textContent;
}

/** Show what a page says first: its titles, and an error in the place of its preview. */
function showHead(text) {
  const wanted = parser.parseFromString(text, "text/html");
  const [main, next] = [document.getElementById("main"), wanted.getElementById("main")];
  if (!next) return; // updatePage() knows what to do
  showTitles(wanted);
  for (const part of [".crumbs", ".heading"]) {
    const [shown, other] = [main.querySelector(part), next.querySelector(part)];
    if (shown && other && shown.outerHTML !== other.outerHTML) morph(shown, other);
  }
  const [fault, nextFault] = [faultOf(document), faultOf(wanted)];
  if (fault && nextFault) morph(fault, nextFault);
  else if (nextFault) main.querySelector(".preview")?.before(document.importNode(nextFault, true));
  else fault?.remove();
}

/** Morph what stands around the preview: heading, badges, panels, breadcrumbs; the preview is kept as it is. */
function updatePage(text) {
  const wanted = parser.parseFromString(text, "text/html");
  const [main, next] = [document.getElementById("main"), wanted.getElementById("main")];
  if (!main || !next) {
    location.reload();
    return;
  }
  showTitles(wanted);
  const [frame, nextFrame] = [main.querySelector("#preview"), next.querySelector("#preview")];
  if (frame && nextFrame) frame.title = nextFrame.title;
  window.storytime?.startPanels(wanted);
  morph(main, next, frame && nextFrame ? `.preview, ${SCRIPTED}` : SCRIPTED);
  window.storytime?.startPanels();
}

/** The page above one: "a/b/index.html" lies below "a/index.html"; null above the first. */
function pageAbove(page) {
  const directory = page.replace(/[^/]*\/?[^/]*$/, "");
  return page === "index.html" ? null : `${directory}index.html`;
}

/** The nearest page above one that is there, and the error that it shows, if it does. */
async function findAbove(root, page) {
  for (let path = pageAbove(page); path !== null; path = pageAbove(path)) {
    const text = await load(root, path);
    if (text !== null) {
      return { path, fault: faultOf(parser.parseFromString(text, "text/html")) };
    }
  }
  return { path: "index.html", fault: null };
}

/* A page that is not there any more: what it was made from has an error, or has been renamed or removed. */
async function showGone(root, page) {
  const main = document.getElementById("main");
  if (!main) {
    location.reload(); // a preview that stands alone has no place to say it in
    return;
  }
  const { path, fault } = await findAbove(root, page);
  if (!isShown(page)) return;
  const crumbs = [...main.querySelectorAll(".crumbs a")];
  const above = crumbs.find((crumb) => crumb.href === new URL(encode(path), root).href) ?? crumbs.at(-1);
  const note = document.createElement("div");
  note.className = "gone";
  note.setAttribute("role", "alert");
  note.append(
    Object.assign(document.createElement("strong"), {
      textContent: fault ? "This page has an error." : "This page no longer exists.",
    }),
    fault
      ? " You are looking at its last good version. "
      : " It was renamed or removed. You are looking at its last version. ",
    Object.assign(document.createElement("a"), {
      href: above?.href ?? root,
      textContent: `Go to ${above?.textContent ?? "the catalog"}`,
    }),
  );
  if (fault) note.append(document.importNode(fault, true));
  main.querySelector(".gone")?.remove();
  main.querySelector(".crumbs").after(note);
}

function thumbPath(thumb, root) {
  return decodeURIComponent(new URL(thumb.src).pathname.slice(new URL(root).pathname.length));
}

async function updateThumbs(message, root, concerns) {
  for (const thumb of document.querySelectorAll(":is(.thumb, .live) iframe")) {
    const view = thumb.contentWindow;
    if (!view?.storytimeDocument) continue; // it is not loaded yet, and will be as it is now
    const path = thumbPath(thumb, root);
    if (concerns(path)) {
      const text = message.html?.[path] ?? (await load(root, path));
      if (text !== null) updateWindow(view, text);
    }
    if (message.assets) refreshWindow(view, message, root);
  }
}

/**
 * Apply a message of the server; `page` is the path of this page below the root. The preview, or else the head of the page,
 * and the nodes of the tree that the message brings along come first; all around them follows when that has been painted. An
 * error hides the preview, which keeps its last good document for when the error has gone. What the message only names is
 * fetched.
 */
export async function update(message, page, root) {
  const all = message.change === "all";
  const concerns = (path) => all || message.pages.includes(path);
  const waits = [];
  /* `use` gets the text of a page that the message is about. */
  const withText = (path, use) => {
    if (!concerns(path)) return;
    const text = message.html?.[path];
    if (text !== undefined) use(text);
    else waits.push(load(root, path).then((loaded) => isShown(page) && use(loaded)));
  };
  const ifThere = (use) => (text) => (text === null ? showGone(root, page) : use(text));

  if (message.removed?.includes(page)) {
    await showGone(root, page);
    await updateNavigation(message, root);
    return;
  }
  if (!document.getElementById("main")) {
    withText(page, (text) => (text === null ? location.reload() : updateWindow(window, text)));
    if (message.assets) refreshWindow(window, message, root);
    await Promise.all(waits);
    return;
  }
  if (document.querySelector(".gone")) {
    if (concerns(page))
      location.reload(); // it is there again
    else await showGone(root, page);
    await updateNavigation(message, root);
    return;
  }
  const view = document.getElementById("preview")?.contentWindow;
  if (view) {
    const path = page.replace(/index\.html$/, "preview.html");
    const head = message.html?.[page];
    const failing = showsFault(head);
    const isPreviewNew = message.html?.[path] !== undefined && !failing && !faultOf(document);
    if (!failing) withText(path, (text) => text !== null && updateWindow(view, text));
    if (message.assets) refreshWindow(view, message, root);
    if (head !== undefined && !isPreviewNew) showHead(head);
    changeNavigation(message);
    if (head !== undefined || isPreviewNew) await painted();
  }
  if (isShown(page)) withText(page, ifThere(updatePage));
  waits.push(updateThumbs(message, root, concerns));
  waits.push(updateNavigation(message, root));
  await Promise.all(waits);
}
