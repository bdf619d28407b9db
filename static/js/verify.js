// A file dropped anywhere on the form is checked at once; without this script the field takes it, and the button sends it.
const form = document.querySelector(".verify-drop");
const field = form.querySelector("input[type=file]");

for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
}
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
});
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  if (event.dataTransfer.files.length) {
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  }
});
