// What a published build means for the page one looks at.
import { morph } from "./morph.js";

const parser = new DOMParser();

async function load(root, path, html) {
  if (html?.[path] !== undefined) return html[path];
  const response = await fetch(root + path.split("/").map(encodeURIComponent).join("/"), { cache: "no-cache" });
  return response.ok ? response.text() : null;
}

function refreshAssets(doc) {
  for (const link of doc.querySelectorAll('link[rel="stylesheet"]')) {
    const url = new URL(link.href);
    url.searchParams.set("v", Date.now());
    const next = link.cloneNode();
    next.href = url.href;
    next.addEventListener("load", () => link.remove());
    link.after(next);
  }
  for (const image of doc.querySelectorAll("img[src]")) {
    const url = new URL(image.src);
    if (url.origin !== location.origin) continue;
    url.searchParams.set("v", Date.now());
    image.src = url.href;
  }
}

/** Update a preview: the document in a frame, or this page itself when it stands alone. */
async function updatePreview(doc, root, path, html) {
  const text = await load(root, path, html);
  if (text === null) return;
  const wanted = parser.parseFromString(text, "text/html");
  const scripts = [...wanted.scripts].map((script) => script.outerHTML).join();
  if (scripts !== (doc.storytimeScripts ?? scripts)) {
    doc.defaultView.location.reload(); // a script must run anew, which only a new document does
    return;
  }
  doc.storytimeScripts = scripts;
  if (doc.head.querySelector("#storytime-outline"))
    wanted.head.append(doc.head.querySelector("#storytime-outline").cloneNode(true));
  for (const kept of doc.head.querySelectorAll("[data-storytime]")) wanted.head.append(kept.cloneNode(true));
  if (doc.head.innerHTML !== wanted.head.innerHTML) morph(doc.head, wanted.head);
  morph(doc.body, wanted.body);
}

async function updateNavigation(root) {
  const script = document.createElement("script");
  script.src = `${root}_storytime/navigation.js?v=${Date.now()}`;
  await new Promise((resolve) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", resolve);
    document.head.append(script);
  });
  script.remove();
  window.storytime?.start();
}

/* Tabs and buttons that the script added are not in the file: what it changed is left out of the comparison. */
async function updatePage(root, path, html) {
  const text = await load(root, path, html);
  if (text === null) return;
  const wanted = parser.parseFromString(text, "text/html");
  const main = document.getElementById("main");
  const next = wanted.getElementById("main");
  if (!main || !next) {
    location.reload();
    return;
  }
  const chosen = main.querySelector(".panels")?.dataset.chosen;
  const frame = main.querySelector("#preview");
  const same = frame && next.querySelector("#preview");
  document.title = wanted.title;
  const brand = document.querySelector(".brand span");
  const nextBrand = wanted.querySelector(".brand span");
  if (brand && nextBrand) brand.textContent = nextBrand.textContent;
  const preview = main.querySelector(".preview");
  if (same && preview) {
    preview.setAttribute("data-kept", "");
    next.querySelector(".preview").setAttribute("data-kept", "");
    frame.title = same.title;
  }
  const panels = next.querySelector(".panels");
  if (panels && chosen) panels.dataset.chosen = chosen;
  main.querySelector(".tabs")?.remove();
  morph(main, next);
  window.storytime?.start();
}

function showGone(root, path) {
  const main = document.getElementById("main");
  if (!main || main.querySelector(".gone")) return;
  const parent = path
    .split("/")
    .slice(0, -2)
    .map((part) => `${encodeURIComponent(part)}/`)
    .join("");
  const note = document.createElement("div");
  note.className = "gone";
  note.setAttribute("role", "alert");
  note.append("This page was renamed or removed. ");
  note.append(
    Object.assign(document.createElement("a"), {
      href: `${root}${parent}index.html`,
      textContent: "Go to what was above it",
    }),
  );
  main.prepend(note);
}

/** Apply a message of the server; `page` is the path of this page below the root. */
export async function update(message, page, root) {
  const all = message.change === "all";
  const pages = new Set(message.pages ?? []);
  const frame = document.getElementById("preview");
  const preview = page.replace(/index\.html$/, "preview.html");
  if (message.removed?.includes(page)) {
    showGone(root, page);
    if (message.navigation) await updateNavigation(root);
    return;
  }
  if (page.endsWith("preview.html")) {
    if (all || pages.has(page)) await updatePreview(document, root, page, message.html);
    if (message.assets) refreshAssets(document);
    return;
  }
  const gone = document.querySelector(".gone");
  if (gone && (all || pages.has(page))) {
    location.reload();
    return;
  }
  if (frame?.contentDocument?.body && (all || pages.has(preview))) {
    await updatePreview(frame.contentDocument, root, preview, message.html);
    frame.dispatchEvent(new Event("storytime-fit"));
  }
  if (message.assets && frame?.contentDocument) refreshAssets(frame.contentDocument);
  for (const thumb of document.querySelectorAll(".thumb iframe")) {
    const path = decodeURIComponent(new URL(thumb.src).pathname.slice(new URL(root, location.href).pathname.length));
    if ((all || message.assets || pages.has(path)) && thumb.contentWindow) thumb.contentWindow.location.reload();
  }
  if (all || pages.has(page)) await updatePage(root, page, message.html);
  if (all || message.navigation) await updateNavigation(root);
}
