// Why the newest build failed. The page is still that of the last good build, so this stands over it until the next one.

/** `error`: the text that the log has; nothing takes the box away. */
export function showFailure(error) {
  document.getElementById("failure")?.remove();
  if (!error) return;
  const box = Object.assign(document.createElement("section"), { id: "failure", className: "fault" });
  box.setAttribute("role", "alert");
  box.innerHTML = `<p class="fault-head"><strong>The build failed.</strong> You are looking at the last good one.</p>
<pre tabindex="0"></pre><button type="button">Close</button>`;
  box.querySelector("pre").textContent = error;
  box.querySelector("button").addEventListener("click", () => box.remove());
  document.body.append(box);
}
