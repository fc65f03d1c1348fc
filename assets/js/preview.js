// The preview's frame: its height, width, background, outline and zoom.
const OUTLINE = "* { outline: 1px solid rgb(255 0 128 / 45%) !important; }";
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2];

function frameDocument(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null; // pages opened from the disk are strangers to each other
  }
}

/** Make the frame as high as its document, within what a screen can hold. */
export function fitPreview() {
  const frame = document.getElementById("preview");
  const inner = frame && frameDocument(frame);
  if (!inner?.documentElement || !inner.body) return;
  const stage = frame.parentElement;
  const zoom = Number(stage.dataset.zoom ?? 1);
  frame.style.height = "0";
  const height = Math.max(inner.documentElement.scrollHeight, 120);
  frame.style.height = `${Math.min(height + 2, 1600)}px`;
  stage.style.height = zoom === 1 ? "" : `${Math.min(height + 2, 1600) * zoom + 2}px`;
}

function setOutline(frame, on) {
  const inner = frameDocument(frame);
  if (!inner?.head) return;
  inner.getElementById("storytime-outline")?.remove();
  if (on)
    inner.head.append(Object.assign(inner.createElement("style"), { id: "storytime-outline", textContent: OUTLINE }));
}

function setZoom(frame, zoom) {
  const stage = frame.parentElement;
  stage.dataset.zoom = zoom;
  frame.style.transform = zoom === 1 ? "" : `scale(${zoom})`;
  frame.style.width = zoom === 1 ? (frame.dataset.width ?? "") : `${100 / zoom}%`;
  document.getElementById("zoom").textContent = `${Math.round(zoom * 100)}%`;
  fitPreview();
}

function bindToolbar(frame, toolbar) {
  let outline = false;
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("width" in button.dataset) {
      for (const other of toolbar.querySelectorAll("[data-width]"))
        other.setAttribute("aria-pressed", other === button);
      frame.dataset.width = button.dataset.width ? `${button.dataset.width}px` : "";
      setZoom(frame, 1);
    } else if (button.dataset.toggle) {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      if (button.dataset.toggle === "outline") setOutline(frame, (outline = on));
      else frame.parentElement.classList.toggle("dots", on);
    } else if (button.dataset.zoom) {
      const now = ZOOMS.indexOf(Number(frame.parentElement.dataset.zoom ?? 1));
      setZoom(frame, ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, now + Number(button.dataset.zoom)))]);
    } else if (button.id === "copy-link") {
      navigator.clipboard?.writeText(new URL(location.pathname, location.href).href).then(
        () => (button.textContent = "Copied"),
        () => (button.textContent = "Not allowed"),
      );
    }
  });
  frame.addEventListener("load", () => {
    setOutline(frame, outline);
    fitPreview();
  });
}

export function startPreview() {
  const frame = document.getElementById("preview");
  const toolbar = document.querySelector(".toolbar");
  if (!frame || toolbar.dataset.bound) return;
  toolbar.dataset.bound = "yes";
  bindToolbar(frame, toolbar);
  fitPreview();
  addEventListener("resize", fitPreview);
}
