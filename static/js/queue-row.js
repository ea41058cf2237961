// One file in the list: its name, its state, how far it is, and what can be done with it now.
import { ask } from "./confirm-dialog.js";
import { icon, make } from "./dom.js";
import { size } from "./queue-order.js";
import { GLYPHS, note, part, words } from "./queue-words.js";
import { _ } from "./words.js";

function button(label, glyph, act, kind = "") {
  const made = make("button", { type: "button", class: `button ${kind}` }, glyph ? icon(glyph) : "", label);
  made.addEventListener("click", act);
  return made;
}

export class Row {
  constructor(queue, id) {
    Object.assign(this, { queue, id });
    this.named = make("bdi");
    this.label = make("span", { class: "sending-for" });
    this.glyph = make("span");
    this.said = make("span");
    this.bar = make("progress", { max: 1, value: 0, hidden: true });
    this.hash = make("p", { class: "sending-hash" });
    this.more = make("div", { class: "row" });
    this.note = make("p", { class: "sending-note", hidden: true });
    this.bytes = make("span");
    const name = make("p", { class: "sending-name" }, this.named, this.bytes);
    const state = make("p", { class: "sending-state" }, this.glyph, this.said);
    this.node = make("li", { class: "sending" }, name, this.label, state, this.bar, this.hash, this.more, this.note);
  }

  show(record) {
    const done = this.queue.progress.get(record.id) ?? 0;
    const said = words(record, done, this.queue.block);
    if (this.said.textContent !== said) this.said.textContent = said;
    const far = part(record, done);
    this.bar.hidden = far === null;
    if (far !== null) this.bar.value = far;
    const look = [record.state, record.target, record.removed, record.sha256, record.field, this.queue.link.incidents.length].join();
    if (look === this.look) return;
    this.look = look;
    this.node.className = `sending is-${record.state}${record.state === "waiting" && !record.target ? " is-asking" : ""}`;
    this.glyph.replaceChildren(icon(GLYPHS[record.state] ?? "stop"));
    this.bytes.textContent = ` · ${size(record.size)}`;
    this.hash.textContent = record.sha256 ? `SHA-256 ${record.sha256}` : "";
    this.hash.hidden = !record.sha256;
    this.more.replaceChildren(...this.actions(record));
    this.more.hidden = !this.more.children.length;
    this.note.textContent = note(record);
    this.note.hidden = !this.note.textContent;
    this.name(record);
  }

  async name(record) {
    const said = await this.queue.words(record).catch(() => ({ title: _("A file"), name: "" }));
    const title = said.title || said.name;
    if (this.named.textContent !== title) this.named.textContent = title;
    this.bar.setAttribute("aria-label", _("Progress of {title}", { title }));
    this.label.textContent = said.label ?? "";
    this.label.hidden = !said.label;
  }

  actions(record) {
    const { queue, id } = this;
    const made = [];
    const add = (...given) => made.push(button(...given));
    if (["waiting", "sending"].includes(record.state) && record.target) add(_("Pause"), "pause", () => queue.pauseOne(id));
    if (record.state === "paused") add(_("Go on"), "play", () => queue.goOn(id));
    if (record.state === "refused" && record.sha256 && record.field !== "incident") add(_("Try again"), "again", () => queue.goOn(id));
    const again = record.sha256 && (record.state === "refused" || (record.state === "waiting" && !record.target));
    if (again && queue.link.incidents.length) made.unshift(this.incidents());
    if (record.open) made.push(make("a", { class: "button", href: record.open }, _("Open")));
    if (record.receipt) made.push(make("a", { class: "button quiet", href: record.receipt, download: "" }, icon("page"), _("Receipt")));
    if (record.state === "sealed" && !record.removed) add(_("Remove from this phone"), "cross", () => queue.dropCopy(id), "quiet");
    else if (!["sending", "checking", "keeping"].includes(record.state)) this.removing(record, add);
    return made;
  }

  removing(record, add) {
    const harmless = ["sealed", "twin", "torn"].includes(record.state);
    const question = _("This file is not sealed: only this phone, and perhaps its gallery, has it. Remove it here for good?");
    const act = async () => (harmless || (await ask(question, _("Remove it")))) && this.queue.remove(this.id);
    add(harmless ? _("Clear") : _("Remove"), harmless ? "check" : "cross", act, "quiet");
  }

  // Another incident for a file that has none, or whose own was closed or given to others.
  incidents() {
    const { queue, id } = this;
    const options = queue.link.incidents.map((one) => make("option", { value: one.id }, one.label));
    const chosen = make("select", { "aria-label": _("Incident") }, make("option", { value: "" }, _("Choose its incident…")), ...options);
    chosen.addEventListener("change", () => {
      const found = queue.link.incidents.find((one) => one.id === chosen.value);
      if (found) queue.retarget(id, found.id, found.label);
    });
    return chosen;
  }
}
