// The moment at which what was changed has been painted.
const LONGEST_FRAME = 50; // milliseconds

/** Resolves when what was changed has been painted; soon, where nothing is, as in a hidden tab. */
export function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, LONGEST_FRAME);
  });
}
