// What is on the screen is what is saved. The one place that sees each edit and each press before Blazor does, in every control of the
// console, and knows which of them the server has received. An edit that has not arrived is protected from what the server renders
// meanwhile, moves to the control that takes its control's place, and is sent again when the connection is back (js/reconnect.js); until
// all of it has arrived, Save and other buttons wait. While the connection is lost nothing is sent, and a press says so. How a field is
// found again stands in js/fields.js.
//
// The server answers calls in the order in which they are made (Components/Layout/EditReceipts.cs). Each edit is preceded by a call: what
// the server rendered before it answered that call does not know of the edit. A call made after the edit, once answered, proves it arrived.
(() => {
  const NEVER = Number.MAX_SAFE_INTEGER;
  const PROOF_DELAY = 100;        // Milliseconds of no typing after which proof is asked for.
  const WAIT_NOTICE = 1500;       // Milliseconds a press waits before the page says so.
  const MESSAGE_LIMIT = 960 * 1024; // Of the 1 MiB that a message may have (Hosting/AdminHost.cs); the rest is its envelope.
  const SAFE_LENGTH = 80000;      // The longest text that fits whatever its characters: it is sent twice, at most 6 bytes each.
  const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
  const { isField, ticks, valueOf, nameOf, labelOf, isInForm, placeOf, find, findSoon, quiet, mark, unmark, isIncomplete } = window.atstatus.fields;

  let server = null;              // The circuit's EditReceipts.
  let calls = 0;                  // The number of the last call.
  let answered = 0;               // The highest number the server is known to have received.
  let state = "up";               // up, down (reconnecting), failed (given up), dead (the page must be loaded again).
  let replaying = false;
  let moving = 0;                 // Edits on their way to the control that took their control's place.
  let writing = false;
  let pressing = false;

  const here = () => location.pathname;

  // By control, the last edited last: a choice can decide which controls follow.
  const edits = new Map();
  const isProven = edit => edit.call < answered;
  const unproven = () => [...edits.values()].filter(edit => !isProven(edit) && edit.at === here());
  const isSettled = () => !server || (state === "up" && !replaying && moving === 0 && unproven().every(edit => edit.isRepeat));

  // ---- Calls ----------------------------------------------------------------------------------------------------------------------
  const call = () => {
    if (!server || state !== "up") return NEVER;
    const number = ++calls;
    server.invokeMethodAsync("Received", number).catch(() => { /* The connection is lost, or will be known to be. */ });
    return number;
  };

  let proofTimer = 0;
  const askForProof = (delay = 0) => {
    clearTimeout(proofTimer);
    proofTimer = setTimeout(call, delay);
  };

  // Runs while the answer is read, between the renders before it and those after it.
  const onAnswer = number => {
    if (number <= answered) return;
    const before = answered;
    answered = number;
    for (const [field, edit] of edits) {
      // Removed by what was rendered before the server saw the edit: it had nowhere to go.
      if (edit.call > before && edit.call <= answered && !field.isConnected && edit.at === here()) {
        edits.delete(field);
        move(edit);
      } else if (isProven(edit) && (!field.isConnected || edit.at !== here())) {
        // Nothing is left to protect.
        edits.delete(field);
      }
    }
    setTimeout(release);
  };

  const connect = receipts => {
    if (!server) DotNet.attachReviver((key, value) => { if (key === "atstatusReceived") onAnswer(value); return value; });
    server = receipts;
  };

  // ---- Edits ----------------------------------------------------------------------------------------------------------------------
  const before = new WeakMap();   // What a field held before its last change.

  const protectedOf = field => {
    const edit = edits.get(field);
    if (edit) return edit;
    if (field.type !== "radio" || !field.name) return null;
    for (const [other, chosen] of edits) if (other.type === "radio" && other.name === field.name && other.form === field.form) return chosen;
    return null;
  };

  // A render that does not know of an edit must not undo it. Blazor writes these properties and nothing else.
  for (const [type, name] of [[HTMLInputElement, "value"], [HTMLInputElement, "checked"], [HTMLTextAreaElement, "value"], [HTMLSelectElement, "value"]]) {
    const property = Object.getOwnPropertyDescriptor(type.prototype, name);
    Object.defineProperty(type.prototype, name, {
      ...property,
      set(value) {
        // The value of a radio button or checkbox is what it stands for, not what was chosen.
        const edit = writing || (name === "value" && ticks(this)) ? null : protectedOf(this);
        if (!edit || edit.call <= answered) property.set.call(this, value);
      },
    });
  }

  const write = (field, value) => {
    writing = true;
    try {
      if (ticks(field)) field.checked = value;
      else field.value = value;
    } finally {
      writing = false;
    }
  };

  // A radio button is heard by its click, which is also how a person chooses it; the browser makes the other two events of it.
  const send = field => {
    if (field.type === "radio") return void field.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // Edits a field as a person does; false where the field cannot take the value.
  const put = (field, value) => {
    if (field.disabled || field.readOnly || (field.matches("select") && ![...field.options].some(option => option.value === value && !option.disabled))) return false;
    write(field, value);
    send(field);
    return true;
  };

  const tellLost = edit => edit.inForm
    ? notify("Some of what you typed found no place. Look it over before you save.")
    : edit.place.row && tellChanged(`${edit.place.label ?? "the choice"} of ${edit.place.row}`);

  // The control is gone, as when another type brings other fields: the edit goes to the one that has its place.
  const move = async edit => {
    moving++;
    try {
      const field = await findSoon(edit.place);
      if (!field || edit.at !== here()) {
        if (edit.at === here()) tellLost(edit);
        return;
      }
      if (valueOf(field) !== edit.value) put(field, edit.value);
      if (edit.hadFocus && (!document.activeElement || document.activeElement === document.body)) field.focus({ preventScroll: true });
    } finally {
      moving--;
      setTimeout(release);
    }
  };

  // ---- Limits ---------------------------------------------------------------------------------------------------------------------
  const count = number => number.toLocaleString("en");
  const fits = text => text.length <= SAFE_LENGTH || 2 * new TextEncoder().encode(JSON.stringify(text)).length <= MESSAGE_LIMIT;

  // Returns whether the text can be sent; where not, the field has what it had before.
  const keepWithinLimits = field => {
    const limit = Number(field.dataset.limit) || 0;
    if (!fits(field.value)) {
      const length = field.value.length;
      write(field, before.get(field) ?? edits.get(field)?.value ?? field.defaultValue ?? "");
      mark(field, `Not inserted: the text has ${count(length)} characters, at most ${count(limit || SAFE_LENGTH)} fit here.`);
      return false;
    }
    if (limit && field.value.length > limit) mark(field, `${count(field.value.length)} characters, at most ${count(limit)} fit here.`);
    else unmark(field);
    return true;
  };

  // Half a surrogate pair is no character: the server takes U+FFFD, and so it is shown.
  const repair = field => {
    if (typeof field.value !== "string" || field.matches("select") || !field.value.match(LONE)) return;
    const [start, end] = field.matches("textarea") || field.selectionStart !== null ? [field.selectionStart, field.selectionEnd] : [];
    write(field, field.value.replace(LONE, "\uFFFD"));
    if (start !== undefined && document.activeElement === field) field.setSelectionRange(start, end);
  };

  // ---- What a person does ---------------------------------------------------------------------------------------------------------
  const remember = event => { if (isField(event.target) && fits(event.target.value)) before.set(event.target, event.target.value); };
  addEventListener("focusin", remember, true);
  addEventListener("beforeinput", remember, true);

  let focused = null;
  addEventListener("focusin", event => { focused = event.target; }, true);
  addEventListener("pointerdown", event => { if (event.target !== focused) focused = null; }, true);

  const edited = event => {
    const field = event.target;
    if (!isField(field)) return;
    if (!ticks(field) && !field.matches("select")) {
      repair(field);
      if (!keepWithinLimits(field)) {
        event.stopImmediatePropagation();
        return;
      }
      before.set(field, field.value);
    }
    // Leaving a text field says again what the server has received; a press need not wait for that.
    const last = edits.get(field);
    const isRepeat = event.type === "change" && last?.value === valueOf(field) && (isProven(last) || last.isRepeat) && !replaying && last.at === here();
    edits.delete(field);
    edits.set(field, {
      isRepeat, place: placeOf(field), value: valueOf(field), at: here(), call: server ? call() : 0, inForm: isInForm(field),
      get hadFocus() { return focused === field; },
    });
    if (state === "up") askForProof(PROOF_DELAY);
  };
  addEventListener("input", edited, true);
  addEventListener("change", edited, true);

  // A file is read by the server when it is chosen, and never again: without a connection the field would show another than it has.
  addEventListener("change", event => {
    const field = event.target;
    if (state === "up" || !field.matches?.("input[type=file]") || field.files.length === 0) return;
    const name = field.files[0].name;
    stop(event);
    field.value = "";
    notify(
      state === "dead"
        ? `Not chosen: ${name}. This page has lost its connection for good. Load it again, then choose the file.`
        : `Not chosen: ${name}. There is no connection to the server. Choose the file again when the connection is back.`,
      "refused");
  }, true);

  // ---- Presses --------------------------------------------------------------------------------------------------------------------
  const held = [];                // Waiting until the server has what was typed.
  let pressed = [];               // Sent, and not known to have arrived.
  let closed = [];                // Dialogs that were closed, likewise.
  let waitTimer = 0;

  const notice = () => document.getElementById("edit-notice");
  const notify = (text, kind = "note") => {
    const shown = notice();
    if (!shown) return;
    shown.querySelector("[data-text]").textContent = text;
    shown.dataset.kind = kind;
    shown.hidden = false;
  };
  const unnotify = (...kinds) => { if (notice() && kinds.includes(notice().dataset.kind)) notice().hidden = true; };

  const refuse = name => notify(
    state === "dead"
      ? `Not sent: ${name}. This page has lost its connection for good. Load it again: what you typed is put back, secrets excepted.`
      : `Not sent: ${name}. There is no connection to the server. What you typed stays here; try again when the connection is back.`,
    "refused");
  const tellChanged = name => notify(`Not sent: ${name}. The page has changed; try again.`, "refused");
  const stop = event => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const sent = name => {
    unnotify("refused", "lost");
    if (!server) return;
    pressed.push({ name, call: calls });
    askForProof();
  };

  const release = () => {
    if (answered > 0) {
      pressed = pressed.filter(press => press.call >= answered);
      closed = closed.filter(close => close.call >= answered);
    }
    if (held.length === 0 || !isSettled()) return;
    clearTimeout(waitTimer);
    unnotify("waiting");
    const gone = [];
    for (const press of held.splice(0)) {
      if (!press.element.isConnected) {
        gone.push(press.name);
        continue;
      }
      pressing = true;
      try {
        press.again();
        sent(press.name);
      } catch {
        gone.push(press.name);  // Its form or button is another by now; those after it go on.
      } finally {
        pressing = false;
      }
    }
    // Last: what was sent takes older notices away.
    if (gone.length > 0) tellChanged(gone.join(", "));
  };
  const hold = (element, name, again) => {
    if (held.some(press => press.element === element)) return;
    held.push({ element, name, again });
    clearTimeout(waitTimer);
    waitTimer = setTimeout(() => { if (held.length) notify("Waiting for the server to receive what you typed…", "waiting"); }, WAIT_NOTICE);
    askForProof();
  };

  const isNative = form => form.hasAttribute("action") || form.hasAttribute("method");

  addEventListener("submit", event => {
    const form = event.target;
    if (pressing || isNative(form)) return;
    const name = nameOf(event.submitter ?? form.querySelector("[type=submit]")) || "the form";
    const incomplete = [...form.elements].find(isIncomplete);
    if (incomplete) {
      stop(event);
      mark(incomplete, "Complete this or clear it: the value is not valid.");
      incomplete.focus();
    } else if (state !== "up") {
      stop(event);
      refuse(name);
    } else if (!isSettled()) {
      stop(event);
      const submitter = event.submitter;
      hold(form, name, () => form.requestSubmit(submitter?.isConnected ? submitter : null));
    } else {
      sent(name);
    }
  }, true);
  // Whatever the reason that nobody took it: the browser would send the form to the address, and leave the page.
  addEventListener("submit", event => {
    if (event.defaultPrevented || isNative(event.target)) return;
    event.preventDefault();
    if (state === "up" && !pressing) notify("Not sent: the page is not ready. Try again.", "refused");
  });

  addEventListener("click", event => {
    const target = event.target.closest?.("button, a[href], [role=button]");
    if (!target || pressing || target.closest("[data-reconnect], [data-theme-toggle], [data-local], #blazor-error-ui")) return;
    if (target.matches("a[href]")) {
      // A page that must be loaded again can be left; the browser asks where something would be lost.
      if (state === "up" || state === "dead" || target.target === "_blank" || target.hash) return;
      stop(event);
      refuse(nameOf(target));
    } else if (target.type === "submit" && target.form) {
      return;
    } else if (state !== "up") {
      stop(event);
      refuse(nameOf(target));
    } else if (!isSettled()) {
      stop(event);
      hold(target, nameOf(target), () => target.click());
    } else {
      sent(nameOf(target));
    }
  }, true);

  // Escape closes a dialog in the browser; the server must hear of it.
  addEventListener("cancel", event => {
    if (state === "up" || !event.target.matches?.("dialog:not([data-local])")) return;
    event.preventDefault();
    refuse(`closing “${nameOf(event.target.querySelector("h1, h2, h3")) || "the dialog"}”`);
  }, true);
  addEventListener("close", event => {
    if (!event.target.matches?.("dialog:not([data-local])") || !event.isTrusted) return;
    closed.push({ dialog: event.target, call: state === "up" ? calls : NEVER });
    askForProof();
  }, true);

  // Called by js/reconnect.js when the state of the connection is another.
  const setState = next => {
    state = next;
    if (next === "up") {
      unnotify("refused");
      return;
    }
    clearTimeout(waitTimer);
    if (held.length > 0) refuse(held.splice(0)[0].name);
  };

  // The same circuit is back: what it has not received is sent again, in the order of editing. Renders that it made meanwhile come first.
  const resend = async () => {
    replaying = true;
    const until = Date.now() + 5000;
    const lost = [];
    try {
      await server.invokeMethodAsync("LastReceived");
      const presses = pressed.filter(press => press.call >= answered);
      pressed = [];
      for (const { dialog, call } of closed.splice(0)) if (call >= answered && dialog.isConnected && !dialog.open) dialog.dispatchEvent(new Event("close"));
      for (const edit of unproven()) {
        const owner = [...edits].find(([, other]) => other === edit)?.[0];
        const field = owner?.isConnected ? owner : await findSoon(edit.place, until - Date.now());
        if (owner && owner !== field) edits.delete(owner);
        if (!field || edit.at !== here() || !put(field, edit.value)) {
          if (field) edits.delete(field);
          lost.push(edit);
        } else if (ticks(field) || field.matches("select")) {
          await server.invokeMethodAsync("Received", ++calls);
          await quiet(100);
        }
      }
      await server.invokeMethodAsync("Received", ++calls);
      if (lost.length > 0) tellLost(lost.find(edit => !edit.inForm && edit.place.row) ?? { ...lost[0], inForm: true });
      else if (presses.length > 0) {
        notify(`The connection was lost before “${presses[0].name}” reached the server, and it was not done. What you typed is still here; try again.`, "lost");
      }
    } catch {
      // What is not proven stays so, and is sent the next time.
      if (state === "up") setTimeout(resend, 1000);
    } finally {
      replaying = false;
      release();
    }
  };

  const typed = () => [...edits].filter(([, edit]) => edit.at === here());

  Object.assign(window.atstatus, {
    connectEdits: connect,
    edits: { isField, ticks, valueOf, labelOf, placeOf, find, findSoon, put, quiet, notify, typed, isProven, isConnected: () => Boolean(server), isSettled, setState, resend, state: () => state },
  });
})();
