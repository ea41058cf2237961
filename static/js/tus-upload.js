// <phone-upload data-endpoint data-status data-max-bytes>: chooses files, and sends them one after the other.
import { make } from "./dom.js";
import { Sending, size } from "./sending.js";

const SENT_KEY = "blotter:sent";
const MOST_KEPT = 20;

class PhoneUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.list = this.querySelector("[data-list]");
    this.form.noValidate = true;
    this.files = [];
    this.waiting = [];
    for (const input of this.form.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.chose(input));
      if (input.files.length) this.chose(input); // chosen before this script was there
    }
    this.form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.current?.sending) event.preventDefault();
    });
    window.addEventListener("online", () => this.current?.again());
    this.form.querySelector("[type=submit]").disabled = false; // before this, sending would leave the page with nothing sent
    this.lookAgain();
    this.unfinished();
  }

  chose(input) {
    for (const other of this.form.querySelectorAll("input[type=file]")) {
      if (other !== input) other.value = "";
      other.closest(".picker").classList.toggle("is-chosen", other === input && input.files.length > 0);
    }
    this.files = [...input.files];
    const total = this.files.reduce((sum, file) => sum + file.size, 0);
    const names = this.files.map((file) => file.name).join(", ");
    this.querySelector("[data-picked]").textContent = this.files.length ? `${names} · ${size(total)}` : "Nothing chosen yet.";
    this.complain("");
  }

  complain(message) {
    const place = this.querySelector("[data-error]");
    place.textContent = message;
    place.hidden = !message;
  }

  fault() {
    const most = Number(this.dataset.maxBytes) || Infinity;
    if (!this.form.incident.value) return ["Choose the incident this belongs to.", this.form.incident];
    if (!this.files.length) return ["Record something, or choose a file.", this.form.querySelector("input[type=file]")];
    const large = this.files.find((file) => file.size > most);
    if (large) return [`${large.name} is larger than ${size(most)}, the most this agency takes.`, null];
    const empty = this.files.find((file) => file.size === 0);
    return empty ? [`${empty.name} is empty: there is nothing in it to keep.`, null] : null;
  }

  submitted(event) {
    event.preventDefault();
    const fault = this.fault();
    if (fault) {
      this.complain(fault[0]);
      fault[1]?.focus();
      return;
    }
    this.complain("");
    this.files.forEach((file, place) => this.add(file, this.titleOf(file, place)));
    this.clear();
    this.next();
  }

  titleOf(file, place) {
    const title = this.form.elements.title.value.trim() || file.name;
    return this.files.length > 1 && title !== file.name ? `${title} (${place + 1})` : title;
  }

  clear() {
    this.form.elements.title.value = "";
    for (const input of this.form.querySelectorAll("input[type=file]")) {
      input.value = "";
      this.chose(input);
    }
  }

  add(file, title) {
    const { endpoint, status } = this.dataset;
    const sending = new Sending({ file, title, endpoint, status, incident: this.form.incident.value });
    sending.addEventListener("sent", () => {
      this.keep(sending);
      this.free(sending);
    });
    sending.addEventListener("over", () => {
      this.forgetUnlessDecided(sending);
      this.free(sending);
    });
    this.list.prepend(sending.node);
    this.waiting.push(sending);
  }

  next() {
    if (this.current || !this.waiting.length) return;
    this.current = this.waiting.shift();
    this.current.start();
    navigator.wakeLock?.request("screen").then(
      (lock) => (this.lock = lock),
      () => {},
    );
  }

  free(sending) {
    if (this.current !== sending) return;
    this.current = null;
    this.lock?.release();
    this.next();
  }

  // What was sent in this window is looked up again after a reload: is it sealed, and where is its receipt? Ids only.
  kept() {
    return JSON.parse(sessionStorage.getItem(SENT_KEY) ?? "[]");
  }

  keep({ id }) {
    const others = this.kept().filter((one) => one !== id);
    sessionStorage.setItem(SENT_KEY, JSON.stringify([...others, id].slice(-MOST_KEPT)));
  }

  forgetUnlessDecided({ id, state }) {
    if (["sealed", "quarantined"].includes(state)) return;
    sessionStorage.setItem(SENT_KEY, JSON.stringify(this.kept().filter((one) => one !== id)));
  }

  lookAgain() {
    for (const id of this.kept()) {
      const sending = new Sending({ title: "A recording", id, status: this.dataset.status });
      sending.addEventListener("over", () => this.forgetUnlessDecided(sending));
      this.list.prepend(sending.node);
      sending.check();
    }
  }

  async unfinished() {
    const previous = (await globalThis.tus?.defaultOptions.urlStorage.findAllUploads()) ?? [];
    if (!previous.length) return;
    const names = previous.map((item) => item.metadata?.filename).filter(Boolean).join(", ");
    const words = `Unfinished: ${names}. Choose the same file and incident again; it goes on where it stopped.`;
    this.form.before(make("p", { class: "notice is-doubt", role: "status" }, words));
  }
}

customElements.define("phone-upload", PhoneUpload);
