// The preview's toolbar is a single Tab stop; in it, the arrow keys lead from tool to tool.
import { onwardKey } from "./direction.js";

const ITEMS = "button, a, select";

let current = null; // the tool that Tab leads to

/* In a menu that opens over the page, Tab leads from one entry to the next. */
const isInMenu = (item) => item.closest("[popover]") !== null;
const canFocus = (item) => !isInMenu(item) && !item.disabled && item.checkVisibility();

function update(toolbar) {
  const all = [...toolbar.querySelectorAll(ITEMS)];
  if (!all.some((item) => item === current && canFocus(item))) current = all.find(canFocus);
  for (const item of all) item.tabIndex = item === current || isInMenu(item) ? 0 : -1;
}

function step(event, toolbar) {
  if (isInMenu(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...toolbar.querySelectorAll(ITEMS)].filter(canFocus);
  const at = all.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[onwardKey(event)];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  all.at(to % all.length).focus();
}

/** Turn the tools of a story's page into a toolbar, once all of them exist. */
export function startToolbar() {
  const toolbar = document.querySelector(".toolbar");
  if (!toolbar) return;
  toolbar.setAttribute("role", "toolbar");
  toolbar.setAttribute("aria-label", "Tools of the preview");
  toolbar.addEventListener("focusin", ({ target }) => {
    if (target.matches(ITEMS) && canFocus(target)) current = target;
    update(toolbar);
  });
  toolbar.addEventListener("keydown", (event) => step(event, toolbar));
  for (const kind of ["click", "change"]) toolbar.addEventListener(kind, () => update(toolbar));
  document.addEventListener("storytime:updated", () => update(toolbar));
  new ResizeObserver(() => requestAnimationFrame(() => update(toolbar))).observe(toolbar);
}
