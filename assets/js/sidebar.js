// The sidebar's width and whether it is shown, and the switch between light and dark; both are remembered.
const root = document.documentElement;

function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden; then nothing is remembered.
  }
}

function setWidth(width) {
  const clamped = Math.round(Math.min(520, Math.max(180, width)));
  root.style.setProperty("--sidebar", `${clamped}px`);
  document.getElementById("resizer").setAttribute("aria-valuenow", clamped);
  remember("storytime-width", clamped);
}

function bindResizer() {
  const resizer = document.getElementById("resizer");
  resizer.addEventListener("pointerdown", (event) => {
    resizer.setPointerCapture(event.pointerId);
    root.classList.add("resizing");
  });
  resizer.addEventListener("pointermove", (event) => {
    if (resizer.hasPointerCapture(event.pointerId)) setWidth(event.clientX);
  });
  resizer.addEventListener("pointerup", () => root.classList.remove("resizing"));
  resizer.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (!step) return;
    event.preventDefault();
    setWidth(document.getElementById("sidebar").offsetWidth + step);
  });
}

function bindToggle() {
  const button = document.getElementById("toggle-sidebar");
  const narrow = matchMedia("(max-width: 800px)");
  const show = (shown) => {
    root.classList.toggle("no-sidebar", !shown);
    button.setAttribute("aria-expanded", shown);
  };
  if (narrow.matches) root.classList.add("no-sidebar");
  show(!root.classList.contains("no-sidebar"));
  button.addEventListener("click", () => {
    const shown = root.classList.contains("no-sidebar");
    show(shown);
    if (!narrow.matches) remember("storytime-sidebar", shown ? null : "hidden");
    if (shown) document.getElementById("search").focus();
  });
}

function bindTheme() {
  document.getElementById("toggle-theme").addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = root.dataset.theme ?? system;
    root.dataset.theme = now === "dark" ? "light" : "dark";
    remember("storytime-theme", root.dataset.theme === system ? null : root.dataset.theme);
  });
}

export function startSidebar() {
  bindResizer();
  bindToggle();
  bindTheme();
}
