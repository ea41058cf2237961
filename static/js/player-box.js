// A frame drawn over the picture where a machine saw something, for as long as the picture is that one.

const SVG = "http://www.w3.org/2000/svg";
const NEAR_S = 0.75;

export class BoxOverlay {
  constructor(stage, video) {
    this.video = video;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "player-box");
    this.svg.setAttribute("aria-hidden", "true");
    this.rect = document.createElementNS(SVG, "rect");
    this.svg.append(this.rect);
    stage.append(this.svg);
    new ResizeObserver(() => this.lay()).observe(video);
    this.show(null, 0);
  }

  /** `box` is x, y, width, height as fractions of the picture, seen at `time` seconds; null hides. */
  show(box, time) {
    this.box = box;
    this.time = time;
    this.svg.style.display = box ? "" : "none";
    this.lay();
  }

  moveTo(time) {
    if (this.box && Math.abs(time - this.time) > NEAR_S) this.show(null, 0);
  }

  lay() {
    if (!this.box) return;
    const { clientWidth: width, clientHeight: height } = this.video;
    const ratio = this.video.videoWidth / this.video.videoHeight || width / height;
    const seen = width / height > ratio ? { w: height * ratio, h: height } : { w: width, h: width / ratio };
    const [x, y, w, h] = this.box;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.rect.setAttribute("x", (width - seen.w) / 2 + x * seen.w);
    this.rect.setAttribute("y", (height - seen.h) / 2 + y * seen.h);
    this.rect.setAttribute("width", w * seen.w);
    this.rect.setAttribute("height", h * seen.h);
  }
}
