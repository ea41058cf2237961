// <play-list data-order data-edition>: plays the parts one after the other, and puts them in order by dragging or Alt and arrows.
import { clock, csrfToken, say } from "./dom.js";

class PlayList extends HTMLElement {
  connectedCallback() {
    this.stage = this.querySelector("[data-stage]");
    this.video = this.querySelector("[data-video]");
    this.image = this.querySelector("[data-image]");
    this.querySelector("[data-play-all]").addEventListener("click", () => this.play(0, true));
    this.querySelector("[data-play-next]").addEventListener("click", () => this.play(this.at + 1, this.through));
    this.addEventListener("click", (event) => {
      const one = event.target.closest("[data-play-one]");
      if (one) this.play(this.parts().indexOf(one.closest("[data-part]")), false);
    });
    this.video.addEventListener("timeupdate", () => this.over(this.video.currentTime));
    this.video.addEventListener("ended", () => this.over(Infinity));
    if (this.dataset.order) this.arrange();
  }

  parts() {
    return [...this.querySelectorAll("[data-part]")];
  }

  play(at, through) {
    const part = this.parts()[at];
    if (!part) return this.stop();
    [this.at, this.through, this.end] = [at, through, part.dataset.end ? Number(part.dataset.end) : Infinity];
    this.stage.hidden = false;
    this.querySelector("[data-play-next]").hidden = at + 1 >= this.parts().length;
    for (const one of this.parts()) one.classList.toggle("is-playing", one === part);
    const { kind, src, title, start } = part.dataset;
    this.querySelector("[data-now]").textContent = `Part ${at + 1} of ${this.parts().length}: ${title}${start ? `, from ${clock(Number(start))}` : ""}`;
    const still = kind === "image";
    this.image.hidden = !still;
    this.video.hidden = still;
    if (still) {
      this.video.pause();
      this.image.src = src;
      this.image.alt = title;
      return;
    }
    const begin = () => {
      this.video.currentTime = Number(start || 0);
      this.video.play().catch(() => {});
    };
    if (this.video.getAttribute("src") === src && this.video.readyState > 0) return begin();
    this.video.src = src;
    this.video.addEventListener("loadedmetadata", begin, { once: true });
    this.video.load();
  }

  over(second) {
    if (this.at === undefined || this.video.seeking || second < this.end) return;
    if (this.through) this.play(this.at + 1, true);
    else this.stop();
  }

  stop() {
    this.video.pause();
    if (this.through) this.querySelector("[data-now]").textContent = "All parts were played.";
    this.at = undefined;
    for (const one of this.parts()) one.classList.remove("is-playing");
  }

  arrange() {
    this.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const part = event.target.closest("[data-part]");
      if (!event.altKey || !step || !part || event.target.matches("input, textarea, select")) return;
      event.preventDefault();
      const other = step < 0 ? part.previousElementSibling : part.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(part);
      else other.after(part);
      event.target.focus();
      this.save(`Part ${this.parts().indexOf(part) + 1} of ${this.parts().length}.`);
    });
    this.addEventListener("dragstart", (event) => {
      this.held = event.target.closest?.("[data-part]");
      event.dataTransfer.effectAllowed = "move";
    });
    this.addEventListener("dragover", (event) => {
      const over = event.target.closest?.("[data-part]");
      if (!this.held || !over) return;
      event.preventDefault();
      if (over === this.held) return;
      const box = over.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) over.before(this.held);
      else over.after(this.held);
    });
    this.addEventListener("drop", (event) => event.preventDefault());
    this.addEventListener("dragend", () => {
      if (this.held) this.save("Moved.");
      this.held = undefined;
    });
  }

  /** One order at a time; what was done meanwhile goes with the next. */
  async save(words) {
    if (this.saving) return void (this.waiting = words);
    this.saving = true;
    const body = JSON.stringify({ order: this.parts().map((one) => one.dataset.part), edition: Number(this.dataset.edition) });
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() };
    const answer = await fetch(this.dataset.order, { method: "POST", headers, body }).catch(() => null);
    this.saving = false;
    if (!answer?.ok) {
      const refused = await answer?.json().catch(() => null);
      return say(refused?.remedy || refused?.detail || "The order could not be saved. Load the page again.");
    }
    this.dataset.edition = (await answer.json()).edition;
    this.dispatchEvent(new CustomEvent("blotter:arranged"));
    if (this.waiting) {
      const next = this.waiting;
      this.waiting = undefined;
      return this.save(next);
    }
    say(words);
  }
}

/** A link that begins where the page's player stands: <a data-from-player>. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-from-player]");
  const media = document.querySelector("evidence-player video, evidence-player audio");
  if (!link || !media?.currentTime) return;
  const address = new URL(link.href);
  address.searchParams.set("start", clock(media.currentTime, true));
  link.href = address.href;
});

customElements.define("play-list", PlayList);
