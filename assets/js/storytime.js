// The catalog's script: navigation, search, preview, panels. A static build has no other.
import { addControls } from "./controls.js";
import { startGlobals } from "./globals.js";
import { bindPanels, setCount, startPanels } from "./panels.js";
import { startPreview } from "./preview.js";
import { bindSearch, startSearch } from "./search.js";
import { startSidebar } from "./sidebar.js";
import { showTree } from "./tree.js";

function startNavigation() {
  if (!startSearch()) showTree();
}

addControls();
startSidebar();
bindSearch();
bindPanels();
startNavigation();
startPanels();
startPreview();
startGlobals();
window.storytime = { setCount, startNavigation, startPanels }; // for the live client
