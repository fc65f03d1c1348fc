// The page that is shown instead of one that is not built yet.

const step = () => document.querySelector("[data-step]");

/** Whether this page is only waiting for the requested one. */
export const isWaiting = () => step() !== null;

/** Show how far the first build is; a message without a progress ends the wait. */
export function showProgress({ title, text, done, total, failed }) {
  if (!isWaiting()) return;
  if (title === undefined) {
    location.reload();
    return;
  }
  const bar = document.querySelector("progress");
  document.title = title;
  document.querySelector("h1").textContent = title;
  step().textContent = text;
  bar.hidden = failed;
  if (total > 0) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value");
}
