// The catalog's script: navigation, search, preview, panels. A static build has no other.
import { startAccessibility } from "./accessibility.js";
import { startContents } from "./contents.js";
import { addControls } from "./controls.js";
import { startFrames } from "./frames.js";
import { startGlobals } from "./globals.js";
import { bindKeys, showHints } from "./keys.js";
import { bindPanels, setCount, startPanels } from "./panels.js";
import { painted } from "./painted.js";
import { startPreview } from "./preview.js";
import { bindSearch, fillTags, readSearch, startSearch } from "./search.js";
import { startSidebar } from "./sidebar.js";
import { startSubjectAudit } from "./subject_audit.js";
import { startToolbar } from "./toolbar.js";
import { bindTree, changeNodes, showHere, showNeighbours, showNodes, showStates, showTree } from "./tree.js";
import { startVisits } from "./visit.js";

/* Work that goes through all stories comes after the changes have been shown. */
async function startNavigation(changed = null) {
  if (!startSearch()) {
    if (changed) showNodes(changed);
    else showTree();
  }
  if (changed) {
    await painted();
    showStates();
  }
  fillTags();
  showNeighbours();
  showHints();
}

/** Show a build's changes of the navigation. false: all of it must be shown again. */
function changeNavigation(changes) {
  const nodes = changeNodes(changes);
  if (nodes) startNavigation(nodes);
  return nodes !== null;
}

/* The sidebar follows to another story's page; what was searched for is found. */
async function followVisit() {
  if (readSearch()) showTree();
  else showHere();
  await painted();
  showNeighbours();
  showHints();
}

startVisits();
addControls();
startSidebar();
bindSearch();
bindTree();
bindPanels();
bindKeys();
startNavigation();
startPanels();
startPreview();
startFrames();
startContents();
startAccessibility();
startSubjectAudit();
startGlobals();
startToolbar();
document.addEventListener("storytime:visit", followVisit);
window.storytime = { changeNavigation, setCount, startNavigation, startPanels }; // for the live client
