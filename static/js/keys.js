// One key a verb, on the row where the focus is: an item of the plan, or a task of "My work", which is only gone to.
// While somebody types or a dialog is open, nothing happens but that Escape leaves a field for its item.
(() => {
  const kinds = ".plan .item-row, .task";
  const rows = () => [...document.querySelectorAll(kinds)].filter((row) => row.checkVisibility());
  const current = () =>
    document.activeElement.closest?.(".item-row, .task") ?? document.querySelector(".plan .item-row.is-current");

  const choose = (row) => {
    document.querySelector(".item-row.is-current")?.classList.remove("is-current");
    if (!row) return;
    row.classList.add("is-current");
    row.querySelector(".item-text, a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const move = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    choose(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  // Does something in the opened row; a closed one is opened first.
  const opened = (row, does) => {
    if (row.classList.contains("is-expanded")) return does(row);
    const { id } = row;
    const settled = (event) => {
      const fresh = document.getElementById(id);
      if (!fresh?.classList.contains("is-expanded")) return;
      document.removeEventListener("htmx:afterSettle", settled);
      does(fresh);
    };
    document.addEventListener("htmx:afterSettle", settled);
    return row.querySelector(".item-text").click();
  };

  const button = (row, verb) => row.querySelector(`form[action$="/${verb}/"] [type=submit]`);

  const ask = (row, verb) =>
    opened(row, (open) => {
      const question = open.querySelector(`form[action$="/${verb}/"]`)?.closest("details.ask");
      if (!question) return;
      question.open = true;
      question.querySelector("textarea").focus();
    });

  const onRow = {
    x: (row) => row.querySelector(".sign-button")?.click(),
    c: (row) => opened(row, (open) => button(open, "claim")?.click()),
    n: (row) => opened(row, (open) => open.querySelector(".note-form textarea")?.focus()),
    f: (row) => ask(row, "failure"),
    b: (row) => ask(row, "block"),
  };

  const hides = "hides-settled";
  const hideSettled = (hide) => {
    const plan = document.querySelector(".plan");
    if (!plan) return;
    plan.classList.toggle(hides, hide);
    sessionStorage.setItem(hides, plan.classList.contains(hides) ? "1" : "");
    document.querySelector("[data-hide-settled]")?.setAttribute("aria-pressed", plan.classList.contains(hides));
  };
  if (sessionStorage.getItem(hides)) hideSettled(true);
  document.addEventListener("click", (event) => event.target.closest("[data-hide-settled]") && hideSettled());

  const anywhere = {
    j: () => move(1),
    k: () => move(-1),
    h: () => hideSettled(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  const onArrow = { ArrowDown: () => move(1), ArrowUp: () => move(-1) };

  let going = 0;
  const go = (key) => document.querySelector(`.tabs [data-go="${CSS.escape(key)}"]`)?.click();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const { key } = event;
    const row = current();
    if (event.target.matches("input, textarea, select, [contenteditable]")) {
      if (key === "Escape" && row?.contains(event.target)) choose(row);
      return;
    }
    if (Date.now() - going < 1500 && "pmsj".includes(key)) {
      going = 0;
      go(key);
    } else if (key === "g") going = Date.now();
    else if (anywhere[key]) anywhere[key]();
    else if (row && onArrow[key]) onArrow[key]();
    else if (row?.matches(".item-row") && onRow[key]) onRow[key](row);
    else return;
    event.preventDefault();
  });

  // The chosen row stays chosen when it is swapped; what is done from the bar at the thumb is done to the row it names.
  let chosen = "";
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const named = document.activeElement.closest(".thumb-bar") && detail.target.id;
    chosen = named || (current()?.id ?? "");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const row = chosen && document.getElementById(chosen);
    if (!row || row.contains(document.activeElement)) return;
    row.classList.add("is-current");
    if (document.activeElement === document.body) row.querySelector(".item-text").focus({ preventScroll: true });
  });
})();
