// [data-passkey] has the browser make or use a passkey, puts what that says into its form, and sends it. The value is where
// the question stands: an address, or #id of a block of the page. Where there can be no passkeys, the button stays hidden
// and [data-no-passkey] says so: in old browsers, and at addresses that are numbers.
(() => {
  const isName = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!isName || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    for (const words of document.querySelectorAll("[data-no-passkey]")) words.hidden = false;
    return;
  }

  const read = async (where) => {
    if (where.startsWith("#")) return JSON.parse(document.querySelector(where).textContent);
    const answer = await fetch(where, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status} ${where}`);
    return answer.json();
  };

  const make = (options) => {
    // One that signs in without an address, and only after a finger, a face or a PIN.
    options.authenticatorSelection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  };

  const use = (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });

  const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text } }));

  const press = async (button) => {
    const { form } = button;
    if (!form.reportValidity()) return;
    try {
      const { creation_options: made, request_options: used, challenge } = await read(button.dataset.passkey);
      const passkey = await (made ? make(made.publicKey) : use(used.publicKey));
      form.elements.namedItem("credential").value = JSON.stringify(passkey.toJSON());
      if (challenge) form.elements.namedItem("challenge").value = challenge;
    } catch {
      say(gettext("The passkey was not used, so nothing was sent. Try again, or another way."));
      return;
    }
    form.requestSubmit();
  };

  for (const button of document.querySelectorAll("button[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => press(button));
  }
})();
