// What a person should know before recording: no room, no store, a wrong clock, a network that costs, a session that ended.
import { icon, make } from "./dom.js";
import { held, network, room, size, span } from "./queue-order.js";
import { works } from "./queue-store.js";
import { _ } from "./words.js";

const CLOCK_MS = 60_000;
const LITTLE = 500e6;
const COSTLY = 50e6;
const BYTES_A_MINUTE = 130e6; // 1080p at 30 frames, as phones record it

function wrongBy(offset) {
  const far = { span: span(offset) };
  return offset > 0 ? _("It is {span} ahead.", far) : _("It is {span} behind.", far);
}

/** The notices that hold now, in order of weight: [kind, title, text, link?]. */
export function notices({ link, queue, store, estimate }) {
  const found = [];
  const waiting = queue.waiting;
  const bytes = waiting.reduce((sum, one) => sum + one.size - one.sent, 0);
  if (store === false) found.push(["error", _("Nothing can be kept here"), _("This browser refuses Blotter its store: a private window, or no room at all. Open Blotter in a normal window, or free some space, before you record.")]);
  if (link.state === "out") found.push(["doubt", _("Sign in again"), _("Your session has ended. Nothing is lost: what waits is sent when you are signed in."), ["/phone", _("Sign in")]]);
  if (link.state === "away" && link.me) found.push(["note", navigator.onLine ? _("The server cannot be reached") : _("No network"), `${_("You can record and choose files all the same.")} ${waiting.length ? _("They are sent by themselves once the server can be reached.") : _("They wait on this phone, encrypted.")}`]);
  if (link.state === "away" && !link.me) found.push(["error", _("Nobody is signed in on this phone"), _("Sign in once while there is a network; until the end of your shift Blotter then works without one.")]);
  if (link.state === "in" && Math.abs(link.offset) > CLOCK_MS) found.push(["doubt", _("Your phone's clock is wrong"), `${wrongBy(link.offset)} ${_("Times are kept as the phone gave them, with the difference beside them. Set it to automatic.")}`]);
  const { free } = room(0, estimate);
  if (free !== undefined && free < LITTLE) found.push(["doubt", _("Little room on this phone"), _("Blotter can keep {size} more here: about {minutes} min of video. Free some space before you record.", { size: size(free), minutes: Math.max(1, Math.floor(free / BYTES_A_MINUTE)) })]);
  if (waiting.length && held(queue.settings)) found.push(["note", _("Waiting for Wi-Fi"), _("{size} wait, as you chose below.", { size: size(bytes) }), () => queue.choose({ override: true }), _("Send now all the same")]);
  else if (network() === "metered" && bytes > COSTLY) found.push(["doubt", _("This network may cost"), _("{size} are about to be sent over mobile data, or the phone is asked to save it.", { size: size(bytes) }), () => queue.choose({ wifiOnly: true, override: false }), _("Wait for Wi-Fi")]);
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
