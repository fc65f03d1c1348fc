// Buttons that copy.

/** Copy a text and say so on the button for a moment. */
export async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copying failed";
  }
  button.classList.add("said");
  setTimeout(() => {
    button.textContent = label;
    button.classList.remove("said");
  }, 1500);
}
