// <queue-list>: how all files fare in one line, and a window on them; thousands stay quick because few are drawn.
import { make } from "./dom.js";
import { Row } from "./queue-row.js";
import { shown, summary } from "./queue-words.js";
import { _, several } from "./words.js";

const STEP = 30;

class QueueList extends HTMLElement {
  /** Shows `queue` from now on. */
  follow(queue) {
    Object.assign(this, { queue, rows: new Map(), most: STEP, heard: new Map() });
    this.all = make("p", { class: "queue-all" });
    this.bar = make("progress", { max: 1, value: 0, "aria-label": _("All files"), hidden: true });
    this.live = make("p", { class: "visually-hidden", role: "status" });
    this.others = make("p", { class: "sending-note", hidden: true });
    this.list = make("ol", { class: "sending-list", "data-list": "" });
    this.further = make("button", { type: "button", class: "button big", hidden: true }, _("Show more"));
    this.further.addEventListener("click", () => {
      this.most += STEP;
      this.show();
    });
    this.append(this.all, this.bar, this.live, this.others, this.list, this.further);
    queue.addEventListener("change", () => this.show());
    queue.link.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const mine = this.queue.mine;
    const { words, part } = summary(mine, this.queue.progress);
    this.all.textContent = mine.length > 1 ? words : "";
    this.bar.hidden = mine.length < 2 || part === 1;
    this.bar.value = part;
    const others = this.queue.records.size - mine.length;
    this.others.hidden = !others;
    this.others.textContent = others && several("1 file of somebody else waits on this phone, encrypted, until they sign in here.", "{n} files of somebody else wait on this phone, encrypted, until they sign in here.", others);
    this.draw(shown(mine, this.most));
    this.further.hidden = mine.length <= this.most;
    this.further.textContent = several("Show more ({n} not shown)", "Show more ({n} not shown)", mine.length - this.most);
    this.announce(mine);
  }

  draw(records) {
    const ids = new Set(records.map((one) => one.id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.node.remove();
      this.rows.delete(id);
    }
    records.forEach((record, place) => {
      if (!this.rows.has(record.id)) this.rows.set(record.id, new Row(this.queue, record.id));
      const row = this.rows.get(record.id);
      row.show(record);
      if (this.list.children[place] !== row.node) this.list.insertBefore(row.node, this.list.children[place] ?? null);
    });
  }

  // A screen reader hears what is decided, not every percent.
  announce(mine) {
    const news = { sealed: 0, refused: 0, quarantined: 0, torn: 0 };
    for (const one of mine) {
      if (this.heard.has(one.id) && this.heard.get(one.id) !== one.state && one.state in news) news[one.state] += 1;
      this.heard.set(one.id, one.state);
    }
    const bad = news.refused + news.quarantined + news.torn;
    const said = [news.sealed && several("{n} sealed", "{n} sealed", news.sealed), bad && several("{n} need you", "{n} need you", bad)].filter(Boolean);
    if (said.length) this.live.textContent = `${said.join(", ")}.`;
  }
}

customElements.define("queue-list", QueueList);
