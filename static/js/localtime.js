// The reader's own time beside a project's, where the two clocks differ. Pages name the project's zone in data-zone.
(() => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { lang } = document.documentElement;
  const month = lang === "el" ? "numeric" : "short"; // as golive_site/formats
  const at = { day: "numeric", month, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const language = lang === "en" ? "en-GB" : lang;
  const LONG_NAME = 12;
  const formats = new Map();
  const clock = (moment, timeZone, more) => {
    const key = `${timeZone} ${more?.timeZoneName}`;
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { ...at, ...more, timeZone }));
    return formats.get(key).format(moment);
  };

  const shortName = (moment) => {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: own, timeZoneName: "short" }).formatToParts(moment);
    return parts.find((part) => part.type === "timeZoneName").value;
  };

  // What the reader's clock shows at the moment of a <time>; empty where it shows the same as the project's.
  const yours = (time) => {
    const zone = time.closest("[data-zone]")?.dataset.zone;
    const moment = new Date(time.dateTime);
    if (!zone || !own || Number.isNaN(moment.getTime())) return "";
    if (clock(moment, zone) === clock(moment, own)) return "";
    const told = clock(moment, own, { timeZoneName: "short" });
    const plain = clock(moment, own);
    // Where a language has no short name for the zone it says the long one: UTC in Greek takes a whole line.
    return told.length - plain.length < LONG_NAME ? told : `${plain} ${shortName(moment)}`;
  };

  // Thousands of rows: a title is only made for the one that somebody points at.
  document.addEventListener("pointerover", (event) => {
    const time = event.target.closest?.("time[datetime]:not([data-told])");
    if (!time) return;
    time.dataset.told = "";
    const told = yours(time);
    if (told) time.title = [time.title, interpolate(gettext("Your time: %(when)s"), { when: told }, true)].filter(Boolean).join("\n");
  });

  const tell = (root) => {
    for (const time of root.querySelectorAll("time[data-own]:not([data-shown])")) {
      time.dataset.shown = "";
      const told = yours(time);
      if (!told) continue;
      const note = document.createElement("span");
      note.className = "own-time";
      note.textContent = interpolate(gettext("%(when)s, your time"), { when: told }, true);
      time.after(" ", note);
    }
  };
  document.addEventListener("DOMContentLoaded", () => tell(document));
  document.addEventListener("htmx:load", (event) => tell(event.target));
})();
