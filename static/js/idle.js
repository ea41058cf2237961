// After <body data-idle-minutes> without a hand on it, the page hides what it shows and asks the server anew.

const minutes = Number(document.body.dataset.idleMinutes);
const KEY = "blotter:touched";
const touched = () => localStorage.setItem(KEY, String(Date.now()));

function playing() {
  return [...document.querySelectorAll("video, audio")].some((media) => !media.paused);
}

function look() {
  if (playing()) touched();
  if (Date.now() - Number(localStorage.getItem(KEY)) < minutes * 60_000) return;
  document.body.replaceChildren();
  location.reload();
}

if (minutes > 0) {
  touched();
  for (const kind of ["pointerdown", "keydown", "wheel"]) document.addEventListener(kind, touched, { passive: true });
  setInterval(look, 15_000);
}
