// Short messages: said in the one live region, shown for some seconds, held while pointed at or focused.

import { all, make, one } from "./dom.js";

const SHOWN_FOR = 5_000;
const UNDO_FOR = 10_000;

export function say(text) {
  const live = one("#live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

export function toast(text) {
  const box = make("div", { class: "toast-x" }, make("span", { class: "grow" }, text));
  show(box, SHOWN_FOR);
}

// What the server put on the page to be taken back is moved to where messages are.
export function takeUndo() {
  const box = one("#main [data-undo]");
  if (!box) return;
  show(box, UNDO_FOR);
  box.addEventListener("submit", () => box.setAttribute("aria-busy", "true"));
  box.addEventListener("htmx:afterRequest", () => box.remove());
}

function show(box, milliseconds) {
  one("#toasts")?.replaceChildren(box);
  say(one("span", box).textContent.trim());
  expire(box, milliseconds);
}

// The time stands still while the message is pointed at or focused.
function expire(box, milliseconds) {
  let left = milliseconds;
  let since = 0;
  let timer = 0;
  const go = () => {
    if (timer || box.matches(":hover, :focus-within, [aria-busy]")) return;
    since = Date.now();
    timer = setTimeout(() => box.remove(), left);
  };
  const hold = () => {
    if (!timer) return;
    clearTimeout(timer);
    left -= Date.now() - since;
    timer = 0;
  };
  for (const kind of ["pointerenter", "focusin"]) box.addEventListener(kind, hold);
  // The focus is not inside any more only after this event.
  for (const kind of ["pointerleave", "focusout"]) box.addEventListener(kind, () => setTimeout(go));
  go();
}

export function startMessages() {
  for (const box of all("#toasts [data-toast]")) {
    say(box.textContent.trim());
    expire(box, SHOWN_FOR);
  }
  document.addEventListener("bw:toast", (event) => toast(event.detail.text));
  document.addEventListener("bw:say", (event) => say(event.detail.text));
}
