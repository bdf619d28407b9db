// A completion made without a connection is kept, shown as waiting, and sent in order when the connection is back, or
// refused in the server's words. What waits is in this browser's storage, per person and project: it survives a reload.
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const KEY = `waiting:${live.dataset.user}:${live.dataset.home}`;
  const RETRY = 5_000;
  const COMPLETION = /\/items\/(\d+)\/completion\/(\?|$)/;
  let timer = null;

  const toast = (tone, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { tone, text } }));
  const read = () => JSON.parse(localStorage.getItem(KEY) || "[]");
  const write = (ticks) => {
    if (ticks.length) localStorage.setItem(KEY, JSON.stringify(ticks));
    else localStorage.removeItem(KEY);
  };
  const rowOf = (number) => document.getElementById(`item-${number}`);

  // The token of the page may be older than the session, the cookie's never is.
  const token = () => /(?:^|; )(?:__Host-golive-csrf|csrftoken)=([^;]+)/.exec(document.cookie)?.[1] ?? "";

  // -- On the page ---------------------------------------------------------------------------------------------------

  const mark = (row) => {
    if (row.classList.contains("is-waiting")) return;
    row.classList.add("is-waiting");
    const sign = row.querySelector(":scope > .sign-button use, :scope > .sign use");
    sign.dataset.href = sign.getAttribute("href");
    // From this page itself: without a connection the sheet of signs may not be at hand.
    sign.setAttribute("href", "#item-waiting");
    const line = document.createElement("p");
    line.className = "item-reason waiting";
    line.textContent = gettext("Completed here; waiting to be sent.");
    row.insertBefore(line, row.querySelector(".item-panel"));
  };

  const unmark = (row) => {
    row.classList.remove("is-waiting");
    const sign = row.querySelector("use[data-href]");
    if (sign) {
      sign.setAttribute("href", sign.dataset.href);
      delete sign.dataset.href;
    }
    row.querySelector(".waiting")?.remove();
  };

  const markAll = () => {
    const waiting = new Set(read().map((tick) => `item-${tick.number}`));
    for (const row of document.querySelectorAll(".item-row")) {
      if (waiting.has(row.id)) mark(row);
      else if (row.classList.contains("is-waiting")) unmark(row);
    }
  };

  // -- Keeping -------------------------------------------------------------------------------------------------------

  // With the key of the request: should it have arrived after all, sending it again has no second effect.
  const keep = ({ path, headers, parameters }) => {
    const number = COMPLETION.exec(path)[1];
    const ticks = read();
    if (!ticks.some((tick) => tick.number === number)) {
      const text = rowOf(number)?.querySelector(".item-text").lastChild.textContent.trim() ?? `#${number}`;
      const key = headers["Idempotency-Key"] ?? parameters.key;
      ticks.push({ number, path: path.replace(/\?.*/, "") + "?folded", text, key, version: parameters.version });
      write(ticks);
    }
    markAll();
    sendLater();
  };

  const failed = (event) => {
    const { verb, path } = event.detail.requestConfig;
    if (verb !== "post" || !COMPLETION.test(path)) return;
    // Others need not say that it is lost: it is not.
    event.preventDefault();
    keep(event.detail.requestConfig);
  };
  document.addEventListener("htmx:sendError", failed, true);
  document.addEventListener("htmx:timeout", failed, true);
  // Others held the plan for too long: it waits like one that met no network.
  document.addEventListener("htmx:responseError", (event) => event.detail.xhr.status === 503 && failed(event), true);

  document.addEventListener("htmx:configRequest", (event) => {
    if (token()) event.detail.headers["X-CSRFToken"] = token();
    // A network that swallows everything must not leave somebody waiting; a completion may be sent twice.
    if (COMPLETION.test(event.detail.path)) event.detail.timeout = 10_000;
  });

  // What comes after something that waits, waits behind it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { verb, path } = event.detail.requestConfig;
    if (verb !== "post" || !COMPLETION.test(path) || !read().length) return;
    event.preventDefault();
    keep(event.detail.requestConfig);
    send();
  });

  // -- Sending -------------------------------------------------------------------------------------------------------

  const sendLater = () => {
    clearTimeout(timer);
    timer = setTimeout(send, RETRY);
  };

  const refused = (tick, html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const why = parsed.querySelector(".item-row [role=alert]")?.textContent.trim();
    const said = { what: tick.text, why: why || gettext("You may not do this here any more.") };
    toast("warn", interpolate(gettext("Not completed: %(what)s. %(why)s"), said, true));
  };

  const sendAll = async () => {
    for (let [tick] = read(); tick; [tick] = read()) {
      let answer, html;
      try {
        const headers = { "HX-Request": "true", "X-CSRFToken": token() };
        const body = new URLSearchParams({ key: tick.key, version: tick.version });
        answer = await fetch(tick.path, { method: "POST", headers, body });
        html = await answer.text();
      } catch {
        return sendLater();
      }
      if (answer.redirected) {
        toast("warn", gettext("You were signed out. What you completed is kept here; sign in again and open the plan."));
        return;
      }
      if (answer.status >= 500 || answer.status === 429) return sendLater();
      write(read().filter((each) => each.number !== tick.number));
      const row = rowOf(tick.number);
      if (row) unmark(row);
      if (answer.ok || answer.status === 409) document.dispatchEvent(new CustomEvent("fragments", { detail: { html } }));
      if (!answer.ok) refused(tick, html);
    }
  };

  const send = () => {
    if (!read().length) return undefined;
    // One tab sends; where a browser has no locks, sending twice does no harm.
    return navigator.locks ? navigator.locks.request(KEY, { ifAvailable: true }, (lock) => lock && sendAll()) : sendAll();
  };

  document.addEventListener("replaced", markAll);
  document.addEventListener("htmx:afterSettle", markAll);
  addEventListener("storage", (event) => event.key === KEY && markAll());
  addEventListener("online", send);
  document.addEventListener("connection", (event) => event.detail.up && send());
  markAll();
  send();
})();
