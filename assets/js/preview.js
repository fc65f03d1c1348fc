// The preview's frame: its size, background, outline and zoom.
import { copy } from "./panels.js";

const OUTLINE = "* { outline: 1px solid rgb(255 0 128 / 45%) !important; outline-offset: -1px !important; }";
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2];

const chosen = { zoom: 1, outline: false };
const preview = () => document.getElementById("preview");

function frameDocument(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null; // pages opened from the disk are strangers to each other
  }
}

function showOutline(frame) {
  const inner = frameDocument(frame);
  inner?.getElementById("storytime-outline")?.remove();
  if (!chosen.outline || !inner?.head) return;
  const style = Object.assign(inner.createElement("style"), { id: "storytime-outline", textContent: OUTLINE });
  style.dataset.storytime = "";
  inner.head.append(style);
}

/* The stylesheet does the rest. No width: all the room that there is. */
function showSize(stage, { width, height }) {
  stage.classList.toggle("device", width !== "");
  stage.style.setProperty("--width", width ? `${width}px` : "100%");
  stage.style.setProperty("--height", height ? `${height}px` : "100%");
}

const ACTIONS = {
  width(button, frame) {
    for (const other of document.querySelectorAll("[data-width]")) other.setAttribute("aria-pressed", other === button);
    showSize(frame.parentElement, button.dataset);
  },
  zoom(button, frame) {
    const at = ZOOMS.indexOf(chosen.zoom) + Number(button.dataset.zoom);
    chosen.zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at))];
    frame.parentElement.style.setProperty("--zoom", chosen.zoom);
    document.getElementById("zoom").textContent = `${Math.round(chosen.zoom * 100)}%`;
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

/* On paper nothing can be scrolled: the frame is as high as its document. */
function bindPrinting(frame) {
  addEventListener("beforeprint", () => {
    const html = frameDocument(frame)?.documentElement;
    if (html) frame.parentElement.style.setProperty("--printed", `${html.scrollHeight}px`);
  });
}

export function startPreview() {
  const frame = preview();
  if (!frame) return;
  document.querySelector(".toolbar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    for (const [name, action] of Object.entries(ACTIONS)) if (button && name in button.dataset) action(button, frame);
  });
  frame.addEventListener("load", () => showOutline(frame));
  bindPrinting(frame);
}
