// Measuring: shows margins, borders, paddings and the size of the element that is pointed at or has the focus.
import { clear, draw, placeOf } from "./overlay.js";

const SIDES = ["Top", "Right", "Bottom", "Left"];

let on = false;
let shown = null;

const round = (number) => Math.round(number * 10) / 10;

/* The four sides of a property, in pixels. */
const sides = (style, before, after = "") => SIDES.map((side) => parseFloat(style[`${before}${side}${after}`]) || 0);

/* "8", "8 16" or "1 2 3 4", as in CSS; nothing if all are 0. */
function shorthand(name, [top, right, bottom, left]) {
  if (!(top || right || bottom || left)) return [];
  const same = top === bottom && right === left;
  const numbers = same ? (top === right ? [top] : [top, right]) : [top, right, bottom, left];
  return [`${name} ${numbers.map(round).join(" ")}`];
}

function nameOf(node) {
  const classes = [...node.classList].map((one) => `.${one}`).join("");
  return node.localName + (node.id ? `#${node.id}` : "") + (classes.length > 40 ? `${classes.slice(0, 40)}…` : classes);
}

/* Nested boxes: the border of each is what surrounds the content of the one before. */
function nest(kinds, zoom) {
  const boxes = kinds.map(([kind, widths]) => {
    const box = Object.assign(document.createElement("div"), { className: kind });
    box.style.borderWidth = widths.map((width) => `${Math.max(0, width) * zoom}px`).join(" ");
    return box;
  });
  boxes.reduce((outer, inner) => (outer.append(inner), inner));
  return boxes[0];
}

function show(node) {
  shown = node;
  const style = node.ownerDocument.defaultView.getComputedStyle(node);
  const { left, top, width, height, zoom } = placeOf(node);
  const [margin, border, padding] = [sides(style, "margin"), sides(style, "border", "Width"), sides(style, "padding")];
  const box = nest(
    [
      ["margin", margin],
      ["border", border],
      ["padding", padding],
      ["content", [0, 0, 0, 0]],
    ],
    zoom,
  );
  const [above, right, below, before] = margin.map((side) => Math.max(0, side) * zoom);
  box.style.left = `${left - before}px`;
  box.style.top = `${top - above}px`;
  box.style.width = `${width * zoom + before + right}px`;
  box.style.height = `${height * zoom + above + below}px`;
  const label = document.createElement("p");
  const parts = [...shorthand("margin", margin), ...shorthand("border", border), ...shorthand("padding", padding)];
  label.append(Object.assign(document.createElement("b"), { textContent: nameOf(node) }));
  label.append(` ${round(width)} × ${round(height)}`, ...parts.map((part) => ` · ${part}`));
  draw(box, label);
  putLabel(label, left, top + height * zoom + below);
}

/* Below the element, or above if there is no room, within the layer. */
function putLabel(label, left, below) {
  const { clientWidth, clientHeight } = label.parentElement;
  label.style.left = `${Math.max(0, Math.min(left, clientWidth - label.offsetWidth))}px`;
  label.style.top = `${Math.max(0, Math.min(below + 4, clientHeight - label.offsetHeight))}px`;
}

const point = ({ target }) => on && target !== shown && target.nodeType === Node.ELEMENT_NODE && show(target);

function leave() {
  shown = null;
  clear();
}

/** Start or stop measuring. */
export function setMeasuring(wanted) {
  on = wanted;
  if (!on) leave();
}

/** Follow the pointer and the focus in a preview's document, but not a resting pointer while the page scrolls. */
export function measureIn(inner) {
  for (const kind of ["pointermove", "focusin"]) inner.addEventListener(kind, point);
  inner.documentElement.addEventListener("pointerleave", leave);
  inner.addEventListener("scroll", () => shown?.isConnected && show(shown), { capture: true, passive: true });
}
