// The queue: files wait on the phone, are sent one at a time, and are watched until the server has sealed them.
import { inTime } from "./queue-link.js";
import { backOff, held, order, room, size } from "./queue-order.js";
import { records } from "./queue-record.js";
import { keyOf, sealWords, unsealWords } from "./queue-seal.js";
import { idOf, send } from "./queue-send.js";
import * as store from "./queue-store.js";
import { N_, _, locale } from "./words.js";

const POLL_MS = 2000;
const AT_A_TIME = 8;
const STALLED_MS = 60_000;
const STATUS = (id) => `/api/v1/uploads/${encodeURIComponent(id)}/status`;
const ANEW = () => ({ url: "", sent: 0, key: crypto.randomUUID() }); // another upload, from the first byte
const FINAL = ["sealed", "quarantined", "refused", "torn", "twin"];
const time = (at) => new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
const locks = navigator.locks ?? { request: (_name, options, act) => (act ?? options)({}) };

export class Queue extends EventTarget {
  constructor(link, { endpoint = "/api/v1/uploads", maxBytes = Infinity } = {}) {
    super();
    Object.assign(this, { link, endpoint, maxBytes, records: new Map(), progress: new Map(), said: new Map() });
    Object.assign(this, { settings: { wifiOnly: false, autoRemove: true }, tries: 0, notBefore: 0, sender: false });
    this.channel = new BroadcastChannel("blotter-queue");
    this.channel.onmessage = ({ data }) => this.heard(data);
    link.addEventListener("change", () => this.wake());
    navigator.connection?.addEventListener?.("change", () => this.hurry());
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  /** Reads what is kept; then this tab sends as soon as no other tab does. */
  async start() {
    Object.assign(this.settings, await store.kept("settings"));
    for (const one of await store.items()) this.records.set(one.id, one);
    this.changed();
    locks.request("blotter-sending", () => this.run()).catch((error) => console.error("The queue stopped:", error));
  }

  // Another of our tabs, or the service worker, changed something.
  async heard({ id, done, kind }) {
    if (kind === "settings") Object.assign(this.settings, await store.kept("settings"));
    if (kind === "stop" && this.sending?.id === id) this.stop?.(done);
    if (kind === "progress") this.progress.set(id, done);
    if (kind === "limit") this.limit = done;
    if (kind === "changed") {
      const found = await store.item(id);
      if (found) this.records.set(id, found);
      else this.records.delete(id);
      if (this.progress.get(id) !== undefined && found?.state !== "sending" && found?.state !== "keeping") this.progress.delete(id);
    }
    this.changed();
    this.wake();
  }

  changed() {
    if (this.told) return;
    this.told = setTimeout(() => {
      this.told = 0;
      this.dispatchEvent(new Event("change"));
    }, 50);
  }

  async set(id, fields) {
    const found = await store.change(id, fields);
    if (found) this.records.set(id, found);
    else this.records.delete(id);
    this.channel.postMessage({ kind: "changed", id });
    this.changed();
    return found;
  }

  report(id, done) {
    this.progress.set(id, done);
    this.channel.postMessage({ kind: "progress", id, done });
    this.changed();
  }

  /** What a file is called and belongs to; decrypted when first asked for. */
  async words(record) {
    if (!this.said.has(record.id)) {
      const key = await keyOf(record.owner);
      this.said.set(record.id, await unsealWords(key, record.said, `said:${record.id}`));
    }
    return this.said.get(record.id);
  }

  get mine() {
    return [...this.records.values()].filter((one) => one.owner === this.link.me);
  }

  get waiting() {
    return this.mine.filter((one) => !FINAL.includes(one.state));
  }

  /**
   * Takes files in: records at once, bytes in the background. Throws with the reason when the phone cannot hold them.
   * `told(file, number)`: {title, incident, label, category, position} of each.
   */
  async add(files, told) {
    if (!this.link.me) await this.link.refresh(); // the first answer may still be on its way
    if (!this.link.me) throw new Error(_("Sign in once while there is a network; then Blotter works without one."));
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const { fits, free } = room(total, await navigator.storage?.estimate?.().catch(() => null));
    if (!fits) throw new Error(_("These need {total}; this phone lets Blotter keep {free} more. Free some space, or send fewer.", { total: size(total), free: size(free) }));
    navigator.storage?.persist?.().catch(() => {});
    const made = await records(this.link.me, files, told);
    await store.put(...made);
    for (const one of made) this.records.set(one.id, one);
    this.changed();
    this.takeIn(made, files);
    return made.map((one) => one.id);
  }

  takeIn(made, files) {
    this.worker ??= this.workerThatTakes();
    const taken = new Promise((resolve) => (this.resolveTaken = resolve));
    this.taking = (this.taking ?? 0) + made.length;
    locks.request("blotter-taking", { mode: "shared" }, () => taken);
    made.forEach(({ id }, place) => this.worker.postMessage({ id, file: files[place] }));
    this.awake();
  }

  workerThatTakes() {
    const worker = new Worker(new URL("./take-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = async ({ data: { id, bytes, state } }) => {
      if (!state) return this.report(id, bytes);
      this.progress.delete(id);
      this.taking -= 1;
      await this.heard({ kind: "changed", id });
      this.channel.postMessage({ kind: "changed", id });
      if (!this.taking) this.resolveTaken();
    };
    worker.onerror = (event) => console.error("Taking in failed:", event.message);
    return worker;
  }

  // ——— Sending: only in the tab that holds the lock.

  async run() {
    this.sender = true;
    await this.recover();
    this.watch();
    for (;;) {
      const next = this.next();
      if (!next) {
        this.awake();
        await this.pause();
        if (this.link.state === "out" && Date.now() - this.link.asked > 25_000) this.link.refresh();
        continue;
      }
      await this.sendOne(next).catch((error) => this.failed(next, { kind: "broken", words: error.message }));
    }
  }

  // What a killed page left behind: half-taken files cannot be ended without the file; half-sent ones go on.
  async recover() {
    await locks.request("blotter-taking", { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      for (const one of await store.items()) {
        if (one.state !== "keeping") continue;
        await store.dropPieces(one.id);
        await this.set(one.id, { state: "torn", reason: N_("Blotter was closed before it was taken in. Choose it again.") });
      }
    });
    for (const one of this.records.values()) if (one.state === "sending") await this.set(one.id, { state: "waiting" });
  }

  /** Why nothing is being sent, in words, or "". */
  get block() {
    if (this.link.state === "out") return _("Waiting until you sign in again");
    if (this.link.state === "away" && this.tries) return navigator.onLine ? _("Trying again") : _("Waiting for the network");
    if (this.limit?.until > Date.now()) return _("Waiting until {time}. {words}", { time: time(this.limit.until), words: this.limit.words }).trim().replace(/\.$/, "");
    return held(this.settings);
  }

  next() {
    if (this.link.state === "out" || held(this.settings) || Date.now() < Math.max(this.notBefore, this.limit?.until ?? 0)) return null;
    const ready = order([...this.records.values()], this.link.me).filter((one) => !(one.notBefore > Date.now()));
    return ready[0] ?? null;
  }

  // Until something happens, or a wait is over.
  pause() {
    const times = [this.notBefore, this.limit?.until ?? 0, ...[...this.records.values()].map((one) => one.notBefore ?? 0)];
    const soon = Math.min(...times.filter((one) => one > Date.now()), Date.now() + 30_000);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(20, soon - Date.now()));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake() {}

  hurry() {
    this.notBefore = 0;
    if (this.link.state !== "in") this.link.refresh();
    this.wake();
    this.awake();
  }

  async sendOne(record) {
    if (this.link.state !== "in" && (await this.link.refresh()) !== "in") {
      return this.link.state === "away" ? this.failed(record, { kind: "away" }) : undefined;
    }
    if (record.owner !== this.link.me) return undefined; // somebody else signed in meanwhile
    const said = await this.words(record);
    this.sending = await this.set(record.id, { state: "sending" });
    if (!this.sending) return undefined; // removed meanwhile
    this.awake();
    let moved = Date.now();
    const hooks = {
      csrf: () => this.link.csrf,
      began: (url) => this.set(record.id, { url }),
      kept: (sent) => {
        this.tries = 0;
        return this.set(record.id, { sent });
      },
      progress: (sent) => {
        moved = Date.now();
        this.report(record.id, sent);
      },
    };
    const ended = send(record, said, this.endpoint, hooks);
    this.stop = hooks.stop;
    // A network that was changed under way leaves a connection that never ends.
    const stalls = setInterval(() => Date.now() - moved > STALLED_MS && hooks.stop("away"), 5000);
    const outcome = await ended;
    clearInterval(stalls);
    this.sending = this.stop = null;
    this.progress.delete(record.id);
    if (outcome.kind !== "sent") return this.failed(record, outcome);
    this.tries = 0;
    return this.set(record.id, { state: "checking", url: outcome.url, upload: idOf(outcome.url), sent: record.size });
  }

  async failed(record, { kind, words = "", wait = 0, field = "" }) {
    const now = this.records.get(record.id);
    if (!now) return undefined;
    if (kind === "paused") return this.set(record.id, { state: "paused" });
    if (kind === "removed") return undefined;
    if (kind === "refused" || kind === "broken") return this.set(record.id, { state: "refused", reason: words, field });
    if (kind === "out") return this.lost(record);
    if (kind === "later") return this.asked(record, { until: Date.now() + Math.max(wait, 1000), words });
    const one = ["busy", "anew"].includes(kind); // this file, not the network
    const tries = (one ? (now.tries ?? 0) : this.tries) + 1;
    const until = Date.now() + Math.max(wait, backOff(tries));
    if (one) return this.set(record.id, { state: "waiting", tries, notBefore: until, ...(kind === "anew" && ANEW()) });
    Object.assign(this, { tries, notBefore: until });
    if (this.link.state === "in") this.link.become("away");
    return this.set(record.id, { state: "waiting", reason: words });
  }

  // The server takes so many in an hour: it is there, nothing is lost, and it said when it takes the next.
  async asked(record, limit) {
    this.limit = limit;
    this.channel.postMessage({ kind: "limit", done: limit });
    return this.set(record.id, { state: "waiting" });
  }

  // The session ended, or its token is another: asked anew, once; if that does not help it waits for the person.
  async lost(record) {
    const before = this.link.csrf;
    if ((await this.link.refresh()) === "in" && this.link.csrf === before) this.link.become("out");
    return this.set(record.id, { state: "waiting" });
  }

  // ——— Watching: what became of what arrived.

  async watch() {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const arrived = this.mine.filter((one) => one.state === "checking").slice(0, AT_A_TIME);
      if (this.link.state === "out") continue;
      for (const one of arrived) await this.look(one).catch((error) => console.warn("Looking failed:", error.message));
    }
  }

  async look(record) {
    const headers = { Accept: "application/json", "X-Blotter-Poll": "1" };
    const answer = await fetch(STATUS(record.upload), { headers, cache: "no-store", signal: inTime() }).catch(() => null);
    if (!answer) return undefined;
    if (answer.status === 401) return this.link.become("out");
    const now = answer.status === 404 ? { state: "gone" } : answer.ok ? await answer.json() : { state: "unknown" };
    if (now.state === "sealed") return this.sealed(record, now);
    const seen = { reason: now.reason ?? "", open: now.url ?? "", receipt: now.receipt ?? "" };
    if (now.state === "quarantined") return this.set(record.id, { state: "quarantined", ...seen });
    // The server has nothing of it: it is sent anew, from what is still here.
    if (["gone", "terminated"].includes(now.state)) return this.set(record.id, { state: "waiting", ...ANEW() });
    return undefined;
  }

  // Only what the server sealed under the same fingerprint may leave the phone.
  async sealed(record, { sha256, url, receipt }) {
    if (sha256 !== record.sha256) return this.set(record.id, { state: "refused", reason: N_("The server sealed other bytes. Keep your copy.") });
    if (this.settings.autoRemove) await store.dropPieces(record.id);
    return this.set(record.id, { state: "sealed", sealedAt: Date.now(), open: url, receipt, removed: this.settings.autoRemove });
  }

  // ——— What a person does.

  async choose(settings) {
    Object.assign(this.settings, settings);
    const { override: _once, ...lasting } = this.settings;
    await store.keep("settings", lasting);
    this.channel.postMessage({ kind: "settings" });
    this.changed();
    this.wake();
  }

  async pauseOne(id) {
    await this.breakOff(id, "paused");
    await this.set(id, { state: "paused" });
  }

  async goOn(id) {
    await this.set(id, { state: "waiting", notBefore: 0, tries: 0, reason: "" });
    this.hurry();
  }

  async retarget(id, incident, label) {
    const record = this.records.get(id);
    const said = { ...(await this.words(record)), label };
    this.said.set(id, said);
    await this.giveUp(record);
    await this.set(id, { target: incident, ...ANEW(), said: await sealWords(await keyOf(record.owner), said, `said:${id}`) });
    await this.goOn(id);
  }

  /** Removes a file from this phone; what was begun on the server is given up there, when it can be told. */
  async remove(id) {
    const record = this.records.get(id);
    await this.breakOff(id, "removed");
    await store.remove(id);
    this.records.delete(id);
    this.channel.postMessage({ kind: "changed", id });
    this.changed();
    if (record && !["sealed", "checking", "quarantined"].includes(record.state)) await this.giveUp(record);
  }

  async dropCopy(id) {
    await store.dropPieces(id);
    await this.set(id, { removed: true });
  }

  async giveUp({ url }) {
    if (!url) return;
    const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": this.link.csrf };
    await fetch(url, { method: "DELETE", headers, signal: inTime() }).catch(() => {}); // it runs out by itself otherwise
  }

  async breakOff(id, why) {
    if (this.sending?.id === id) await this.stop?.(why);
    else if (!this.sender) this.channel.postMessage({ kind: "stop", id, done: why });
  }

  /** The screen stays on while something is on its way. */
  async awake() {
    const busy = this.sending || this.taking;
    if (busy && !this.lock && document.visibilityState === "visible") {
      this.lock = await navigator.wakeLock?.request("screen").catch(() => null);
      this.lock?.addEventListener("release", () => (this.lock = null));
    }
    if (!busy) this.lock?.release().catch(() => {});
  }
}
