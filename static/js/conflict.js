// What happens to an htmx request that was not simply accepted: a refusal from the server (409, 422) is shown in
// place like any answer, everything else becomes a sentence that says what was kept.
(() => {
  const toast = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text } }));

  const lost = (event) => (event.detail.requestConfig.verb === "get" ? "Not loaded" : "Not saved");

  const reasons = {
    403: "you may not do this here. Ask the project manager for the role.",
    404: "this is no longer there, or no longer open to you. Load the page again.",
    413: "the file is too large.",
    429: "too many tries. Wait a minute and try again.",
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, boosted } = event.detail;
    if (xhr.status === 409 || xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    // A whole page in place of a fragment is the sign-in page: the session has ended.
    if (event.detail.shouldSwap && !boosted && /^\s*<!doctype html/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      toast(`${lost(event)}: you were signed out. Sign in again in another tab; your text is kept here.`);
    }
  });

  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    const reason = reasons[status] || `the server had an error (${status}). Your text is kept; try again.`;
    toast(`${lost(event)}: ${reason}`);
  });

  // offline.js keeps a completion that could not be sent, and says so by preventing the default: this sentence.
  document.addEventListener("htmx:sendError", (event) => {
    if (event.defaultPrevented) return;
    toast(`${lost(event)}: no connection. Your text is kept; try again.`);
  });

  document.addEventListener("htmx:timeout", (event) => {
    if (event.defaultPrevented) return;
    toast(`${lost(event)}: no answer in time. Your text is kept; try again.`);
  });
})();
