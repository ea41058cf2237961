// Where a player's picture and sound come from: the adaptive stream by hls.js or by the browser itself, else the plain MP4.
// Nothing is fetched before somebody plays or goes somewhere: opening a recording is an event in its custody.

const LIST = "application/vnd.apple.mpegurl";
const LIBRARY = new URL("../vendor/hls.light.min.mjs", import.meta.url).href;

export class Source {
  constructor(media, stream) {
    this.media = media;
    this.stream = stream;
    this.plain = media.getAttribute("src");
    this.begun = !stream;
    if (stream) {
      media.removeAttribute("src");
      media.load(); // forgets the address, of which nothing was fetched yet
      media.preload = "auto";
    }
  }

  /** Begins to fetch, at `seconds` where that is given; once. */
  begin(seconds = 0) {
    if (this.begun) return;
    this.begun = true;
    this.at = seconds;
    this.ready = this.attach();
  }

  /** Later wishes before the picture is there. */
  aim(seconds) {
    if (!this.there) this.at = seconds;
  }

  get there() {
    return this.media.readyState > 0;
  }

  async attach() {
    const Hls = "MediaSource" in window || "ManagedMediaSource" in window ? await import(LIBRARY).then((all) => all.default, () => null) : null;
    if (Hls?.isSupported()) this.byLibrary(Hls);
    else this.load(this.media.canPlayType(LIST) ? this.stream : this.plain);
  }

  byLibrary(Hls) {
    // Without a worker the page's security policy need not allow one made from text.
    this.hls = new Hls({ enableWorker: false, startPosition: this.at || -1, backBufferLength: 60, maxMaxBufferLength: 60, capLevelToPlayerSize: true });
    this.hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
      if (fatal) this.fail(type === Hls.ErrorTypes.MEDIA_ERROR);
    });
    this.hls.loadSource(this.stream);
    this.hls.attachMedia(this.media);
    this.kind = "stream";
    this.arrive();
  }

  // A broken picture may heal once; after that the plain file goes on where the stream stopped.
  fail(heals) {
    if (heals && !this.healed) {
      this.healed = true;
      this.hls.recoverMediaError();
      return;
    }
    const { media } = this;
    const playing = !media.paused;
    this.at = media.currentTime || this.at;
    this.hls.destroy();
    this.hls = null;
    this.load(this.plain);
    if (playing) media.play().catch(() => {});
  }

  load(address) {
    this.kind = address === this.stream ? "stream" : "plain";
    this.media.src = address;
    this.arrive();
  }

  // What was wished for last, before anything was there.
  arrive() {
    const come = () => {
      if (this.at && Math.abs(this.media.currentTime - this.at) > 0.001) this.media.currentTime = this.at;
    };
    this.media.addEventListener("loadedmetadata", come, { once: true });
  }

  end() {
    this.hls?.destroy();
  }
}
