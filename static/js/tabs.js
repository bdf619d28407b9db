// On a phone the tabs scroll sideways; the current one is brought into sight.
document.addEventListener("DOMContentLoaded", () => {
  const tabs = document.querySelector(".tabs");
  const current = tabs?.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.clientWidth) / 2;
});
