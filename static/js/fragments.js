// The event "fragments" brings HTML from the server: each element in it takes the place of the one with the same id.
// A row in which somebody works is not taken from under their hands: it says who changed it and waits to be asked.
(() => {
  const fields = (element) => element.querySelectorAll("textarea, select, input:not([type=hidden])");

  const typed = (field) => {
    if (field.matches("select")) {
      const chosen = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(chosen, 0);
    }
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  };

  const isBusy = (element) =>
    element.querySelector("details.ask[open]") !== null ||
    [...fields(element)].some((field) => typed(field) || field === document.activeElement);

  // Where the focus is, in words that find the same place in what comes instead.
  const placeOf = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    const form = element.closest("form[action]");
    if (form) return `form[action="${form.getAttribute("action")}"] [type=submit]`;
    if (element.matches(".sign-button")) return ".sign-button, .item-text";
    if (element.matches("a[href]")) return `a[href="${element.getAttribute("href")}"]`;
    return "";
  };

  // An element from which a request is on its way stays until its answer came, which belongs to it.
  const isAsking = (element) => element.matches(".htmx-request") || element.querySelector(".htmx-request") !== null;
  const later = new Map();
  document.addEventListener("htmx:afterRequest", () => {
    const waiting = [...later.values()];
    later.clear();
    for (const again of waiting) again();
  });

  const replace = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    const place = old.contains(document.activeElement) ? placeOf(document.activeElement) : "";
    fresh.removeAttribute("hx-swap-oob");
    if (fresh.matches(".item-row")) fresh.classList.add("htmx-added");
    old.replaceWith(fresh);
    htmx.process(fresh);
    setTimeout(() => fresh.classList.remove("htmx-added"), 20);
    if (place) (fresh.matches(place) ? fresh : fresh.querySelector(place))?.focus({ preventScroll: true });
  };

  const load = async (row) => {
    const address = row.querySelector(".item-text").getAttribute("href");
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(`The row answered ${answer.status}`);
    return contentOf(await answer.text()).querySelector(".item-row");
  };

  const contentOf = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const typedIn = (row) =>
    [...fields(row)].filter((field) => field.id && typed(field)).map((field) => [field.id, field.value]);

  const putBack = (kept) => {
    for (const [id, value] of kept) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      const ask = field.closest("details.ask");
      if (ask) ask.open = true;
    }
  };

  // What was typed goes along into the row as it is now.
  const show = async (row) => {
    const fresh = await load(row);
    const kept = typedIn(row);
    replace(row, fresh);
    putBack(kept);
    document.dispatchEvent(new CustomEvent("replaced"));
  };

  // Without `by` it was the reader, in another tab.
  const hint = (row, by) => {
    let line = row.querySelector(".row-hint");
    if (!line) {
      line = document.createElement("p");
      line.className = "row-hint item-reason notice notice-info";
      line.setAttribute("role", "status");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small";
      button.textContent = gettext("Show");
      button.addEventListener("click", () => show(row).catch(() => { button.textContent = gettext("Try again"); }));
      line.append(document.createElement("span"), button);
      row.insertBefore(line, row.querySelector(".item-panel"));
    }
    const said = by
      ? interpolate(gettext("%(who)s changed this while you are writing."), { who: by }, true)
      : gettext("You changed this while you are writing.");
    line.firstChild.textContent = `${said} `;
  };

  // An opened row is loaded anew, unless somebody writes in it, or begins to while it is loaded.
  const renew = async (row, by) => {
    if (isBusy(row)) return hint(row, by);
    const fresh = await load(row);
    if (!row.isConnected) return;
    if (isBusy(row)) return hint(row, by);
    replace(row, fresh);
    document.dispatchEvent(new CustomEvent("replaced"));
  };

  const placeRow = (fresh, changed, by) => {
    const old = document.getElementById(fresh.id);
    if (!old || Number(old.dataset.seq) >= changed) return Boolean(old);
    if (isAsking(old)) later.set(fresh.id, () => placeRow(fresh, changed, by));
    else if (!old.classList.contains("is-expanded")) replace(old, fresh);
    else renew(old, by).catch(() => hint(old, by));
    return true;
  };

  const place = (fresh) => {
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old || isBusy(old)) return;
    if (isAsking(old)) later.set(fresh.id, () => place(fresh));
    else replace(old, fresh);
  };

  document.addEventListener("fragments", (event) => {
    const content = contentOf(event.detail.html);
    const lost = [];
    for (const list of content.querySelectorAll("ul[data-changed]")) {
      list.remove();
      const row = list.querySelector(".item-row");
      if (!placeRow(row, Number(list.dataset.changed), list.dataset.by)) lost.push(row.id);
    }
    for (const row of content.querySelectorAll(".item-row")) {
      row.remove();
      placeRow(row, Number(row.dataset.seq));
    }
    for (const fresh of [...content.children]) place(fresh);
    document.dispatchEvent(new CustomEvent("replaced", { detail: { lost } }));
  });

  // What was typed beside the form that is sent outlives the answer, which is a new row.
  let beside = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target.closest?.(".item-row");
    const sent = event.detail.requestConfig?.elt;
    beside = row ? typedIn(row).filter(([id]) => !sent?.contains(document.getElementById(id))) : [];
  });
  document.addEventListener("htmx:afterSwap", () => {
    putBack(beside);
    beside = [];
  });

  // An act on a part answers with the closed group above it: one that is open stays open.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target } = event.detail;
    if (!target.matches?.(".item-row.is-expanded")) return;
    event.detail.shouldSwap = false;
    if (!isBusy(target)) renew(target).catch(() => hint(target));
  });
})();
