// A form about something that others change too, open while they do: [data-mark] is another one as soon as the form would
// be. It says who was faster, keeps what was typed, and takes that along into the form as it is now.
(() => {
  const SOON = 300;
  const fields = (form) => [...form.querySelectorAll("textarea, select, input:not([type=hidden])")];
  const isTicked = (field) => field.matches("[type=checkbox], [type=radio]");
  const first = (field) => {
    if (isTicked(field)) return field.defaultChecked;
    if (!field.matches("select")) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
  };
  const now = (field) => (isTicked(field) ? field.checked : field.value);

  const load = async (form) => {
    const answer = await fetch(form.action, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(`The form answered ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-mark]");
  };

  // What was typed, and beside it what stands there now where somebody else changed the same.
  const renew = (form, fresh) => {
    const typed = new Map(fields(form).filter((field) => field.id && now(field) !== first(field)).map((field) => [field.id, field]));
    for (const field of fields(fresh)) {
      const old = typed.get(field.id);
      if (!old) continue;
      const others = first(field);
      if (isTicked(field)) field.checked = old.checked;
      else field.value = old.value;
      if (isTicked(field) || others === first(old)) continue;
      const line = document.createElement("p");
      line.className = "form-text";
      const words = field.matches("select") ? ([...field.options].find(({ value }) => value === others)?.text ?? "") : others;
      line.textContent = words ? interpolate(gettext("It says now: “%(words)s”"), { words }, true) : gettext("It is empty now.");
      field.after(line);
    }
    form.replaceWith(fresh);
    window.htmx?.process(fresh);
    (fields(fresh).find((field) => typed.has(field.id)) ?? fields(fresh)[0])?.focus();
  };

  const tell = (form, fresh) => {
    let notice = form.querySelector(".overtaken");
    if (!notice) {
      notice = document.createElement("div");
      notice.className = "overtaken notice notice-warn";
      notice.setAttribute("role", "status");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small";
      button.textContent = gettext("Load it anew");
      button.addEventListener("click", () => {
        load(form).then((newest) => renew(form, newest)).catch(() => { button.textContent = gettext("Try again"); });
      });
      notice.append(document.createElement("p"), button);
      form.prepend(notice);
    }
    const kept = gettext("What you typed is kept.");
    notice.firstChild.textContent = `${fresh.dataset.latest || gettext("Somebody changed this.")} ${kept}`;
  };

  const look = async (form) => {
    const fresh = await load(form);
    if (!fresh || !form.isConnected) return;
    if (fresh.dataset.mark === form.dataset.mark) form.querySelector(".overtaken")?.remove();
    else tell(form, fresh);
  };

  // Whatever moved the journal may have been about it. A look that fails is made up for by the next, or by the refusal.
  let waiting = 0;
  document.addEventListener("journal-moved", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const form of document.querySelectorAll("form[data-mark]")) look(form).catch(() => {});
    }, SOON);
  });
})();
