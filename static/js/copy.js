// [data-copy] copies the text of the <pre> or <code> beside it and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = button.parentElement.querySelector("pre, code");
  let said = gettext("Copied");
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    // No clipboard without https: select the text, so that one key copies it.
    getSelection().selectAllChildren(source);
    said = gettext("Selected; press Ctrl+C");
  }
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label;
  button.textContent = said;
  document.getElementById("spoken").textContent = said;
  setTimeout(() => {
    button.textContent = label;
    document.getElementById("spoken").textContent = "";
  }, 2000);
});
