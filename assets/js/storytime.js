// The catalog's script: navigation, search, preview, panels. A static build has no other.
import { startPanels } from "./panels.js";
import { startPreview } from "./preview.js";
import { startSearch } from "./search.js";
import { startSidebar } from "./sidebar.js";
import { startTree } from "./tree.js";

function start() {
  startTree();
  startSearch();
  startPanels();
  startPreview();
}

startSidebar();
start();
// The live client replaces parts of the page, or the navigation, and asks for their behaviour again.
window.storytime = { start };
