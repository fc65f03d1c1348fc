// An edge between two parts of the page, of role "separator": one drags it, or moves it with the arrow keys.
const STEP = 16; // pixels

/**
 * Bind an edge. `size()` is what it sets, in pixels; `resize(pixels)` gives another one, within the bounds that the caller
 * knows; `sizeAt(event)` is what a place of the pointer means; `keys` says which arrow keys make it larger (1) or smaller (-1).
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
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    resize(size() + keys[event.key] * STEP);
  });
}
