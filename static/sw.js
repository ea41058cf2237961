// Lets the phone page open without a network: keeps the product's own static files and an empty shell. Never evidence,
// never a page with data. Takes in what other apps share, encrypted, into the phone's queue.
import { room } from "/static/js/queue-order.js";
import { records } from "/static/js/queue-record.js";
import { kept, put } from "/static/js/queue-store.js";
import { take } from "/static/js/queue-taking.js";

const RELEASE = "/static/"; // as served, with the digest of all static files in it: any change makes this another worker
const CACHE = `blotter ${RELEASE}`;
const SHELL = "/phone/shell";
const AWAY = "/phone/offline";
const ALWAYS = [
  "/static/css/tokens.css",
  "/static/css/base.css",
  "/static/css/layout.css",
  "/static/css/components.css",
  "/static/css/forms.css",
  "/static/css/flow.css",
  "/static/css/surfaces.css",
  "/static/css/phone.css",
  "/static/css/themes.css",
  "/static/css/voice.css",
  "/static/icons/blotter.svg",
  "/static/icons/blotter-192.png",
  "/static/icons/sprite.svg",
  "/static/js/confirm-dialog.js",
  "/static/js/dom.js",
  "/static/js/forms.js",
  "/static/js/idle.js",
  "/static/js/leaving.js",
  "/static/js/local-time.js",
  "/static/js/phone-day.js",
  "/static/js/phone-notices.js",
  "/static/js/phone-upload.js",
  "/static/js/phone.js",
  "/static/js/queue-link.js",
  "/static/js/queue-list.js",
  "/static/js/queue-order.js",
  "/static/js/queue-record.js",
  "/static/js/queue-row.js",
  "/static/js/queue-seal.js",
  "/static/js/queue-send.js",
  "/static/js/queue-store.js",
  "/static/js/queue-taking.js",
  "/static/js/queue-words.js",
  "/static/js/queue.js",
  "/static/js/sha256.js",
  "/static/js/take-worker.js",
  "/static/js/theme-first.js",
  "/static/js/theme.js",
  "/static/js/voice-note.js",
  "/static/js/words.js",
  "/static/vendor/tus.min.js",
];
// The shell and the page for want of a network in every language, and what scripts say in those that are not English.
const SPOKEN = ["en", "es-US"].flatMap((tag) => [SHELL, AWAY].map((path) => inLanguage(path, tag))).concat("/words/es.js");

function inLanguage(path, tag) {
  return `${path}?language=${tag}`;
}

// One lost answer on a poor network must not cost the whole installation. What the page has loaded is not loaded again.
async function fill(cache, path, tries = 3) {
  try {
    await cache.add(path);
  } catch (error) {
    if (tries === 1) throw error;
    await fill(cache, path, tries - 1);
  }
}

self.addEventListener("install", (event) => {
  const filled = caches.open(CACHE).then((cache) => Promise.all([...ALWAYS, SHELL, ...SPOKEN].map((path) => fill(cache, path))));
  event.waitUntil(filled.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

// An address of this release names its content: the kept copy is the file. Of others, and of words, the server is asked first.
async function file(request) {
  const cache = await caches.open(CACHE);
  const path = new URL(request.url).pathname;
  const address = path.startsWith("/words/") ? path : RELEASE + path.replace(/^\/static\/(v-[0-9a-f]+\/)?/, "");
  const here = await cache.match(address);
  if (here && path.startsWith(RELEASE)) return here;
  try {
    const answer = await fetch(request);
    if (path === address && answer.status === 200 && answer.type === "basic") await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (here) return here;
    throw error;
  }
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const path = new URL(request.url).pathname === "/phone" ? SHELL : AWAY;
    const tag = await kept("language").catch(() => ""); // the one last used on this phone
    return (await caches.match(inLanguage(path, tag || "en"))) ?? caches.match(inLanguage(path, "en"));
  }
}

// "Share to Blotter" from another app: the records first, so that the page shows them; the bytes while it opens.
async function share(event) {
  const back = (how) => Response.redirect(how ? `/phone?shared=${how}` : "/phone", 303);
  try {
    const form = await event.request.formData();
    const files = form.getAll("files").filter((one) => one instanceof File && one.size > 0);
    const me = await kept("me");
    if (!me) return back("nobody");
    if (!files.length) return back("failed");
    const total = files.reduce((sum, one) => sum + one.size, 0);
    if (!room(total, await navigator.storage?.estimate?.()).fits) return back("full");
    const title = String(form.get("title") ?? "").slice(0, 200);
    const said = (file) => ({ title: files.length === 1 && title ? title : file.name, incident: "", label: "", category: "", position: null });
    const made = await records(me, files, said);
    const taken = navigator.locks.request("blotter-taking", { mode: "shared" }, async () => {
      await put(...made);
      for (const [place, one] of made.entries()) {
        await take(one.id, files[place]);
        const channel = new BroadcastChannel("blotter-queue");
        channel.postMessage({ kind: "changed", id: one.id });
        channel.close();
      }
    });
    event.waitUntil(taken);
    return back("");
  } catch {
    return back("failed");
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/phone/share") event.respondWith(share(event));
  if (request.method !== "GET") return;
  if (/^\/(static|words)\//.test(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
