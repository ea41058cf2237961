// <voice-note>: records a note by voice with its level shown; pause, listen, then it is chosen like any other file.
import { clock, icon, make } from "./dom.js";
import { _ } from "./words.js";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BARS = 24;

/** What to tell a person whose microphone does not open. */
export function refusal(error) {
  if (error.name === "NotAllowedError") return _("The microphone was refused. Allow it for this site in the browser's settings, then try again.");
  if (error.name === "NotFoundError") return _("This device has no microphone.");
  return _("The microphone cannot be used now: another app may have it. Close that one, then try again.");
}

class VoiceNote extends HTMLElement {
  connectedCallback() {
    this.opener = this.querySelector("[data-voice]");
    this.opener.addEventListener("click", () => this.open());
    if (navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder) return;
    this.opener.disabled = true;
    this.opener.title = _("This browser records no sound here.");
  }

  async open() {
    this.opener.disabled = true;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      this.opener.disabled = false;
      return this.complain(refusal(error));
    }
    this.complain("");
    this.panel();
    this.begin();
    return undefined;
  }

  complain(message) {
    const place = this.querySelector("[data-voice-error]");
    place.textContent = message;
    place.hidden = !message;
  }

  panel() {
    this.time = make("output", { class: "voice-time", "aria-label": _("Recorded") }, "0:00");
    this.bars = Array.from({ length: BARS }, () => make("i"));
    this.buttons = make("div", { class: "row" });
    const level = make("div", { class: "voice-level", role: "img", "aria-label": _("Level of the microphone") }, ...this.bars);
    this.heard = make("audio", { controls: true, hidden: true });
    const top = make("p", { class: "voice-top" }, make("span", { class: "voice-dot", "aria-hidden": "true" }), make("span", {}, _("Recording")), this.time);
    this.box = make("div", { class: "voice", role: "group", "aria-label": _("Voice note") }, top, level, this.heard, this.buttons);
    this.state = top.children[1];
    this.append(this.box);
  }

  begin() {
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    this.recorder = new MediaRecorder(this.stream, kind ? { mimeType: kind } : {});
    this.parts = [];
    this.recorded = 0;
    this.recorder.ondataavailable = ({ data }) => data.size && this.parts.push(data);
    this.recorder.onstop = () => this.ended();
    this.recorder.start(1000);
    this.running = performance.now();
    this.listen();
    this.offer("recording");
    this.ticking = setInterval(() => this.tick(), 100);
  }

  listen() {
    this.sound = new AudioContext();
    this.meter = this.sound.createAnalyser();
    this.meter.fftSize = 512;
    this.sound.createMediaStreamSource(this.stream).connect(this.meter);
  }

  tick() {
    const on = this.recorder.state === "recording";
    const so_far = this.recorded + (on ? performance.now() - this.running : 0);
    this.time.textContent = clock(so_far / 1000);
    const samples = new Uint8Array(this.meter.fftSize);
    this.meter.getByteTimeDomainData(samples);
    const loud = on ? Math.max(...samples.map((one) => Math.abs(one - 128))) / 128 : 0;
    const lit = Math.round(Math.sqrt(loud) * BARS);
    this.bars.forEach((bar, place) => bar.classList.toggle("is-lit", place < lit));
  }

  offer(state) {
    const choice = (label, glyph, act, kind = "") => {
      const made = make("button", { type: "button", class: `button ${kind}` }, icon(glyph), label);
      made.addEventListener("click", act);
      return made;
    };
    const away = choice(_("Discard"), "cross", () => this.close(), "quiet");
    const sets = {
      recording: () => [choice(_("Pause"), "pause", () => this.pause()), choice(_("Stop"), "stop", () => this.recorder.stop(), "primary"), away],
      paused: () => [choice(_("Go on"), "play", () => this.resume()), choice(_("Stop"), "stop", () => this.recorder.stop(), "primary"), away],
      ended: () => [choice(_("Use this note"), "check", () => this.use(), "primary"), away],
    };
    this.state.textContent = { recording: _("Recording"), paused: _("Paused"), ended: _("Listen, then use it") }[state];
    this.box.className = `voice is-${state}`;
    this.buttons.replaceChildren(...sets[state]());
    this.buttons.firstElementChild.focus();
  }

  pause() {
    this.recorder.pause();
    this.recorded += performance.now() - this.running;
    this.offer("paused");
  }

  resume() {
    this.recorder.resume();
    this.running = performance.now();
    this.offer("recording");
  }

  ended() {
    clearInterval(this.ticking);
    this.release();
    if (!this.box.isConnected) return;
    const type = this.recorder.mimeType || "audio/webm";
    const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
    const name = `voice-note-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${ending}`;
    this.note = new File(this.parts, name, { type: type.split(";")[0], lastModified: Date.now() });
    this.note.title = _("Voice note");
    this.heard.src = URL.createObjectURL(this.note);
    this.heard.hidden = false;
    this.offer("ended");
  }

  use() {
    this.dispatchEvent(new CustomEvent("voice", { detail: this.note, bubbles: true }));
    this.close();
  }

  close() {
    this.box.remove();
    clearInterval(this.ticking);
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.release();
    if (this.heard.src) URL.revokeObjectURL(this.heard.src);
    this.parts = [];
    this.opener.disabled = false;
    this.opener.focus();
  }

  release() {
    for (const track of this.stream.getTracks()) track.stop();
    if (this.sound?.state !== "closed") this.sound?.close();
  }

  disconnectedCallback() {
    if (this.stream) this.release();
  }
}

customElements.define("voice-note", VoiceNote);
