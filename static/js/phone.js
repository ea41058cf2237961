// The phone page: the queue and everything that follows it, and the service worker that lets it open without a network.
import "./forms.js";
import "./idle.js";
import "./leaving.js";
import "./local-time.js";
import "./theme.js";
import "./phone-day.js";
import "./phone-notices.js";
import "./phone-upload.js";
import "./queue-list.js";
import "./voice-note.js";
import { Link } from "./queue-link.js";
import { Queue } from "./queue.js";
import { keep } from "./queue-store.js";
import { _ } from "./words.js";

const SHARED = {
  nobody: _("Sign in once while there is a network, then share again: nothing was taken in."),
  full: _("This phone has no room for what was shared. Free some space, then share again."),
  failed: _("What was shared could not be read. Choose it with “Choose files”."),
};
const FOLLOWERS = "phone-notices, phone-upload, phone-day, phone-settings, queue-list";

// How many reports wait for the person: returned ones and drafts.
function showReports({ returned = 0, drafts = 0 } = {}) {
  const badge = document.querySelector("[data-reports]");
  if (!badge) return;
  badge.hidden = !(returned + drafts);
  badge.textContent = String(returned + drafts);
  badge.setAttribute("aria-label", _("{returned} returned, {drafts} drafts", { returned, drafts }));
}

async function begin(upload) {
  const link = new Link();
  const queue = new Queue(link, { maxBytes: Number(upload.dataset.maxBytes) || Infinity });
  link.addEventListener("change", () => showReports(link.day?.reports));
  await link.restore().catch((error) => console.warn("Nothing is kept here:", error.message));
  for (const one of document.querySelectorAll(FOLLOWERS)) one.follow(queue);
  await queue.start().catch((error) => console.warn("The queue is not kept here:", error.message));
  await link.refresh();
  keep("language", document.documentElement.lang).catch(() => {}); // by it the service worker chooses what it shows without a network
  window.addEventListener("beforeunload", (event) => {
    if (queue.taking) event.preventDefault(); // what is being taken in would be torn; what is being sent goes on later
  });
  const shared = SHARED[new URLSearchParams(location.search).get("shared")];
  if (shared) upload.complain(shared);
}

const upload = document.querySelector("phone-upload");
if (upload) begin(upload);

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/", type: "module" }).catch((error) => {
    console.warn("Blotter works without its service worker:", error.message);
  });
}
