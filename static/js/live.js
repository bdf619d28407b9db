// Follows the project's events: fetches what is new, shows who is here, and says when the connection is lost.
// Others hear of the connection by the event "connection" with {up: true} or {up: false}, and by "journal-moved" that
// something happened.
(() => {
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;

  // How long nothing at all may come (the server says something every 15 s), and a page may be hidden, in milliseconds.
  const SILENCE = 40_000;
  const HIDDEN = 60_000;
  const RETRY = 3_000;
  const GRACE = 8_000;

  let seen = Number(live.dataset.seq);
  let wanted = seen;
  let fetching = false;
  let source = null;
  let up = null;
  let failures = 0;
  const timers = {};

  const after = (name, delay, does) => {
    clearTimeout(timers[name]);
    timers[name] = delay === null ? null : setTimeout(does, delay);
  };

  const say = (words) => {
    live.hidden = false;
    live.textContent = words;
  };

  const setUp = (now) => {
    if (up === now) return;
    up = now;
    live.classList.toggle("is-offline", !up);
    say(up ? gettext("Live") : gettext("Connection lost, trying again"));
    document.dispatchEvent(new CustomEvent("connection", { detail: { up } }));
  };

  const end = (words) => {
    close();
    live.classList.add("is-offline");
    say(words);
  };

  // -- What is new -------------------------------------------------------------------------------------------------

  const isLogin = (answer, html) => answer.redirected || /^\s*<!doctype html/i.test(html);

  const refresh = async () => {
    const target = wanted;
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(live.dataset.refresh);
    if (fresh) document.dispatchEvent(new CustomEvent("fragments", { detail: { html: fresh.outerHTML } }));
    seen = target;
  };

  const fetchChanges = async () => {
    const address = `${live.dataset.changes}?after=${seen}&state=${encodeURIComponent(live.dataset.state)}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    const html = await answer.text();
    if (answer.status === 404) return end(gettext("You are no longer in this project"));
    if (isLogin(answer, html)) return end(gettext("Signed out: sign in again and load this page"));
    if (!answer.ok) throw new Error(`The changes answered ${answer.status}`);
    const head = /data-seq="(\d+)"/.exec(html);
    if (!head || Number(head[1]) <= seen) throw new Error("The changes bring nothing new");
    document.dispatchEvent(new CustomEvent("fragments", { detail: { html } }));
    seen = Number(head[1]);
    const by = /data-frame-changed-by="([^"]+)"/.exec(html);
    if (by) document.dispatchEvent(new CustomEvent("plan-changed", { detail: { seq: seen } }));
  };

  // Across projects the number is a sum, which falls when somebody leaves a project.
  const isBehind = () => (live.dataset.refresh ? wanted !== seen : wanted > seen);

  const catchUp = async () => {
    if (fetching || !isBehind()) return;
    if (!live.dataset.changes && !live.dataset.refresh) return;
    fetching = true;
    try {
      while (isBehind() && source) await (live.dataset.refresh ? refresh() : fetchChanges());
    } catch {
      after("catchUp", RETRY, catchUp);
    } finally {
      fetching = false;
    }
  };

  const showPeople = (people) => {
    const here = document.getElementById("here");
    if (!here) return;
    here.hidden = people.length === 0;
    here.querySelector("ul").replaceChildren(
      ...people.map(({ name, initials }) => {
        const entry = document.createElement("li");
        const letters = document.createElement("span");
        letters.className = "avatar";
        letters.setAttribute("aria-hidden", "true");
        letters.textContent = initials;
        entry.append(letters, ` ${name}`);
        return entry;
      }),
    );
  };

  // The plan itself changed: rows came, went or moved, or due times did. That is a new page, when it suits.
  const sayPlanChanged = () => {
    const notice = document.getElementById("plan-changed");
    if (notice) notice.hidden = false;
  };
  document.addEventListener("plan-changed", sayPlanChanged);
  document.addEventListener("replaced", (event) => {
    const isWhole = live.dataset.state === "all" && !new URLSearchParams(location.search).get("q");
    if (isWhole && event.detail?.lost.length) sayPlanChanged();
  });

  // -- The connection ----------------------------------------------------------------------------------------------

  const heard = () => {
    failures = 0;
    after("lost", null);
    after("silence", SILENCE, reconnect);
    // What was sent before the network went may still come in; the browser knows better.
    if (navigator.onLine) setUp(true);
  };

  const failed = () => {
    failures += 1;
    if (source?.readyState === EventSource.CLOSED) {
      // The server answered something else than events.
      close();
      setUp(false);
      after("retry", RETRY, connect);
      probe();
    } else if (failures > 1 || !navigator.onLine) {
      setUp(false);
    } else {
      // A server may end an answer after a while and be well; one that cannot be reached twice is not.
      after("lost", GRACE, () => setUp(false));
    }
  };

  // The browser does not tell why events were refused; another address of the project does.
  const probe = async () => {
    try {
      const answer = await fetch(live.dataset.changes || live.dataset.home);
      if (answer.status === 404) end(gettext("You are no longer in this project"));
      else if (answer.redirected) end(gettext("Signed out: sign in again and load this page"));
    } catch {
      setUp(false);
    }
  };

  function connect() {
    if (source) return;
    source = new EventSource(live.dataset.events);
    source.addEventListener("open", heard);
    source.addEventListener("error", failed);
    source.addEventListener("alive", heard);
    source.addEventListener("here", (event) => {
      heard();
      showPeople(JSON.parse(event.data));
    });
    source.addEventListener("journal", (event) => {
      heard();
      wanted = live.dataset.refresh ? Number(event.data) : Math.max(wanted, Number(event.data));
      if (live.dataset.seq === "") seen = wanted;
      document.dispatchEvent(new CustomEvent("journal-moved"));
      catchUp();
    });
  }

  function close() {
    source?.close();
    source = null;
    for (const name of Object.keys(timers)) after(name, null);
  }

  function reconnect() {
    close();
    connect();
  }

  addEventListener("offline", () => setUp(false));
  addEventListener("online", reconnect);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && reconnect());
  // A browser keeps few connections to one server: pages that nobody looks at give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) after("hidden", HIDDEN, close);
    else {
      after("hidden", null);
      connect();
    }
  });

  if (!document.hidden) connect();
})();
