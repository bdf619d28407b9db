// Phases fold: [data-fold="close"] and [data-fold="open"] fold all of them, and this tab remembers which were folded.
(() => {
  const key = `folded:${location.pathname}`;
  const phases = () => document.querySelectorAll("details.phase[id]");

  const remember = () => {
    const folded = [...phases()].filter((phase) => !phase.open).map((phase) => phase.id);
    sessionStorage.setItem(key, JSON.stringify(folded));
  };

  const unfoldTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const phase = target && target.closest("details.phase");
    if (phase && !phase.open) {
      phase.open = true;
      target.scrollIntoView();
    }
  };

  const stored = sessionStorage.getItem(key);
  if (stored !== null) {
    const folded = new Set(JSON.parse(stored));
    for (const phase of phases()) phase.open = !folded.has(phase.id);
  }
  unfoldTarget();

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fold]");
    if (!button) return;
    for (const phase of phases()) phase.open = button.dataset.fold === "open";
  });

  // "toggle" does not bubble, but it can be caught on its way down.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches("details.phase")) remember();
    },
    true,
  );

  addEventListener("hashchange", unfoldTarget);
})();
