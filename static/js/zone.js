// Proposes the browser's own time zone where none is chosen yet.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("input[name=zone]");
  if (field && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
});
