// Passkeys (WebAuthn): asks the server for options, the browser for a passkey, and gives the server the answer.
(() => {
  const post = async (path, body) => {
    const response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
      body: JSON.stringify(body ?? {}),
    });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : {};
    if (!response.ok)
      throw new Error(answer.problem ?? 'The server refused. Load the page again.');
    return answer;
  };

  // What people are told: a refusal of ours as it is, and what the browser says in one sentence.
  const words = error => error instanceof DOMException
    ? (error.name === 'InvalidStateError' ? 'This device has a passkey for you already.' : 'The browser did not make or find a passkey, or it was cancelled.')
    : error.message;

  window.atstatus ??= {};

  /** Adds a passkey; returns what went wrong, or nothing. */
  window.atstatus.addPasskey = async name => {
    try {
      if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON)
        return 'This browser does not support passkeys.';
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post('account/passkeys/options'));
      const credential = await navigator.credentials.create({ publicKey });
      await post('account/passkeys', { credential: JSON.stringify(credential), name });
      return null;
    } catch (error) {
      return words(error);
    }
  };

  // The sign-in page. Its button is there only where it can work.
  const button = document.querySelector('[data-passkey-sign-in]');
  if (!button || !window.isSecureContext || !window.PublicKeyCredential?.parseRequestOptionsFromJSON)
    return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const said = document.querySelector('[data-passkey-problem]');
    said.textContent = '';
    button.disabled = true;
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post('login/passkey/options'));
      const credential = await navigator.credentials.get({ publicKey });
      const answer = await post('login/passkey', { credential: JSON.stringify(credential), returnUrl: button.dataset.returnUrl || null });
      location.assign(answer.goesTo);
    } catch (error) {
      said.textContent = words(error);
      button.disabled = false;
    }
  });
})();
