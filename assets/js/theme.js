// Runs before the page is painted: the chosen theme, and the fact that there is JavaScript.
const root = document.documentElement;
root.classList.add("js");
try {
  const theme = localStorage.getItem("storytime-theme");
  if (theme) root.dataset.theme = theme;
  if (localStorage.getItem("storytime-sidebar") === "hidden") root.classList.add("no-sidebar");
  const width = localStorage.getItem("storytime-width");
  if (width) root.style.setProperty("--sidebar", `${Number(width)}px`);
} catch {
  // Storage may be forbidden; the page then follows the system.
}
