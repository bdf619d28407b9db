// In the preview of an import, keys say what the line in focus is; j and k move between lines.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const row = event.target.closest?.(".preview-row[data-line]");
  if (!row) return;
  const next = { j: row.nextElementSibling, k: row.previousElementSibling }[event.key];
  if (next) return next.querySelector(".preview-kind").focus();
  const button = row.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    // Not a click: the menu may be so new that htmx has not bound its form yet.
    const answer = { source: button.form, target: "#draft-plan", swap: "outerHTML", values: { what: button.value } };
    htmx.ajax("POST", button.form.getAttribute("action"), answer);
  }
});
// The plan is swapped as a whole; whoever worked on a line stays on it.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.target.closest?.("#draft-plan, .preview-row")) return;
  const line = event.detail.pathInfo.requestPath.match(/lines\/(\d+)\/|[?]line=(\d+)/);
  document.querySelector(`#plan-${line?.[1] ?? line?.[2]} .preview-kind`)?.focus();
});
