// The table of contents of a document: open if it is beside the text, closed if it is above.
const WIDE = matchMedia("(min-width: 1200px)"); // as in prose.css

let isOpen = WIDE.matches;

function show() {
  const details = document.querySelector(".contents details");
  if (details) details.open = isOpen;
}

/** Open it if there is room. Whether the user opens or closes it is kept when the page is updated. */
export function startContents() {
  show();
  WIDE.addEventListener("change", () => {
    isOpen = WIDE.matches;
    show();
  });
  document.addEventListener(
    "toggle",
    ({ target }) => target.matches(".contents details") && (isOpen = target.open),
    true,
  );
  document.addEventListener("storytime:updated", show);
}
