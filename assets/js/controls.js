// What only JavaScript can use: the search field, edges, the preview's tools. They are written here once, and not into every
// page. A key for a control is its attribute aria-keyshortcuts; keys.js does the rest.
const SEARCH = `<search data-icon="search">
<label for="search" class="away">Search stories</label>
<input id="search" type="search" placeholder="Find stories" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
<kbd class="key" aria-hidden="true">/</kbd><label class="icon-menu" data-icon="tag" hidden><select id="tag" aria-label="Tag"></select></label><button type="button" class="icon" id="fold" aria-keyshortcuts="E" hidden></button><div id="tags"></div></search>`;

const RESIZER = `<div id="resizer" class="edge" role="separator" tabindex="0" aria-orientation="vertical"
 aria-label="Width of the sidebar" aria-valuemin="180" aria-valuemax="520" aria-valuenow="272"></div>`;

const HELP = `<button type="button" class="icon" id="show-keys" aria-label="Keyboard shortcuts" aria-keyshortcuts="?">?</button>`;

const tool = (icon, attributes, label, key) =>
  `<button type="button" data-icon="${icon}" ${attributes} aria-keyshortcuts="${key}"><span>${label}</span></button>`;
const toggle = (name, label, key) => tool(name, `data-toggle="${name}" aria-pressed="false"`, label, key);
const menu = (icon, name, label, key) =>
  `<label class="menu" data-icon="${icon}"><select data-menu="${name}" aria-label="${label}" aria-keyshortcuts="${key}"></select></label>`;
const zoom = (icon, step, label, key) =>
  `<button type="button" data-icon="${icon}" data-zoom="${step}" aria-label="${label}" aria-keyshortcuts="${key}"></button>`;
const step = (rel, icon, key) => `<a rel="${rel}" data-icon="${icon}" aria-keyshortcuts="${key}" hidden></a>`;

const TOOLS = `<div>${menu("full", "viewport", "Viewport", "V")}${tool("rotate", 'data-rotate aria-pressed="false"', "Rotate", "R")}</div>
<div>${menu("background", "background", "Background", "B")}${toggle("outline", "Outline", "O")}${toggle("measure", "Measure", "M")}<label class="icon-menu" data-icon="sight"><select data-menu="sight" aria-label="Vision" aria-keyshortcuts="C"></select></label></div>
<div>${zoom("less", -1, "Zoom out", "-")}<button type="button" id="zoom" data-zoom="0" aria-keyshortcuts="0"></button>${zoom("more", 1, "Zoom in", "+")}</div>`;

const EDGE = `<div id="panels-edge" class="edge" role="separator" tabindex="0" aria-label="Size of the panels"></div>`;

/** Add them to the page; other modules bind them later. */
export function addControls() {
  const sidebar = document.getElementById("sidebar");
  sidebar.insertAdjacentHTML("afterbegin", SEARCH);
  sidebar.insertAdjacentHTML("beforeend", RESIZER);
  document.getElementById("toggle-theme").insertAdjacentHTML("beforebegin", HELP);
  const toolbar = document.querySelector(".toolbar");
  if (!toolbar) return;
  const last = toolbar.lastElementChild;
  last.insertAdjacentHTML(
    "afterbegin",
    tool("reload", "data-reload", "Reload story", "P") +
      step("prev", "up", "K") +
      step("next", "down", "J") +
      tool("link", "data-link", "Copy link", "L"),
  );
  last.querySelector('[data-icon="alone"]').setAttribute("aria-keyshortcuts", "I");
  last.insertAdjacentHTML("beforeend", tool("screen", 'data-full aria-pressed="false"', "Full screen", "F"));
  toolbar.insertAdjacentHTML("afterbegin", TOOLS);
  toolbar.parentElement.insertAdjacentHTML("beforeend", EDGE);
}
