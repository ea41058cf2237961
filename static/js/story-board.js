// <story-board data-listing>: shows a recording's small pictures (WebVTT with #xywh) over its still, those under the pointer as it moves.
import { parse } from "./player-storyboard.js";

class StoryBoard extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.listing || this.sheets) return;
    this.sheets = new Map();
    this.addEventListener("pointerenter", () => this.load(), { once: true });
    this.addEventListener("pointermove", (event) => this.showShare((event.offsetX || 0) / (this.clientWidth || 1)));
    this.addEventListener("pointerleave", () => this.canvas?.remove());
  }

  async load() {
    const answer = await fetch(this.dataset.listing).catch(() => null);
    if (answer?.ok) this.tiles = parse(await answer.text(), new URL(this.dataset.listing, location.href));
  }

  showShare(share) {
    if (!this.tiles?.length) return;
    this.draw(this.tiles[Math.min(this.tiles.length - 1, Math.floor(Math.max(0, share) * this.tiles.length))]);
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
