// Frames with stories in documents and on subjects' pages: each is as high as its contents.
const HIGHEST = 640; // pixels

/* A layout that fills its window is always as high as the frame. */
function fit(frame) {
  let inner;
  try {
    inner = frame.contentDocument;
  } catch {
    return; // pages opened from the disk have different origins
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

/** Bind the frames that were added since the last call. */
export function startFrames() {
  for (const frame of document.querySelectorAll(".live iframe:not([data-bound])")) {
    frame.dataset.bound = "";
    bind(frame);
  }
}

document.addEventListener("storytime:updated", startFrames);
