// Drawings over the preview, such as the sizes of an element. They are part of the page around the frame, and change nothing
// in the story's own document.
const preview = () => document.getElementById("preview");

function layer() {
  const stage = preview().parentElement;
  let found = document.querySelector(".overlay");
  if (!found) {
    found = Object.assign(document.createElement("div"), { className: "overlay" });
    stage.after(found);
    stage.addEventListener("scroll", clear);
  }
  Object.assign(found.style, { top: `${stage.offsetTop}px`, height: `${stage.clientHeight}px` });
  return found;
}

/** The place of a preview's element in the layer, and the scale at which it is shown. */
export function placeOf(node) {
  const frame = preview().getBoundingClientRect();
  const zoom = frame.width / preview().offsetWidth;
  const own = layer().getBoundingClientRect();
  const { left, top, width, height } = node.getBoundingClientRect();
  return { left: frame.left - own.left + left * zoom, top: frame.top - own.top + top * zoom, width, height, zoom };
}

/** Show these elements, and no others. */
export function draw(...nodes) {
  layer().replaceChildren(...nodes);
}

export function clear() {
  document.querySelector(".overlay")?.replaceChildren();
}

/** Draw frames around elements of the preview. */
export function mark(nodes) {
  draw(
    ...nodes.map((node) => {
      const { left, top, width, height, zoom } = placeOf(node);
      const box = Object.assign(document.createElement("div"), { className: "mark" });
      box.style.cssText = `left:${left}px;top:${top}px;width:${width * zoom}px;height:${height * zoom}px`;
      return box;
    }),
  );
}
