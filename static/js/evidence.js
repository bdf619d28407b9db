// Pictures from the clipboard and files that are dropped go into the form for evidence, which sends them as it always does.
(() => {
  const give = (form, files) => {
    const input = form.querySelector("[type=file]");
    const all = new DataTransfer();
    for (const file of [...input.files, ...files]) {
      // What comes from the clipboard is always called image.png.
      const name = file.name === "image.png" ? `picture-${Date.now()}.png` : file.name;
      all.items.add(new File([file], name, { type: file.type }));
    }
    input.files = all.files;
    form.closest("details")?.setAttribute("open", "");
    input.focus();
  };

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const form = event.target.closest?.(".evidence-form") ?? document.querySelector(".evidence-form");
    if (!files.length || !form) return;
    event.preventDefault();
    give(form, files);
  });

  // Where a file is let go: in a form, in an opened item, or beside the only form of the page, which may be folded. The
  // browser would leave the page for a file that nobody takes.
  const formAt = (target) => {
    const near = target.closest?.(".evidence-form, .item-row.is-expanded");
    if (near) return near.matches("form") ? near : near.querySelector(".evidence-form");
    const all = document.querySelectorAll(".evidence-form");
    return all.length === 1 ? all[0] : null;
  };

  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files") && formAt(event.target)) event.preventDefault();
  });

  document.addEventListener("drop", (event) => {
    const form = formAt(event.target);
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    give(form, event.dataTransfer.files);
  });
})();
