// What happens to an htmx request that was not simply accepted: a refusal from the server (409, 422) is shown in
// place like any answer, everything else becomes a sentence that says what was kept.
(() => {
  const toast = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text } }));

  const lost = (event, reason) => {
    const said = event.detail.requestConfig.verb === "get" ? gettext("Not loaded: %(why)s") : gettext("Not saved: %(why)s");
    toast(interpolate(said, { why: reason }, true));
  };

  const reasons = {
    403: gettext("you may not do this here. Ask the project manager for the role."),
    404: gettext("this is no longer there, or no longer open to you. Load the page again."),
    413: gettext("the file is too large."),
    429: gettext("too many tries. Wait a minute and try again."),
    503: gettext("others are changing this plan just now. Your text is kept; try again."),
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
      lost(event, gettext("you were signed out. Sign in again in another tab; your text is kept here."));
    }
  });

  // offline.js keeps a completion that could not be sent, and says so by preventing the default: these sentences.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.defaultPrevented) return;
    const { status } = event.detail.xhr;
    const error = gettext("the server had an error (%(status)s). Your text is kept; try again.");
    lost(event, reasons[status] || interpolate(error, { status }, true));
  });

  document.addEventListener("htmx:sendError", (event) => {
    if (event.defaultPrevented) return;
    lost(event, gettext("no connection. Your text is kept; try again."));
  });

  document.addEventListener("htmx:timeout", (event) => {
    if (event.defaultPrevented) return;
    lost(event, gettext("no answer in time. Your text is kept; try again."));
  });
})();
