// Keeps an open page's T-clock and due times true as time passes. The words are those of schedule.py.
(() => {
  const MINUTE = 60_000;
  const SOON = 120 * MINUTE;
  const two = (number) => String(number).padStart(2, "0");

  const inDays = (number) => interpolate(gettext("%(number)s d"), { number }, true);
  const inHours = (number) => interpolate(gettext("%(number)s h"), { number }, true);
  const inMinutes = (number) => interpolate(gettext("%(number)s min"), { number }, true);

  const span = (length) => {
    const minutes = Math.max(1, Math.floor(length / MINUTE));
    const hours = Math.floor(minutes / 60);
    if (hours < 1) return inMinutes(minutes);
    if (hours < 24) return minutes % 60 ? `${inHours(hours)} ${two(minutes % 60)}` : inHours(hours);
    const days = inDays(Math.floor(hours / 24));
    return hours % 24 ? `${days} ${inHours(hours % 24)}` : days;
  };

  const tClock = (length) => {
    const minutes = Math.abs(Math.floor(length / MINUTE));
    const clock = `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
    return `T${length < 0 ? "−" : "+"}${inDays(Math.floor(minutes / 1440))} ${clock}`;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const head = document.querySelector(".clock[data-now]");
    if (!head) return;
    // The server's clock counts: the reader's may be wrong.
    const ahead = new Date(head.dataset.now).getTime() - Date.now();
    const tick = () => {
      const now = Date.now() + ahead;
      const zero = head.querySelector(".clock-time");
      zero.textContent = tClock(now - new Date(zero.dateTime).getTime());
      for (const time of document.querySelectorAll(".item-due[data-due]")) {
        const left = new Date(time.dateTime).getTime() - now;
        if (left > SOON) continue;
        if (!time.title) time.title = interpolate(gettext("Due %(when)s"), { when: time.textContent }, true);
        time.classList.toggle("late", left < 0);
        time.classList.toggle("warn", left >= 0);
        const said = left < 0 ? gettext("late %(length)s") : gettext("in %(length)s");
        time.textContent = interpolate(said, { length: span(Math.abs(left)) }, true);
      }
    };
    setInterval(tick, MINUTE / 2);
  });
})();
