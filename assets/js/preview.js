// The preview's frame: its height, width, background, outline and zoom.
import { copy } from "./panels.js";

const OUTLINE = "* { outline: 1px solid rgb(255 0 128 / 45%) !important; outline-offset: -1px !important; }";
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const LOWEST = 120;
const HIGHEST = 1600;
const AS_THE_VIEWPORT = 480; // of a document that is as high as its window, whatever that is

const chosen = { width: "", zoom: 1, outline: false };
const preview = () => document.getElementById("preview");

function frameDocument(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null; // pages opened from the disk are strangers to each other
  }
}

/* How high the document is by itself; what hangs over, such as an open menu, included. */
function measure(frame, inner) {
  const html = inner.documentElement;
  const natural = Math.ceil(html.getBoundingClientRect().height);
  const limit = (height) => Math.min(HIGHEST, Math.max(LOWEST, height));
  const height = limit(natural);
  frame.style.height = `${height}px`;
  if (Math.ceil(html.getBoundingClientRect().height) > natural) return AS_THE_VIEWPORT;
  return html.scrollHeight > height ? limit(html.scrollHeight) : height;
}

/** Make the frame as high as its document, within what a screen can hold. */
function fit() {
  const frame = preview();
  const inner = frame && frameDocument(frame);
  if (!inner?.documentElement || !inner.body) return;
  const { scrollX: x, scrollY: y } = window;
  const height = measure(frame, inner);
  frame.style.height = `${height}px`;
  frame.parentElement.style.height = chosen.zoom === 1 ? "" : `${Math.ceil(height * chosen.zoom)}px`;
  if (window.scrollY !== y) scrollTo({ left: x, top: y, behavior: "instant" });
}

let observer = null;

/* A document in the frame: the one before is gone, and what was done to it is to be done again. */
function adopt(frame) {
  const inner = frameDocument(frame);
  if (!inner?.body) return;
  showOutline(frame);
  fit();
  observer?.disconnect();
  observer = new ResizeObserver(fit);
  observer.observe(inner.body);
}

function showOutline(frame) {
  const inner = frameDocument(frame);
  inner?.getElementById("storytime-outline")?.remove();
  if (!chosen.outline || !inner?.head) return;
  const style = Object.assign(inner.createElement("style"), { id: "storytime-outline", textContent: OUTLINE });
  style.dataset.storytime = "";
  inner.head.append(style);
}

function showSize(frame) {
  const { width, zoom } = chosen;
  frame.style.transform = zoom === 1 ? "" : `scale(${zoom})`;
  frame.parentElement.classList.toggle("narrow", width !== "");
  if (width) frame.style.width = `${width}px`;
  else frame.style.width = zoom === 1 ? "" : `${100 / zoom}%`;
  document.getElementById("zoom").textContent = `${Math.round(zoom * 100)}%`;
  fit();
}

const ACTIONS = {
  width(button, frame) {
    for (const other of document.querySelectorAll("[data-width]")) other.setAttribute("aria-pressed", other === button);
    chosen.width = button.dataset.width;
    showSize(frame);
  },
  zoom(button, frame) {
    const at = ZOOMS.indexOf(chosen.zoom) + Number(button.dataset.zoom);
    chosen.zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at))];
    showSize(frame);
  },
  toggle(button, frame) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    if (button.dataset.toggle === "outline") {
      chosen.outline = on;
      showOutline(frame);
    } else {
      frame.parentElement.classList.toggle("dots", on);
    }
  },
  link(button) {
    copy(button.firstChild, new URL(location.pathname + location.search, location.href).href);
  },
};

export function startPreview() {
  const frame = preview();
  if (!frame) return;
  document.querySelector(".toolbar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    for (const [name, action] of Object.entries(ACTIONS)) if (button && name in button.dataset) action(button, frame);
  });
  frame.addEventListener("load", () => adopt(frame));
  if (frameDocument(frame)?.readyState === "complete") adopt(frame);
  addEventListener("resize", fit);
}
