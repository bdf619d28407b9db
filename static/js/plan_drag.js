// Dragging an item by its handle, with mouse, pen or finger: above or below another one, onto it to stand below it, or
// onto a heading to come first there. Escape, or letting go elsewhere, changes nothing.
(() => {
  const EDGE = 60;
  const SPEED = 12;
  let drag = null;

  const clear = () => {
    for (const marked of document.querySelectorAll(".drops-before, .drops-after, .drops-in")) {
      marked.classList.remove("drops-before", "drops-after", "drops-in");
    }
  };

  // The dragged row and those below it, none of which can take it up.
  const subtree = (row) => {
    const rows = [row];
    const depth = Number(row.dataset.depth);
    for (let next = row.nextElementSibling; next && Number(next.dataset.depth) > depth; next = next.nextElementSibling) {
      rows.push(next);
    }
    return rows;
  };

  const aim = (x, y) => {
    clear();
    drag.place = "";
    const under = document.elementFromPoint(x, y);
    const head = under?.closest("[data-drop]");
    if (head) {
      head.classList.add("drops-in");
      drag.place = head.dataset.drop;
      return;
    }
    const row = under?.closest(".edit-row");
    if (!row || drag.rows.includes(row)) return;
    const box = row.getBoundingClientRect();
    const share = (y - box.top) / box.height;
    const how = share < 0.3 ? "before" : share > 0.7 ? "after" : "last";
    row.classList.add(how === "last" ? "drops-in" : `drops-${how}`);
    drag.place = `${how}-item-${row.dataset.number}`;
  };

  const scroll = () => {
    if (!drag) return;
    if (drag.y < EDGE) scrollBy(0, -SPEED);
    else if (drag.y > innerHeight - EDGE) scrollBy(0, SPEED);
    drag.frame = requestAnimationFrame(scroll);
  };

  const end = () => {
    cancelAnimationFrame(drag.frame);
    clear();
    for (const row of drag.rows) row.classList.remove("is-dragged");
    document.body.classList.remove("is-dragging-plan");
    drag = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".edit-handle");
    if (!handle || event.button || drag) return;
    event.preventDefault();
    const row = handle.closest(".edit-row");
    drag = { row, rows: subtree(row), place: "", y: event.clientY, pointer: event.pointerId };
    handle.setPointerCapture(event.pointerId);
    for (const each of drag.rows) each.classList.add("is-dragged");
    document.body.classList.add("is-dragging-plan");
    scroll();
  });

  document.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    drag.y = event.clientY;
    aim(event.clientX, event.clientY);
  });

  document.addEventListener("pointerup", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const { row, place } = drag;
    end();
    if (!place) return;
    const source = document.getElementById("plan-form");
    const address = row.querySelector('button[value="up"]').getAttribute("formaction");
    row.querySelector(".item-text").focus({ preventScroll: true });
    htmx.ajax("POST", address, { source, target: "#plan-edit", swap: "outerHTML", values: { to: place } });
  });

  document.addEventListener("pointercancel", () => drag && end());
  document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());
})();
