// <evidence-player data-evidence data-kind data-peaks data-duration data-played data-stream data-storyboard data-fps data-link
// data-excerpts data-boxes data-gaps>: watches a recording closely. Wraps the <video> or <audio> inside it; answers
// blotter:seek, emits blotter:time, opens at #t=12.3 or #t=12.3,15. What has no address is not offered.
import { clock, csrfToken } from "./dom.js";
import { buildControls } from "./player-controls.js";
import { BoxOverlay } from "./player-box.js";
import { Cut } from "./player-cut.js";
import { Frames } from "./player-frames.js";
import { KEYS, keysDialog } from "./player-keys.js";
import { Source } from "./player-source.js";
import { Storyboard } from "./player-storyboard.js";
import { Waveform } from "./waveform.js";
import { _ } from "./words.js";

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3];

class EvidencePlayer extends HTMLElement {
  connectedCallback() {
    this.media = this.querySelector("video, audio");
    if (!this.media || this.controls) return;
    this.media.removeAttribute("controls");
    this.setAttribute("role", "group");
    this.source = new Source(this.media, this.dataset.stream);
    this.controls = buildControls(this, SPEEDS);
    this.overlay = this.shows ? new BoxOverlay(this.controls.stage, this.media, this.dataset.boxes) : null;
    this.frames = this.shows ? new Frames(this.media, Number(this.dataset.fps)) : null;
    this.wave = new Waveform(this.controls.wave, this);
    this.storyboard = new Storyboard(this.controls.wave, this, this.dataset.storyboard);
    this.cut = new Cut(this, this.controls);
    this.controls.showBoxes(Boolean(this.overlay?.on));
    this.listenToMedia();
    this.listenToPage();
    this.wave.load(this.dataset.peaks);
    this.openAtHash();
    this.tell();
  }

  disconnectedCallback() {
    this.leave?.abort();
    cancelAnimationFrame(this.ticking);
  }

  get shows() {
    return this.media.matches("video");
  }

  /** Whether a key does something here. */
  knows(key) {
    const { dataset } = this;
    const needs = { b: dataset.boxes, c: dataset.link, i: dataset.excerpts, o: dataset.excerpts, f: this.shows, ",": this.shows, ".": this.shows };
    if (key === "n" || key === "p") return Boolean(this.lanes);
    return key in needs ? Boolean(needs[key]) : key in KEYS;
  }

  get lanes() {
    return document.querySelector(`tag-lanes[data-evidence="${CSS.escape(this.dataset.evidence ?? "")}"]`);
  }

  get duration() {
    return Number.isFinite(this.media.duration) ? this.media.duration : Number(this.dataset.duration) || 0;
  }

  get time() {
    return this.source.there ? this.media.currentTime : (this.wanted ?? this.media.currentTime);
  }

  toggle() {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  play() {
    this.source.begin(this.wanted);
    this.media.play().catch((error) => {
      if (error.name !== "AbortError") this.controls.fail(_("The browser did not start this recording. Press play again."));
    });
  }

  /** Goes to `seconds`; playing on stops at `end` when one is given. */
  goTo(seconds, { end = null, play = false, box = null } = {}) {
    this.stopAt = end;
    this.wanted = Math.max(0, Math.min(seconds, this.duration || seconds));
    this.source.begin(this.wanted);
    this.source.aim(this.wanted);
    this.media.currentTime = this.wanted;
    this.overlay?.show(box, seconds);
    if (play) this.play();
    this.tell();
  }

  jump(seconds) {
    this.goTo(this.time + seconds, { play: !this.media.paused });
  }

  frame(direction) {
    this.media.pause();
    this.frames?.step(direction, (seconds) => this.goTo(seconds));
  }

  faster(direction) {
    const place = SPEEDS.indexOf(this.media.playbackRate);
    this.speed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (place < 0 ? 3 : place) + direction))]);
  }

  speed(rate) {
    this.media.playbackRate = rate;
    this.controls.speed.value = String(rate);
  }

  mute() {
    this.media.muted = !this.media.muted;
  }

  wide() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    else this.media.webkitEnterFullscreen?.(); // an iPhone shows the bare picture wide
  }

  boxes() {
    if (this.overlay && this.knows("b")) this.controls.showBoxes(this.overlay.toggle());
  }

  link() {
    this.cut.link();
  }

  mark(edge) {
    this.cut.mark(edge);
  }

  tag(direction) {
    this.lanes?.next?.(direction);
  }

  help() {
    this.querySelector("dialog")?.remove();
    const dialog = keysDialog(this);
    this.append(dialog);
    dialog.showModal();
  }

  listenToMedia() {
    this.media.addEventListener("play", () => this.started());
    this.media.addEventListener("pause", () => this.stopped());
    this.media.addEventListener("volumechange", () => this.controls.showMuted(this.media.muted));
    for (const kind of ["timeupdate", "seeked", "loadedmetadata", "durationchange"]) {
      this.media.addEventListener(kind, () => this.tell());
    }
    this.media.addEventListener("error", () => this.media.getAttribute("src") && !this.source.hls &&
      this.controls.fail(_("This recording cannot be played here. The original is kept as it was received.")),
    );
  }

  listenToPage() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    document.addEventListener("blotter:seek", (event) => this.asked(event), { signal });
    document.addEventListener("blotter:theme", () => this.wave.draw(), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    window.addEventListener("hashchange", () => this.openAtHash(), { signal });
  }

  asked(event) {
    const { evidence, start, end, box, play } = event.detail;
    if (event.defaultPrevented || (evidence && evidence !== this.dataset.evidence)) return;
    event.preventDefault();
    this.goTo(start, { end, box, play: play || !this.media.paused });
  }

  // Single keys work only while the player, its transcript or its lanes hold the focus (WCAG 2.2, 2.1.4).
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const inside = event.target.closest?.("evidence-player, transcript-view, tag-lanes");
    if (!inside || inside.dataset.evidence !== this.dataset.evidence) return;
    if (event.target.matches("input, select, textarea")) return;
    if (event.key === " " && event.target.matches("button, a, summary")) return;
    const act = KEYS[event.key];
    if (!act || !this.knows(event.key) || event.target.closest("dialog")) return;
    event.preventDefault();
    act(this);
  }

  openAtHash() {
    const found = /^#t=(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?$/.exec(location.hash);
    if (found) this.goTo(Number(found[1]), { end: found[2] ? Number(found[2]) : null });
  }

  started() {
    this.controls.showPlaying(true);
    if (this.dataset.played && !this.reported) this.report();
    const tick = () => {
      this.tell();
      if (!this.media.paused) this.ticking = requestAnimationFrame(tick);
    };
    cancelAnimationFrame(this.ticking);
    tick();
  }

  stopped() {
    this.controls.showPlaying(false);
    this.tell();
  }

  report() {
    this.reported = true;
    const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
    fetch(this.dataset.played, { method: "POST", headers, keepalive: true }).catch(() => {
      this.reported = false;
    });
  }

  tell() {
    const { time, duration } = this;
    if (this.stopAt != null && time >= this.stopAt && !this.media.paused) {
      this.stopAt = null;
      this.media.pause();
    }
    this.controls.showTime(time, duration, clock);
    this.wave.show(time, duration);
    this.overlay?.moveTo(time);
    const detail = { evidence: this.dataset.evidence, time, duration, playing: !this.media.paused };
    document.dispatchEvent(new CustomEvent("blotter:time", { detail }));
  }
}

customElements.define("evidence-player", EvidencePlayer);
