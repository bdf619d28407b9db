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

  document.addEventListener("dragover", (event) => {
    if (event.target.closest(".evidence-form") && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });

  document.addEventListener("drop", (event) => {
    const form = event.target.closest(".evidence-form");
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    give(form, event.dataTransfer.files);
  });
})();
