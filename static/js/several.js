// Choosing several items: all, none, a group with its parts; and how many are chosen, before something is done to them.
(() => {
  const list = document.getElementById("several-items");
  if (!list) return;
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const depthOf = (box) => Number(box.closest("[data-depth]").dataset.depth);

  const tell = () => {
    const number = boxes.filter((box) => box.checked).length;
    const said = gettext("%(number)s of %(all)s chosen");
    document.getElementById("several-count").textContent = interpolate(said, { number, all: boxes.length }, true);
  };

  // Whoever leaves a part out does not mean the whole group any more.
  list.addEventListener("change", ({ target }) => {
    const at = boxes.indexOf(target);
    for (let below = at + 1; below < boxes.length && depthOf(boxes[below]) > depthOf(target); below += 1) {
      boxes[below].checked = target.checked;
    }
    let depth = depthOf(target);
    for (let above = at - 1; above >= 0 && depth > 0 && !target.checked; above -= 1) {
      if (depthOf(boxes[above]) >= depth) continue;
      depth = depthOf(boxes[above]);
      boxes[above].checked = false;
    }
    tell();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (!button) return;
    for (const box of boxes) box.checked = button.dataset.choose === "all";
    tell();
  });

  tell();
})();
