// Short messages: said in the one live region, shown for some seconds, held while pointed at or focused.

import { all, make, one } from "./dom.js";

const SHOWN_FOR = 5000;

export function say(text) {
  const live = one("#live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

export function toast(text) {
  const box = make("div", { class: "toast-x" }, make("span", { class: "grow" }, text));
  one("#toasts")?.replaceChildren(box);
  say(text);
  expire(box);
}

function expire(box) {
  let timer = setTimeout(() => box.remove(), SHOWN_FOR);
  const hold = () => clearTimeout(timer);
  const go = () => { hold(); timer = setTimeout(() => box.remove(), SHOWN_FOR); };
  box.addEventListener("pointerenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("pointerleave", go);
  box.addEventListener("focusout", go);
}

export function startMessages() {
  for (const box of all("#toasts [data-toast]")) {
    say(box.textContent.trim());
    expire(box);
  }
  document.addEventListener("bw:toast", (event) => toast(event.detail.text));
  document.addEventListener("bw:say", (event) => say(event.detail.text));
}
