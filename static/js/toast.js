// Shows a sentence in the corner. Anyone may ask for one, the server too:
// HX-Trigger: {"toast": {"tone": "ok", "text": "Saved."}}
(() => {
  const show = ({ tone = "info", text }) => {
    const region = document.getElementById("toasts");
    if (!region || !text) return;
    const toast = document.createElement("div");
    toast.className = `toast notice notice-${tone}`;
    const words = document.createElement("span");
    words.textContent = text;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.className = "btn btn-small";
    dismiss.textContent = gettext("Dismiss");
    dismiss.addEventListener("click", () => toast.remove());
    toast.append(words, dismiss);
    // The same sentence twice would only push the first one up.
    for (const other of region.children) {
      if (other.firstChild.textContent === text) other.remove();
    }
    region.append(toast);
    // A refusal stays until it was read.
    if (tone === "ok" || tone === "info") setTimeout(() => toast.remove(), 6000);
  };

  document.addEventListener("toast", (event) => show(event.detail));
})();
