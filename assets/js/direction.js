// The direction in which the page reads. It may change at any time, as when a browser translates the page.
const MIRRORED = { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };

const root = document.documentElement;
export const isRightToLeft = (element = root) => getComputedStyle(element).direction === "rtl";

/** The key that an event would have on a page that reads from left to right. */
export const onwardKey = ({ key, target }) => (isRightToLeft(target) && MIRRORED[key]) || key;

/** How far a horizontal place in the window is from where its lines begin, in pixels. */
export const fromStart = (x) => (isRightToLeft() ? root.clientWidth - x : x);

/** How far the edges of an element are from where the window's lines begin, in pixels. */
export function extentOf(element) {
  const { left, right } = element.getBoundingClientRect();
  const [start, end] = [fromStart(left), fromStart(right)].sort((a, b) => a - b);
  return { start, end };
}
