// Runs before the page is painted: applies earlier choices (colours, visible parts, sizes), and marks that there is JavaScript.
const root = document.documentElement;
root.classList.add("js");
try {
  const recall = (name) => localStorage.getItem(`storytime-${name}`);
  if (recall("theme")) root.dataset.theme = recall("theme");
  root.classList.toggle("no-sidebar", recall("sidebar") === "hidden");
  for (const name of ["no-panels", "panels-right"]) root.classList.toggle(name, recall(name) !== null);
  root.classList.toggle("full-screen", sessionStorage.getItem("storytime-full") !== null);
  for (const [name, property] of Object.entries({
    width: "--sidebar",
    "panels-height": "--panels-height",
    "panels-width": "--panels-width",
  })) {
    if (recall(name)) root.style.setProperty(property, `${Number(recall(name))}px`);
  }
} catch {
  // Storage may be forbidden; the page then follows the system.
}
