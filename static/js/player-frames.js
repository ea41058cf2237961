// One picture on or back, whatever the recording's rate: by the picture that is really on the screen, where the browser tells.

const TRIES = 6;

export class Frames {
  constructor(media, rate) {
    this.media = media;
    this.length = 1 / (rate > 0 ? rate : 25);
    this.tells = "requestVideoFrameCallback" in media;
    if (this.tells) this.watch();
  }

  watch() {
    this.media.requestVideoFrameCallback((_now, shown) => {
      this.shown = shown.mediaTime;
      this.told?.(shown.mediaTime);
      this.watch();
    });
  }

  /** Goes `direction` (1 or -1) pictures; resolves to the second of the picture that is shown then. */
  async step(direction, goTo) {
    if (!this.tells || this.shown === undefined) return goTo(this.media.currentTime + direction * this.length);
    const from = this.shown;
    if (direction < 0) {
      await this.moved(() => goTo(Math.max(0, from - this.length / 2)));
      return this.shown;
    }
    // Pictures that stand longer than others need a longer step.
    for (let tried = 0, far = 1.5; tried < TRIES && this.shown === from; tried += 1, far *= 2) {
      if (from + far * this.length > this.media.duration) break;
      await this.moved(() => goTo(from + far * this.length));
    }
    return this.shown;
  }

  // The browser says nothing when the same picture stays.
  moved(act) {
    return new Promise((done) => {
      const over = () => {
        this.told = null;
        clearTimeout(waiting);
        done();
      };
      const waiting = setTimeout(over, 400);
      this.told = over;
      act();
    });
  }
}
