// Why the newest build failed. The page is still that of the last good build, so this stands over it until the next one.

let closed = null; // the error whose box was closed

/** `error`: the text that the log has; nothing takes the box away. It may come again and again. */
export function showFailure(error) {
  const shown = document.getElementById("failure");
  if (error && (error === closed || error === shown?.querySelector("pre").textContent)) return;
  shown?.remove();
  closed = null;
  if (!error) return;
  const box = Object.assign(document.createElement("section"), { id: "failure", className: "fault" });
  box.setAttribute("role", "alert");
  box.innerHTML = `<p class="fault-head"><strong>The build failed.</strong> You are looking at the last good one.</p>
<pre tabindex="0"></pre><button type="button">Close</button>`;
  box.querySelector("pre").textContent = error;
  box.querySelector("button").addEventListener("click", () => {
    closed = error;
    box.remove();
  });
  document.body.append(box);
}
