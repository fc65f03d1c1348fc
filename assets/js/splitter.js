// An edge between two parts of the page, with the role "separator", that can be dragged or moved with the arrow keys.
import { onwardKey } from "./direction.js";

const STEP = 16; // pixels

/**
 * Bind an edge. `size()` returns the size that it controls, in pixels; `resize(pixels)` changes it, within limits that the caller
 * knows; `sizeAt(event)` is the size for a pointer's position; `keys` says which arrow keys increase (1) or decrease (-1) it,
 * on a page that reads from left to right.
 */
export function bindSplitter(edge, { size, resize, sizeAt, keys }) {
  const { classList } = document.documentElement;
  edge.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    edge.focus({ preventScroll: true });
    edge.setPointerCapture(event.pointerId);
    classList.add("resizing");
  });
  edge.addEventListener("pointermove", (event) => {
    if (edge.hasPointerCapture(event.pointerId)) resize(sizeAt(event));
  });
  edge.addEventListener("lostpointercapture", () => classList.remove("resizing"));
  edge.addEventListener("keydown", (event) => {
    const key = onwardKey(event);
    if (!(key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    resize(size() + keys[key] * STEP);
  });
}
