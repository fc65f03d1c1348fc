// What only JavaScript can use: the search field, the sidebar's edge, the preview's tools. They are written here once, and
// not into every page.
const SEARCH = `<search data-icon="search">
<label for="search" class="away">Search stories</label>
<input id="search" type="search" placeholder="Find stories" autocomplete="off" spellcheck="false">
<kbd class="key" aria-hidden="true">/</kbd><div id="tags"></div></search>`;

const RESIZER = `<div id="resizer" class="edge" role="separator" tabindex="0" aria-orientation="vertical"
 aria-label="Width of the sidebar" aria-valuemin="180" aria-valuemax="520" aria-valuenow="272"></div>`;

const tool = (icon, attributes, label) =>
  `<button type="button" data-icon="${icon}" ${attributes}><span>${label}</span></button>`;
const screen = (icon, width, height, label) =>
  tool(icon, `data-width="${width}" data-height="${height}" aria-pressed="${width === ""}"`, label);
const toggle = (icon, name, label) => tool(icon, `data-toggle="${name}" aria-pressed="false"`, label);
const zoom = (icon, step, label) =>
  `<button type="button" data-icon="${icon}" data-zoom="${step}" aria-label="${label}"></button>`;

const TOOLS = `<div>${screen("full", "", "", "Full")}${screen("tablet", 768, 1024, "Tablet")}${screen("phone", 390, 844, "Phone")}</div>
<div>${toggle("background", "dots", "Background")}${toggle("outline", "outline", "Outline")}</div>
<div>${zoom("less", -1, "Zoom out")}<output id="zoom">100%</output>${zoom("more", 1, "Zoom in")}</div>`;

const EDGE = `<div id="panels-edge" class="edge" role="separator" tabindex="0" aria-label="Size of the panels"></div>`;

/** Add them to the page; all that binds them comes later. */
export function addControls() {
  const sidebar = document.getElementById("sidebar");
  sidebar.insertAdjacentHTML("afterbegin", SEARCH);
  sidebar.insertAdjacentHTML("beforeend", RESIZER);
  const toolbar = document.querySelector(".toolbar");
  toolbar?.lastElementChild.insertAdjacentHTML("afterbegin", tool("link", "data-link", "Copy link"));
  toolbar?.insertAdjacentHTML("afterbegin", TOOLS);
  toolbar?.parentElement.insertAdjacentHTML("beforeend", EDGE);
}
