// One recording on its way: hashed on the phone, sent by tus, then watched until it is sealed or set aside.
import { csrfToken, icon, make } from "./dom.js";

const CHUNK = 8 * 1024 * 1024;
const POLL_MS = 2000;
const RETRIES_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000];
const GLYPHS = { waiting: "clock", hashing: "search", sending: "send", paused: "pause", checking: "eye", sealed: "seal" };

/** Bytes in words, decimal. */
export function size(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

function hashOf(file, progress) {
  const worker = new Worker(new URL("./hash-worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error("The fingerprint could not be computed."));
    worker.onmessage = ({ data }) => {
      if (data.done !== undefined) progress(data.done / file.size);
      else if (data.sha256) resolve(data.sha256);
      else reject(new Error(`The file could not be read: ${data.error}`));
    };
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}

export class Sending extends EventTarget {
  constructor({ file = null, title, incident = "", endpoint = "", status, id = "" }) {
    super();
    Object.assign(this, { file, title, incident, endpoint, status, id, sending: false });
    this.build();
    this.show("waiting", "Waiting");
  }

  build() {
    this.words = make("span");
    this.glyph = make("span");
    this.bar = make("progress", { max: 1, value: 0, "aria-label": `Progress of ${this.title}` });
    this.hash = make("p", { class: "sending-hash" });
    this.more = make("div", { class: "row" });
    this.named = make("bdi", {}, this.title);
    const name = make("p", { class: "sending-name" }, this.named, this.file ? ` · ${size(this.file.size)}` : "");
    const state = make("p", { class: "sending-state", role: "status" }, this.glyph, this.words);
    this.node = make("li", {}, name, state, this.bar, this.hash, this.more);
  }

  show(state, words, part = null) {
    if (state !== this.state) {
      this.node.className = `sending is-${state}`;
      this.glyph.replaceChildren(icon(GLYPHS[state] ?? "stop"));
      this.state = state;
    }
    if (this.words.textContent !== words) this.words.textContent = words;
    this.bar.hidden = ["waiting", "sealed", "quarantined", "refused"].includes(state);
    if (part === null) this.bar.removeAttribute("value");
    else this.bar.value = part;
  }

  async start() {
    this.sending = true;
    try {
      const upload = new tus.Upload(this.file, this.options());
      const [previous] = await upload.findPreviousUploads();
      if (previous) this.resume(upload, previous);
      else await this.fingerprint(upload);
      this.upload = upload;
      this.pauseButton();
      upload.start();
    } catch (error) {
      this.refuse(error.message);
    }
  }

  // What was begun keeps the title and the fingerprint it was begun with, also when the server has given it up meanwhile.
  resume(upload, previous) {
    const { title, sha256 } = previous.metadata;
    this.title = title || this.title;
    this.named.textContent = this.title;
    if (sha256) this.hash.textContent = `SHA-256 ${sha256}`;
    const { sent_at: _then, ...said } = previous.metadata;
    upload.options.metadata = Object.assign(this.metadata(), said);
    upload.resumeFromPreviousUpload(previous);
  }

  async fingerprint(upload) {
    const sha256 = await hashOf(this.file, (part) => this.show("hashing", `Fingerprint ${Math.floor(part * 100)} %`, part));
    this.hash.textContent = `SHA-256 ${sha256}`;
    upload.options.metadata = Object.assign(this.metadata(), { sha256 });
  }

  // The server compares sent_at with its own clock, so it is read anew whenever the upload is asked for.
  metadata() {
    return {
      filename: this.file.name,
      filetype: this.file.type,
      title: this.title,
      incident: this.incident,
      recorded_at: new Date(this.file.lastModified).toISOString(),
      get sent_at() {
        return new Date().toISOString();
      },
    };
  }

  options() {
    return {
      endpoint: this.endpoint,
      chunkSize: CHUNK,
      retryDelays: RETRIES_MS,
      metadata: this.metadata(),
      headers: { "X-CSRFToken": csrfToken() },
      removeFingerprintOnSuccess: true,
      fingerprint: async (file) => ["tus", this.endpoint, this.incident, file.name, file.size, file.lastModified].join("-"),
      onShouldRetry: (error) => this.worthRetrying(error),
      onProgress: (sent, total) => this.show("sending", `Sending ${Math.floor((sent / total) * 100)} %`, sent / total),
      onError: (error) => this.failed(error),
      onSuccess: () => this.sent(),
    };
  }

  // A refusal stays a refusal; a lock, a busy server or a lost network is worth another try.
  worthRetrying(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const again = status === 0 || status >= 500 || [409, 423, 429, 460].includes(status);
    if (again && !this.paused) this.show("waiting", navigator.onLine ? "Trying again" : "Waiting for the network");
    return again;
  }

  failed(error) {
    const answer = error.originalResponse;
    if (!answer) {
      this.show("paused", "The server cannot be reached. Nothing is lost; it goes on where it stopped.", 0);
      this.paused = true;
      return this.pauseButton();
    }
    let said = "";
    if ((answer.getHeader("Content-Type") ?? "").includes("json")) {
      const { detail = "", remedy = "" } = JSON.parse(answer.getBody());
      said = `${detail} ${remedy}`.trim();
    }
    return this.refuse(said || answer.getBody()?.slice(0, 200) || `The server answered ${answer.getStatus()}.`);
  }

  refuse(reason) {
    this.sending = false;
    this.more.replaceChildren();
    this.show("refused", `Not taken. ${reason}`);
    this.dispatchEvent(new Event("over"));
  }

  pauseButton() {
    const label = this.paused ? "Go on" : "Pause";
    const button = make("button", { type: "button", class: "button" }, icon(this.paused ? "play" : "pause"), label);
    button.addEventListener("click", () => (this.paused ? this.again() : this.pause()));
    this.more.replaceChildren(button);
  }

  async pause() {
    this.paused = true;
    await this.upload.abort();
    this.show("paused", "Paused", this.bar.value);
    this.pauseButton();
  }

  again() {
    if (!this.upload || !this.sending) return;
    this.paused = false;
    this.pauseButton();
    this.upload.start();
  }

  sent() {
    this.sending = false;
    this.more.replaceChildren();
    this.id = new URL(this.upload.url, location.href).pathname.split("/").filter(Boolean).pop();
    this.dispatchEvent(new Event("sent"));
    this.check();
  }

  /** Asks what became of it until the answer is final. */
  async check() {
    this.show("checking", "Arrived. The server is checking it.");
    for (;;) {
      const now = await this.ask();
      if (now.state === "sealed") return this.sealed(now);
      if (now.state === "quarantined") return this.setAside(now);
      if (now.state === "gone" && !this.file) return this.vanish();
      if (now.state === "terminated" || now.state === "gone") return this.refuse("It was given up before it was complete.");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async ask() {
    const headers = { Accept: "application/json", "X-Blotter-Poll": "1" };
    const answer = await fetch(this.status.replace("{id}", encodeURIComponent(this.id)), { headers }).catch(() => null);
    if (answer?.status === 401) location.reload();
    if (answer?.status === 404) return { state: "gone" };
    const now = answer?.ok ? await answer.json() : { state: "unknown" };
    if (now.title) this.named.textContent = now.title;
    return now;
  }

  sealed(now) {
    this.show("sealed", "Sealed. You may keep or delete your copy as your agency's rules say.");
    if (now.sha256) this.hash.textContent = `SHA-256 ${now.sha256}`;
    this.offer(now, "Keep the receipt: signed, it shows what you sent and when it was sealed, also without this server.");
    this.dispatchEvent(new Event("over"));
  }

  setAside(now) {
    const reason = (now.reason || "It could not be checked.").replace(/[^.!?]$/, "$&.");
    this.show("quarantined", `Set aside, not sealed. ${reason} Keep your copy.`);
    this.offer(now, "The receipt, signed, says what arrived and that it was set aside.");
    this.dispatchEvent(new Event("over"));
  }

  // The item's page, and the receipt to keep.
  offer({ url, receipt }, words) {
    const open = url ? [make("a", { class: "button", href: url }, "Open")] : [];
    const keep = receipt ? [make("a", { class: "button quiet", href: receipt, download: "" }, icon("page"), "Receipt")] : [];
    this.more.replaceChildren(...open, ...keep);
    if (receipt) this.more.after(make("p", { class: "sending-note" }, words));
  }

  // Somebody else's, looked up by a phone that changed hands: nothing is said of it.
  vanish() {
    this.node.remove();
    this.dispatchEvent(new Event("over"));
  }
}
