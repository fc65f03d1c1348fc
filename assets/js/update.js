// Updates the current page after a published build.
import { holdsValues } from "./args.js";
import { morph } from "./morph.js";
import { painted } from "./painted.js";

const SCRIPTED = ".audit, .panel.needs-js, div#props"; // filled by scripts

/* Somebody may have gone on to another page meanwhile. */
const isShown = (page) => (document.body.dataset.page ?? page) === page;

const encode = (path) => path.split("/").map(encodeURIComponent).join("/");

/** A page's text; null if there is no such page. */
async function load(root, path) {
  const response = await fetch(root + encode(path), { cache: "no-cache" });
  return response.ok ? response.text() : null;
}

/* Whether a frame shows its own story: it may still have the one before, or the story's code may have led it elsewhere. */
const isAt = (view, address) => view === window || view?.storytimeDocument?.path === new URL(address).pathname;

function loadAnew(view, address) {
  if (view?.location.pathname === new URL(address).pathname) view.location.reload();
  else view?.location.replace(address);
}

/** Update the document of a window: of a frame for this address, or this page's own if it is a preview outside of a frame. */
function updateWindow(view, text, address = location.href) {
  if (!isAt(view, address) || !view.storytimeDocument?.update(text)) loadAnew(view, address);
}

/** Have a window use the new static files that the message names, or all if it names none. */
function refreshWindow(view, { files, styles = {} }, root, address = location.href) {
  const encoded = (path) => encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  const addresses = files?.map((path) => [new URL(encoded(path), root).href, styles[path]]);
  if (!isAt(view, address) || !view.storytimeDocument?.refresh(addresses)) loadAnew(view, address);
}

let changed = ""; // the nodes that were taken over last, as both messages of a build may have the same

/** Show the nodes of the tree in the message. true: nothing else has changed. */
function changeNavigation({ nodes }) {
  const text = JSON.stringify(nodes ?? []);
  if (nodes && text !== changed) {
    if (!window.storytime?.changeNavigation(nodes)) return false;
    changed = text;
  }
  return nodes !== undefined;
}

/** Show the whole tree again, if the message says that it has changed but does not contain the changes. */
async function updateNavigation(message, root) {
  if (!changeNavigation(message) && message.navigation) await loadNavigation(root);
}

function loadNavigation(root) {
  changed = "";
  const globals = JSON.stringify(window.storytimeGlobals);
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${root}_storytime/navigation.js?v=${Date.now()}`;
    const done = () => {
      script.remove();
      window.storytime?.startNavigation();
      if (JSON.stringify(window.storytimeGlobals) !== globals) location.reload(); // with other menus
      resolve();
    };
    script.addEventListener("load", done);
    script.addEventListener("error", done);
    document.head.append(script);
  });
}

const parser = new DOMParser();

/* The error that a story's page shows instead of its preview; null: there is none. */
const faultOf = (doc) => doc.querySelector("#main > .fault");

/* Whether a page (its text may be unknown) is about to show an error. */
const showsFault = (text) =>
  text?.includes('class="fault"') && faultOf(parser.parseFromString(text, "text/html")) !== null;

function showTitles(wanted) {
  document.title = wanted.title;
  document.querySelector(".brand span").textContent = wanted.querySelector(".brand span").textContent;
}

/** Show the most important parts of a page first: its titles, and an error instead of its preview. */
function showHead(text) {
  const wanted = parser.parseFromString(text, "text/html");
  const [main, next] = [document.getElementById("main"), wanted.getElementById("main")];
  if (!next) return; // updatePage() handles this
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

/** Update everything around the preview: heading, badges, panels, breadcrumbs. The preview stays as it is. */
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

/** The parent of a page: "a/index.html" for "a/b/index.html"; null for the first. */
function pageAbove(page) {
  const directory = page.replace(/[^/]*\/?[^/]*$/, "");
  return page === "index.html" ? null : `${directory}index.html`;
}

/** The nearest existing page above a page, and the error that it shows, if any. */
async function findAbove(root, page) {
  for (let path = pageAbove(page); path !== null; path = pageAbove(path)) {
    const text = await load(root, path);
    if (text !== null) {
      return { path, fault: faultOf(parser.parseFromString(text, "text/html")) };
    }
  }
  return { path: "index.html", fault: null };
}

/* A page that does not exist any more: its source has an error, or was renamed or removed. */
async function showGone(root, page) {
  const main = document.getElementById("main");
  if (!main) {
    location.reload(); // a preview outside of a frame has no place for a message
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
    if (!view || view.document.URL === "about:blank") continue; // not loaded yet, so it will load the new version
    const path = thumbPath(thumb, root);
    if (concerns(path)) {
      const text = message.html?.[path] ?? (await load(root, path));
      if (text !== null) updateWindow(view, text, thumb.src);
    }
    if (message.assets) refreshWindow(view, message, root, thumb.src);
  }
}

/**
 * Apply a message of the server; `page` is the path of this page below the root. The preview, or else the top of the page,
 * and the nodes of the tree in the message come first; everything else follows when that has been painted. An
 * error hides the preview, which keeps its last good document for when the error is gone. Pages that the message only names are
 * fetched.
 */
export async function update(message, page, root) {
  const all = message.change === "all";
  const concerns = (path) => all || message.pages.includes(path);
  const waits = [];
  /* `use` gets the text of a page that the message names. */
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
      location.reload(); // it exists again
    else await showGone(root, page);
    await updateNavigation(message, root);
    return;
  }
  const view = document.getElementById("preview")?.contentWindow;
  if (view) {
    const path = page.replace(/index\.html$/, "preview.html");
    const head = message.html?.[page];
    const failing = showsFault(head);
    const isOfBuild = !failing && !holdsValues();
    const isPreviewNew = message.html?.[path] !== undefined && isOfBuild && !faultOf(document);
    const address = new URL("preview.html", document.baseURI).href;
    if (isOfBuild) withText(path, (text) => text !== null && updateWindow(view, text, address));
    if (message.assets) refreshWindow(view, message, root, address);
    if (head !== undefined && !isPreviewNew) showHead(head);
    changeNavigation(message);
    if (head !== undefined || isPreviewNew) await painted();
  }
  if (isShown(page)) withText(page, ifThere(updatePage));
  waits.push(updateThumbs(message, root, concerns));
  waits.push(updateNavigation(message, root));
  await Promise.all(waits);
}
