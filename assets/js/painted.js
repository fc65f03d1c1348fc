// Waiting until changes have been painted.
const LONGEST_FRAME = 50; // milliseconds

/** Resolves when changes have been painted; soon, if nothing is painted, as in a hidden tab. */
export function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, LONGEST_FRAME);
  });
}
