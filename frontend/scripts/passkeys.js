// Passkeys: asks the browser for a key, puts its answer into the form that asked, and sends it.
//
// A form with data-passkey="get" or "create" names the address of the question in data-options, and in
// data-cancelled, data-known and data-nowhere what to say when nothing comes of it.

import { all, one } from "./dom.js";

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const RENEWED_AFTER = 4 * 60 * 1000;
let offer = null;

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function read(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const each of options.excludeCredentials ?? []) each.id = toBytes(each.id);
  return options;
}

function write(credential) {
  const { response } = credential;
  const given = PARTS.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
  const transports = response.getTransports ? { transports: response.getTransports() } : {};
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: { ...Object.fromEntries(given), ...transports },
    clientExtensionResults: {},
  });
}

class Refused extends Error {}

async function question(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  const asked = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(asked.detail);
  return read(asked);
}

async function ask(form, extras = {}) {
  const options = { publicKey: await question(form), ...extras };
  const credential = await navigator.credentials[form.dataset.passkey](options);
  one("[name=answer]", form).value = write(credential);
  form.submit();
}

function say(form, failure) {
  const { cancelled, known, nowhere } = form.dataset;
  const told = { InvalidStateError: known, SecurityError: nowhere, NotSupportedError: nowhere, TypeError: nowhere };
  const place = one("[data-passkey-fault]", form);
  one("span", place).textContent = (failure instanceof Refused && failure.message) || told[failure.name] || cancelled;
  place.hidden = false;
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = event.submitter ?? one("[type=submit]", form);
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  one("[data-passkey-fault]", form).hidden = true;
  offer?.abort();
  try {
    await ask(form);
  } catch (failure) {
    say(form, failure);
    button.removeAttribute("aria-busy");
  }
}

// Offers keys among the logins that the browser remembers; the question is asked anew before it is too old.
async function offerAmongLogins(form) {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  offer = new AbortController();
  const renewal = setTimeout(() => { offer.abort(); offerAmongLogins(form); }, RENEWED_AFTER);
  offer.signal.addEventListener("abort", () => clearTimeout(renewal));
  // What comes of nobody choosing a key is nothing to be told.
  await ask(form, { mediation: "conditional", signal: offer.signal }).catch(() => clearTimeout(renewal));
}

for (const form of all("form[data-passkey]")) {
  form.addEventListener("submit", send);
  one("[type=submit]", form).disabled = false;
  if (form.hasAttribute("data-among-logins")) offerAmongLogins(form);
}
for (const button of all("[data-print]")) button.addEventListener("click", () => print());
