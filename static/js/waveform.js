// The waveform under a recording: drawn on a canvas from peaks, pressed or dragged to go somewhere.

const BAR_PX = 3;

export class Waveform {
  constructor(node, player) {
    this.node = node;
    this.player = player;
    this.canvas = node.querySelector("canvas");
    this.head = node.querySelector(".player-head");
    this.peaks = [];
    this.gaps = JSON.parse(player.dataset.gaps || "[]");
    this.part = 0;
    new ResizeObserver(() => this.draw()).observe(node);
    node.addEventListener("pointerdown", (event) => this.grab(event));
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) this.goTo(event);
    });
  }

  /** Fetches {"per_second": n, "peaks": [0..1]}; without it the bar below stays a plain line. */
  async load(url) {
    if (!url) return;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const { peaks, per_second: rate } = await answer.json();
    if (!Array.isArray(peaks) || !peaks.length) return;
    this.peaks = peaks;
    this.rate = rate;
    this.node.classList.remove("is-empty");
    this.draw();
  }

  grab(event) {
    this.node.setPointerCapture(event.pointerId);
    this.goTo(event);
  }

  goTo(event) {
    const { left, width } = this.node.getBoundingClientRect();
    const part = Math.max(0, Math.min(1, (event.clientX - left) / width));
    this.player.goTo(part * this.player.duration, { play: !this.player.media.paused });
  }

  show(time, duration) {
    const part = duration ? Math.min(1, time / duration) : 0;
    this.head.style.transform = `translateX(${part * this.node.clientWidth - 1}px)`;
    const played = Math.floor((part * this.node.clientWidth) / BAR_PX);
    if (played === this.played) return;
    this.played = played;
    this.part = part;
    this.draw();
  }

  draw() {
    if (!this.peaks.length && !this.gaps.length) return;
    const { clientWidth: width, clientHeight: height } = this.node;
    const dense = devicePixelRatio || 1;
    this.canvas.width = width * dense;
    this.canvas.height = height * dense;
    const pen = this.canvas.getContext("2d");
    pen.scale(dense, dense);
    this.bars(pen, width, height);
  }

  bars(pen, width, height) {
    const style = getComputedStyle(this.node);
    const [played, ahead] = ["--accent", "--line-strong"].map((name) => style.getPropertyValue(name));
    const count = Math.max(1, Math.floor(width / BAR_PX));
    const span = this.player.duration * this.rate || this.peaks.length;
    for (let bar = 0; bar < count; bar += 1) {
      const tall = Math.max(1, this.loudest(bar / count, (bar + 1) / count, span) * (height - 6));
      pen.fillStyle = bar / count <= this.part ? played : ahead;
      pen.fillRect(bar * BAR_PX, (height - tall) / 2, BAR_PX - 1, tall);
    }
    // Where the recording is damaged.
    pen.fillStyle = style.getPropertyValue("--bad-line");
    for (const [start, end] of this.gaps) {
      const left = (start / this.player.duration) * width;
      pen.fillRect(left, height - 4, Math.max(3, ((end - start) / this.player.duration) * width), 4);
    }
  }

  loudest(from, to, span) {
    const first = Math.floor(from * span);
    const last = Math.max(first + 1, Math.floor(to * span));
    let most = 0;
    for (let place = first; place < last && place < this.peaks.length; place += 1) most = Math.max(most, this.peaks[place]);
    return Math.min(1, most);
  }
}
