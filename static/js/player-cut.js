// Start and end of a clip, marked while watching, and the ways to copy a link, cut a clip or take a still.
import { clock, say } from "./dom.js";
import { _ } from "./words.js";

export class Cut {
  constructor(player, controls) {
    this.player = player;
    this.controls = controls;
    this.span = { from: null, until: null };
    this.show();
  }

  /** Marks where the player stands as the start ("from") or the end ("until"); marks out of order put the other away. */
  mark(edge) {
    const { span } = this;
    span[edge] = Math.round(this.player.time * 100) / 100;
    if (span.from !== null && span.until !== null && span.until <= span.from) span[edge === "from" ? "until" : "from"] = null;
    say(edge === "from" ? _("A clip starts at {time}", { time: clock(span.from, true) }) : _("A clip ends at {time}", { time: clock(span.until, true) }));
    this.show();
  }

  show() {
    const { from, until } = this.span;
    this.controls.showSpan(from, until, this.player.duration);
    this.controls.clipLabel?.(from === null && until === null ? "" : `${clock(from ?? 0, true)}–${until === null ? "…" : clock(until, true)}`);
  }

  /** To the page that cuts: a clip of the marked seconds (without marks the ten from here), or a still of this moment. */
  go(kind) {
    const here = Math.round(this.player.time * 100) / 100;
    const from = kind === "still" ? here : (this.span.from ?? (this.span.until === null ? here : 0));
    const until = this.span.until ?? Math.min(from + 10, this.player.duration);
    const asked = new URLSearchParams({ kind, start: clockOf(from) });
    if (kind === "clip") asked.set("end", clockOf(until));
    location.assign(`${this.player.dataset.excerpts}?${asked}`);
  }

  async link() {
    const address = new URL(this.player.dataset.link ?? location.pathname, location.href);
    address.hash = `t=${this.player.time.toFixed(2)}`;
    try {
      await navigator.clipboard.writeText(address.href);
      say(_("Link to {time} copied", { time: clock(this.player.time, true) }));
    } catch {
      this.controls.offerLink(address.href);
    }
  }
}

function clockOf(seconds) {
  const whole = Math.floor(seconds / 60);
  return whole ? `${whole}:${(seconds - whole * 60).toFixed(2).padStart(5, "0")}` : seconds.toFixed(2);
}
