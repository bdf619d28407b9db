// What follows the # in the link of an invitation is its key. No browser sends that anywhere; this puts it into the form.
// A page that asks for no key is of an earlier link: opened there, a new one begins anew.
(() => {
  const take = () => {
    const field = document.querySelector("[data-token] input");
    const key = decodeURIComponent(location.hash.slice(1));
    if (!field || key.length < 20) return;
    field.value = key;
    field.closest("[data-token]").hidden = true;
  };
  take();
  // The other link may have been opened before this script ran.
  const [arrival] = performance.getEntriesByType("navigation");
  if (arrival && new URL(arrival.name).hash !== location.hash) location.reload();
  addEventListener("hashchange", () => location.reload());
})();
