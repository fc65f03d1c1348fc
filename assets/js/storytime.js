// The catalog's script: navigation, search, preview, panels. A static build has no other.
import { addControls } from "./controls.js";
import { bindPanels, startPanels } from "./panels.js";
import { startPreview } from "./preview.js";
import { bindSearch, startSearch } from "./search.js";
import { startSidebar } from "./sidebar.js";
import { showTree } from "./tree.js";

/* What depends on the navigation and on what stands in the main area; the live client asks for it after it changed. */
function start() {
  if (!startSearch()) showTree();
  startPanels();
}

addControls();
startSidebar();
bindSearch();
bindPanels();
start();
startPreview();
window.storytime = { start };
