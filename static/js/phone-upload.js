// <phone-upload>: what is captured or chosen, for which incident, under which title; it goes into the queue.
import { make } from "./dom.js";
import { isHevc, size, suggest } from "./queue-order.js";
import { _, several } from "./words.js";

const LATER = "later";
const JUST_NOW = 10 * 60_000;
const NAMED = 3;
const LOOKED_INTO = 50; // files, for what they are

class PhoneUpload extends HTMLElement {
  /** Gives what is chosen to `queue` from now on. */
  follow(queue) {
    this.queue = queue;
    this.form = this.querySelector("form");
    this.form.noValidate = true;
    this.files = [];
    for (const input of this.form.querySelectorAll("input[type=file]")) {
      input.addEventListener("click", () => (input.value = "")); // so that the same file can be chosen again
      input.addEventListener("change", () => this.chose(input));
      if (input.files.length) this.chose(input); // chosen before this script was there
    }
    this.addEventListener("voice", ({ detail }) => this.choose([detail]));
    this.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.form.incident.addEventListener("change", () => (this.picked = true));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.form.querySelector("[type=submit]").disabled = false; // before this, sending would leave the page with nothing sent
    queue.link.addEventListener("change", () => this.offer());
    this.offer();
  }

  // The incidents of the day, also those kept for when there is no network; what was chosen stays chosen.
  offer() {
    const { day, incidents } = this.queue.link;
    if (day && incidents.length) this.fill(this.form.incident, incidents.map((one) => [one.id, one.label]), [LATER, _("Choose later: it stays on this phone")]);
    if (incidents.length === 1 && !this.form.incident.value && !this.picked) this.form.incident.value = incidents[0].id;
    if (day) this.fill(this.form.category, day.categories.map((one) => [one.code, one.name]));
    this.form.category.closest(".field").hidden = this.form.category.options.length < 2;
    if (!this.form.incident.querySelector(`option[value=${LATER}]`)) {
      this.form.incident.append(make("option", { value: LATER }, _("Choose later: it stays on this phone")));
    }
  }

  fill(select, pairs, ...more) {
    const before = select.value;
    const known = [...select.options].slice(1).map((one) => one.value);
    const wanted = [...pairs, ...more];
    if (known.join() === wanted.map(([value]) => value).join()) return;
    if (before && !wanted.some(([value]) => value === before)) wanted.unshift([before, select.selectedOptions[0].textContent]);
    select.replaceChildren(select.options[0], ...wanted.map(([value, label]) => make("option", { value }, label)));
    select.value = before;
  }

  chose(input) {
    if (input.files.length) this.choose([...input.files]);
  }

  choose(files) {
    this.files = [...this.files, ...files];
    this.showPicked();
    this.complain("");
    if (!this.picked) this.suggest(files[0]);
  }

  // By when it was recorded, and where, when the phone may say so.
  async suggest(file) {
    const at = file.lastModified || Date.now();
    const position = Date.now() - at < JUST_NOW ? await this.position() : null;
    const found = suggest(this.queue.link.incidents, at, position);
    if (!found || this.picked || this.form.incident.value === found) return;
    this.form.incident.value = found;
    this.querySelector("[data-suggested]").hidden = false;
  }

  position() {
    if (!this.queue.settings.position || !navigator.geolocation) return null;
    const asked = { maximumAge: 60_000, timeout: 8000, enableHighAccuracy: true };
    return new Promise((resolve) => {
      const said = ({ latitude, longitude, accuracy }) => resolve({ latitude, longitude, accuracy_m: Math.round(accuracy) });
      navigator.geolocation.getCurrentPosition(({ coords }) => said(coords), () => resolve(null), asked);
    });
  }

  showPicked() {
    const total = this.files.reduce((sum, file) => sum + file.size, 0);
    const names = this.files.slice(0, NAMED).map((file) => file.name).join(", ");
    const more = this.files.length > NAMED ? ` ${several("and {n} more", "and {n} more", this.files.length - NAMED)}` : "";
    this.querySelector("[data-picked]").textContent = this.files.length ? `${names}${more} · ${size(total)}` : _("Nothing chosen yet.");
    this.querySelector("[data-clear]").hidden = !this.files.length;
    const heic = this.files.some((file) => /hei[cf]$/i.test(file.type || file.name));
    this.querySelector("[data-heic]").hidden = !heic;
    this.showHevc(this.files);
  }

  // Said as soon as it is known; a choice made anew meanwhile has its own answer.
  async showHevc(files) {
    const some = files.slice(0, LOOKED_INTO);
    const found = await Promise.all(some.map((file) => isHevc(file).catch(() => false)));
    if (files === this.files) this.querySelector("[data-hevc]").hidden = !found.includes(true);
  }

  complain(message) {
    const place = this.querySelector("[data-error]");
    place.textContent = message;
    place.hidden = !message;
  }

  fault() {
    if (!this.form.incident.value) return [_("Choose the incident this belongs to."), this.form.incident];
    return this.files.length ? null : [_("Record something, or choose a file."), this.form.querySelector("input[type=file]")];
  }

  // Files that cannot be taken are named; the others go on.
  sorted() {
    const most = this.queue.maxBytes;
    const empty = this.files.filter((file) => file.size === 0);
    const large = this.files.filter((file) => file.size > most);
    const words = [
      ...empty.map((file) => _("{name} is empty: there is nothing in it to keep.", { name: file.name })),
      ...large.map((file) => _("{name} is larger than {size}, the most this agency takes.", { name: file.name, size: size(most) })),
    ];
    return { good: this.files.filter((file) => file.size > 0 && file.size <= most), words: words.slice(0, 5).join(" ") };
  }

  async submitted(event) {
    event.preventDefault();
    const fault = this.fault();
    if (fault) {
      this.complain(fault[0]);
      fault[1]?.focus();
      return;
    }
    const { good, words } = this.sorted();
    const submit = this.form.querySelector("[type=submit]");
    submit.disabled = true;
    try {
      if (good.length) await this.queue.add(good, await this.told(good));
      this.clear();
      this.complain(words);
    } catch (error) {
      this.complain(error.message);
    } finally {
      submit.disabled = false;
    }
  }

  async told(files) {
    const { incident, category, title } = this.form.elements;
    const chosen = incident.value === LATER ? "" : incident.value;
    const label = chosen ? incident.selectedOptions[0].textContent : "";
    const common = { incident: chosen, label, category: category.value };
    const typed = title.value.trim();
    // Where the phone is now is where it recorded only what it recorded just now.
    const fresh = (file) => Date.now() - (file.lastModified || Date.now()) < JUST_NOW;
    const position = files.some(fresh) ? await this.position() : null;
    return (file, place) => ({
      ...common,
      title: typed && files.length > 1 ? `${typed} (${place + 1})` : typed || file.title || file.name,
      position: fresh(file) ? position : null,
    });
  }

  clear() {
    this.files = [];
    this.form.elements.title.value = "";
    this.querySelector("[data-suggested]").hidden = true;
    this.showPicked();
  }
}

customElements.define("phone-upload", PhoneUpload);
