// <story-board data-listing data-at>: shows a recording's small pictures (WebVTT with #xywh) over its still: the one at second
// `data-at` (not where somebody asked to save data), or, without it, those under the pointer as it moves.
import { lastStarted } from "./dom.js";
import { parse } from "./player-storyboard.js";

class StoryBoard extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.listing || this.sheets) return;
    this.sheets = new Map();
    if (this.dataset.at && navigator.connection?.saveData) return; // a sheet of a hundred pictures for one of them: the still must do
    if (this.dataset.at) return this.whenSeen(() => this.load().then(() => this.showSecond(Number(this.dataset.at))));
    this.addEventListener("pointerenter", () => this.load(), { once: true });
    this.addEventListener("pointermove", (event) => this.showShare((event.offsetX || 0) / (this.clientWidth || 1)));
    this.addEventListener("pointerleave", () => this.canvas?.remove());
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }

  whenSeen(act) {
    this.watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      this.watch.disconnect();
      act();
    });
    this.watch.observe(this);
  }

  async load() {
    const answer = await fetch(this.dataset.listing).catch(() => null);
    if (answer?.ok) this.tiles = parse(await answer.text(), new URL(this.dataset.listing, location.href));
  }

  showShare(share) {
    if (!this.tiles?.length) return;
    this.draw(this.tiles[Math.min(this.tiles.length - 1, Math.floor(Math.max(0, share) * this.tiles.length))]);
  }

  showSecond(seconds) {
    if (this.tiles?.length) this.draw(this.tiles[Math.max(0, lastStarted(this.tiles, seconds))]);
  }

  draw(tile) {
    this.wanted = tile;
    if (!this.sheets.has(tile.sheet)) {
      const picture = new Image();
      picture.src = tile.sheet;
      this.sheets.set(tile.sheet, picture.decode().then(() => picture, () => null));
    }
    this.sheets.get(tile.sheet).then((picture) => picture && tile === this.wanted && this.lay(picture, tile));
  }

  lay(picture, { x, y, w, h }) {
    this.canvas ??= document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [w, h];
    this.canvas.getContext("2d").drawImage(picture, x, y, w, h, 0, 0, w, h);
    if (!this.canvas.isConnected) this.append(this.canvas);
  }
}

customElements.define("story-board", StoryBoard);
