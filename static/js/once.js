// Each wish has a key, so that sending it twice has one effect. A form brings its own with it and keeps it until an answer
// came: what is sent again after a lost connection is the same wish. A form for many wishes (data-many) has one for each.
(() => {
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const formOf = (element) => element.form ?? element.closest?.("form");

  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, elt, headers } = event.detail;
    if (verb === "get") return;
    const form = formOf(elt);
    if (!form?.elements.namedItem("key") || "many" in form.dataset) headers["Idempotency-Key"] = fresh();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, elt } = event.detail;
    const key = formOf(elt)?.elements.namedItem("key");
    if (key && xhr.status && xhr.status < 500) key.value = fresh();
  });
})();
