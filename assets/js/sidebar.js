// The sidebar's width and whether it is shown, and the switch between light and dark; all are remembered.
import { extentOf, fromStart } from "./direction.js";
import { remember } from "./memory.js";
import { bindSplitter } from "./splitter.js";

const root = document.documentElement;
const [NARROWEST, WIDEST] = [180, 520];
const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 800px)"); // then the sidebar covers the page

function setWidth(width) {
  const clamped = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  root.style.setProperty("--sidebar", `${clamped}px`);
  byId("resizer").setAttribute("aria-valuenow", clamped);
  remember("width", clamped, { always: true });
}

function bindResizer() {
  const size = () => byId("sidebar").offsetWidth;
  byId("resizer").setAttribute("aria-valuenow", size());
  bindSplitter(byId("resizer"), {
    size,
    resize: setWidth,
    sizeAt: ({ clientX }) => fromStart(clientX) - extentOf(byId("sidebar")).start,
    keys: { ArrowLeft: -1, ArrowRight: 1 },
  });
}

function show(shown) {
  root.classList.toggle("no-sidebar", !shown);
  byId("toggle-sidebar").setAttribute("aria-expanded", shown);
}

function bindToggle() {
  show(!narrow.matches && !root.classList.contains("no-sidebar"));
  byId("toggle-sidebar").addEventListener("click", () => {
    const shown = root.classList.contains("no-sidebar");
    show(shown);
    if (!narrow.matches) remember("sidebar", shown ? null : "hidden", { always: true });
    if (shown) byId("search").focus();
  });
  document.addEventListener("storytime:search", () => {
    show(true);
    byId("search").focus();
    byId("search").select();
  });
  // If it covers the page, it is hidden after use.
  const leave = () => narrow.matches && show(false);
  byId("main").addEventListener("pointerdown", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !narrow.matches || root.classList.contains("no-sidebar")) return;
    leave();
    byId("toggle-sidebar").focus();
  });
  document.addEventListener("storytime:visit", () => {
    if (narrow.matches && byId("sidebar").contains(document.activeElement)) byId("main").focus({ preventScroll: true });
    leave();
  });
  narrow.addEventListener("change", () => show(!narrow.matches));
}

function bindTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  byId("toggle-theme").addEventListener("click", () => {
    const system = dark.matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    remember("theme", root.dataset.theme === system ? null : root.dataset.theme, { always: true });
    if (root.dataset.theme === system) delete root.dataset.theme;
  });
}

export function startSidebar() {
  bindResizer();
  bindToggle();
  bindTheme();
}
