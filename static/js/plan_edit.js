// The page on which the plan is changed: forms open in a dialog, keys move items, and the focus stays where it was.
(() => {
  const plan = () => document.getElementById("plan-edit");
  const dialog = document.getElementById("plan-dialog");
  if (!plan() || !dialog) return;

  // -- Forms in the dialog -----------------------------------------------------------------------------------------

  const openForm = async (address) => {
    await htmx.ajax("GET", address, { target: "#plan-dialog-body", swap: "innerHTML" });
    if (!dialog.querySelector("form")) return;
    if (!dialog.open) dialog.showModal();
    // What is outside an open dialog is dimmed, and nobody hears it.
    dialog.append(document.getElementById("toasts"));
    dialog.querySelector("textarea, input:not([type=hidden]), .btn")?.focus();
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const opener = event.target.closest("a[data-plan-form]");
    if (opener && !event.defaultPrevented) {
      event.preventDefault();
      openForm(opener.getAttribute("href"));
    }
    if (event.target.closest("[data-plan-close]") && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
    const more = event.target.closest(".edit-more");
    if (more) {
      const shown = more.closest(places).classList.toggle("shows-tools");
      more.setAttribute("aria-expanded", shown);
    }
  });
  // Escape closes at once only what nobody has written in.
  const isWritten = () =>
    [...dialog.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")].some(
      (field) => field.value !== field.defaultValue,
    );
  let warned = false;
  dialog.addEventListener("cancel", (event) => {
    if (warned || !isWritten()) return;
    warned = true;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "warn", text: dialog.dataset.unsaved } }));
  });
  dialog.addEventListener("input", () => { warned = false; });
  dialog.addEventListener("close", () => {
    warned = false;
    document.body.append(document.getElementById("toasts"));
    document.getElementById("plan-dialog-body").replaceChildren();
  });

  // -- After a change ----------------------------------------------------------------------------------------------

  // What had the focus, in words that find the same control in the row that comes instead.
  let held = "";
  let worked = false;
  const places = ".edit-row, .edit-head";
  const controlOf = (element) => {
    if (element?.matches?.(".edit-tools button")) return `button[value="${element.value}"]`;
    return element?.closest?.(places) ? ".item-text" : "";
  };
  document.addEventListener("htmx:beforeRequest", () => {
    held = dialog.open ? "" : controlOf(document.activeElement);
    worked = dialog.open || plan().contains(document.activeElement);
  });

  document.addEventListener("plan-edited", (event) => {
    const { row: id, said } = event.detail;
    if (dialog.open) dialog.close();
    document.getElementById("spoken").textContent = said;
    const row = id && document.getElementById(id);
    if (!row) return goOn();
    row.classList.add("is-fresh");
    setTimeout(() => row.classList.remove("is-fresh"), 1500);
    const control = held ? row.querySelector(held) : null;
    (control?.checkVisibility() ? control : row.querySelector("a, button"))?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });

  // A change that needs a reason leads to where it is written; after any other answer that took the focus away, the page
  // goes on where it begins.
  const goOn = () => {
    // Right after a dialog was closed its button still counts as focused.
    const isLost = document.activeElement === document.body || dialog.contains(document.activeElement);
    if (!worked || dialog.open || !isLost) return;
    const reason = document.getElementById("plan-reason");
    if (reason && !reason.value) reason.focus();
    else plan().querySelector(".item-text")?.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:afterSettle", goOn);

  // -- Keys --------------------------------------------------------------------------------------------------------

  const steps = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "higher", ArrowRight: "deeper" };

  // Keys come quicker than answers: one step waits for the one before it. Not by a click, because the row may be so new
  // that htmx has not bound its form yet.
  const WAITING = 3;
  const waiting = [];
  let stepping = false;
  const takeSteps = async () => {
    if (stepping) return;
    stepping = true;
    while (waiting.length) {
      const { id, step } = waiting.shift();
      const button = document.querySelector(`#${id} button[value="${step}"]`);
      const source = document.getElementById("plan-form");
      const how = { source, target: "#plan-edit", swap: "outerHTML", values: { to: step } };
      if (button) await htmx.ajax("POST", button.getAttribute("formaction"), how);
    }
    stepping = false;
  };

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(places);
    if (!row || dialog.open || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.altKey && steps[event.key]) {
      event.preventDefault();
      if (waiting.length < WAITING) waiting.push({ id: row.id, step: steps[event.key] });
      takeSteps();
    } else if (!event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const rows = [...plan().querySelectorAll(places)];
      rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)]?.querySelector("a, button")?.focus();
    }
  });

  // -- What others change ------------------------------------------------------------------------------------------

  const isBusy = () =>
    dialog.open ||
    plan().contains(document.activeElement) ||
    plan().querySelector(".htmx-request, .is-dragged") !== null;

  // One's own change comes back as an event too: the page has it already.
  document.addEventListener("plan-changed", (event) => {
    const known = event.detail.seq <= Number(plan().dataset.seq);
    if (!known && isBusy()) return;
    document.getElementById("plan-changed").hidden = true;
    if (known) return;
    htmx.ajax("GET", plan().dataset.address, { target: "#plan-edit", swap: "outerHTML" });
  });
})();
