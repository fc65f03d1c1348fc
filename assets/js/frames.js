// Frames with stories on pages that are read: each is as high as what it shows.
const HIGHEST = 640; // pixels

/* A layout that fills its window is as high as the frame, and stays so. */
function fit(frame) {
  let inner;
  try {
    inner = frame.contentDocument;
  } catch {
    return; // pages opened from the disk are strangers to each other
  }
  if (!inner?.body || inner.URL === "about:blank") return;
  const height = () => Math.min(HIGHEST, inner.documentElement.getBoundingClientRect().height);
  frame.style.height = `${Math.ceil(height())}px`;
}

function bind(frame) {
  frame.addEventListener("load", () => {
    fit(frame);
    const inner = frame.contentDocument;
    if (inner?.documentElement) new ResizeObserver(() => fit(frame)).observe(inner.documentElement);
  });
  fit(frame);
}

/** Bind the frames that are new since the last call. */
export function startFrames() {
  for (const frame of document.querySelectorAll(".live iframe:not([data-bound])")) {
    frame.dataset.bound = "";
    bind(frame);
  }
}

document.addEventListener("storytime:updated", startFrames);
