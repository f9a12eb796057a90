// The lease of the item in hand: shown as a ring, renewed by activity, announced in its last minute.

import { all, one } from "./dom.js";
import { say } from "./messages.js";
import { csrfToken } from "./requests.js";
import { word } from "./page.js";

const RENEW_EVERY = 30_000;
const LOW = 60;
const ARC = 50.27;

let lease = null;

// Takes up the lease shown on the page; called again after each swap.
export function takeLease() {
  if (lease) clearInterval(lease.timer);
  const box = one(".lease");
  const [total, seconds] = [Number(box?.dataset.total), Number(box?.dataset.seconds)];
  lease = box && {
    box,
    total,
    endsAt: Date.now() + seconds * 1000,
    renewedAt: Date.now() - (total - seconds) * 1000,
    isLost: box.dataset.lost !== undefined,
    isAnnounced: false,
  };
  if (!lease) return;
  lease.timer = setInterval(draw, 1000);
  draw();
}

function draw() {
  if (lease.isLost) return;
  const seconds = Math.max(0, Math.round((lease.endsAt - Date.now()) / 1000));
  const arc = one("circle + circle", lease.box);
  arc.setAttribute("stroke-dasharray", `${Math.min(1, seconds / lease.total) * ARC} 60`);
  one("b", lease.box).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  lease.box.classList.toggle("is-low", seconds < LOW);
  if (seconds < LOW && !lease.isAnnounced) {
    lease.isAnnounced = true;
    say(word(seconds ? "lease_low" : "lease_ended"));
  }
}

async function renew() {
  if (!lease || lease.isLost || Date.now() - lease.renewedAt < RENEW_EVERY) return;
  const mine = lease;
  mine.renewedAt = Date.now();
  const body = new FormData();
  for (const field of all(":is(.bench-right, [data-holds]) input[type=hidden]")) body.set(field.name, field.value);
  const answer = await fetch(mine.box.dataset.renew, {
    method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
  }).catch(() => null);
  if (mine !== lease || !answer) return;
  if (answer.ok) {
    const { seconds } = await answer.json();
    mine.endsAt = Date.now() + seconds * 1000;
    mine.isAnnounced = false;
    draw();
  } else if (answer.status === 409) {
    lose(mine);
  }
}

function lose(mine) {
  mine.isLost = true;
  mine.box.classList.add("is-low");
  one("b", mine.box).textContent = word("lost");
  const submit = one("[data-submit]");
  submit?.setAttribute("aria-disabled", "true");
  if (submit) submit.dataset.blocked = "";
  const note = one("#lost");
  if (note) {
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  }
  say(word("lease_lost"));
}

export function startLease() {
  takeLease();
  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, renew, { passive: true });
}
