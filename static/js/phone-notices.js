// What a person should know before recording: no room, no store, a wrong clock, a network that costs, a session that ended.
import { icon, make } from "./dom.js";
import { held, network, room, size, span } from "./queue-order.js";
import { works } from "./queue-store.js";

const CLOCK_MS = 60_000;
const LITTLE = 500e6;
const COSTLY = 50e6;
const BYTES_A_MINUTE = 130e6; // 1080p at 30 frames, as phones record it

/** The notices that hold now, in order of weight: [kind, title, text, link?]. */
export function notices({ link, queue, store, estimate }) {
  const found = [];
  const waiting = queue.waiting;
  const bytes = waiting.reduce((sum, one) => sum + one.size - one.sent, 0);
  if (store === false) found.push(["error", "Nothing can be kept here", "This browser refuses Blotter its store: a private window, or no room at all. Open Blotter in a normal window, or free some space, before you record."]);
  if (link.state === "out") found.push(["doubt", "Sign in again", "Your session has ended. Nothing is lost: what waits is sent when you are signed in.", ["/phone", "Sign in"]]);
  if (link.state === "away" && link.me) found.push(["note", navigator.onLine ? "The server cannot be reached" : "No network", `You can record and choose files all the same. ${waiting.length ? "They are sent by themselves once the server can be reached." : "They wait on this phone, encrypted."}`]);
  if (link.state === "away" && !link.me) found.push(["error", "Nobody is signed in on this phone", "Sign in once while there is a network; until the end of your shift Blotter then works without one."]);
  if (link.state === "in" && Math.abs(link.offset) > CLOCK_MS) found.push(["doubt", "Your phone's clock is wrong", `It is ${span(link.offset)} ${link.offset > 0 ? "ahead" : "behind"}. Times are kept as the phone gave them, with the difference beside them. Set it to automatic.`]);
  const { free } = room(0, estimate);
  if (free !== undefined && free < LITTLE) found.push(["doubt", "Little room on this phone", `Blotter can keep ${size(free)} more here: about ${Math.max(1, Math.floor(free / BYTES_A_MINUTE))} min of video. Free some space before you record.`]);
  if (waiting.length && held(queue.settings)) found.push(["note", "Waiting for Wi-Fi", `${size(bytes)} wait, as you chose below.`, () => queue.choose({ override: true }), "Send now all the same"]);
  else if (network() === "metered" && bytes > COSTLY) found.push(["doubt", "This network may cost", `${size(bytes)} are about to be sent over mobile data, or the phone is asked to save it.`, () => queue.choose({ wifiOnly: true, override: false }), "Wait for Wi-Fi"]);
  return found;
}

function drawn([kind, title, text, act, label]) {
  const glyph = { error: "stop", doubt: "doubt", note: "info" }[kind];
  const words = make("div", {}, make("p", { class: "notice-title" }, title), make("p", {}, text));
  if (Array.isArray(act)) words.append(make("p", {}, make("a", { class: "button", href: act[0] }, act[1])));
  if (typeof act === "function") {
    const button = make("button", { type: "button", class: "button" }, label);
    button.addEventListener("click", act);
    words.append(make("p", {}, button));
  }
  return make("div", { class: `notice is-${kind}` }, icon(glyph), words);
}

class PhoneNotices extends HTMLElement {
  async follow(queue) {
    Object.assign(this, { queue, shown: "" });
    this.setAttribute("role", "status");
    queue.addEventListener("change", () => this.show());
    queue.link.addEventListener("change", () => this.show());
    this.store = await works();
    await this.measure();
    setInterval(() => this.measure(), 60_000);
  }

  async measure() {
    this.estimate = await navigator.storage?.estimate?.().catch(() => null);
    this.show();
  }

  show() {
    const found = notices({ link: this.queue.link, queue: this.queue, store: this.store, estimate: this.estimate });
    const said = JSON.stringify(found);
    if (said === this.shown) return;
    this.shown = said;
    this.replaceChildren(...found.map(drawn));
  }
}

customElements.define("phone-notices", PhoneNotices);
