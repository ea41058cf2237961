// <phone-day>: the day's incidents to read, with their age, also without a network; and the phone's own settings.
import { make } from "./dom.js";
import { network, span } from "./queue-order.js";
import { _, locale, several } from "./words.js";

const TIME = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

const KINDS = () => ({
  ...{ traffic_stop: _("traffic stop"), arrest: _("arrest"), domestic_disturbance: _("domestic disturbance"), theft: _("theft") },
  ...{ use_of_force: _("use of force"), found_property: _("found property"), other: _("other") },
});

class PhoneDay extends HTMLElement {
  follow({ link }) {
    this.link = link;
    this.list = this.querySelector("[data-day]");
    this.age = this.querySelector("[data-age]");
    link.addEventListener("change", () => this.show());
    setInterval(() => this.show(), 60_000);
    this.show();
  }

  show() {
    const { incidents, at, state } = this.link;
    this.hidden = !incidents.length;
    const old = state === "in" ? _("as of now") : _("kept {span} ago; what changed since is not here", { span: span(Date.now() - at) });
    this.age.textContent = `${several("1 open incident", "{n} open incidents", incidents.length)}, ${old}.`;
    const said = JSON.stringify(incidents);
    if (said === this.said) return;
    this.said = said;
    this.list.replaceChildren(...incidents.map((one) => this.line(one)));
  }

  line(one) {
    const kind = KINDS()[one.kind] ?? one.kind.replaceAll("_", " ");
    const place = [one.title, one.place].filter(Boolean).join(", ");
    const when = make("time", { datetime: one.occurred_at }, TIME.format(new Date(one.occurred_at)));
    const name = make("a", { href: `/incidents/${one.id}` }, one.number);
    return make("li", {}, make("p", { class: "day-name" }, name, ` ${kind}`), make("p", { class: "sending-note" }, place ? `${place} · ` : "", when));
  }
}

customElements.define("phone-day", PhoneDay);

class PhoneSettings extends HTMLElement {
  follow(queue) {
    const { wifi, position, remove } = this.querySelector("form").elements;
    const show = () => {
      wifi.checked = queue.settings.wifiOnly;
      position.checked = Boolean(queue.settings.position);
      remove.checked = queue.settings.autoRemove;
    };
    // Where the browser does not say which network it uses, a promise about it would be false.
    wifi.disabled = !network() && !navigator.connection?.type;
    this.querySelector("[data-no-network-kind]").hidden = !wifi.disabled;
    wifi.addEventListener("change", () => queue.choose({ wifiOnly: wifi.checked, override: false }));
    position.addEventListener("change", () => queue.choose({ position: position.checked }));
    remove.addEventListener("change", () => queue.choose({ autoRemove: remove.checked }));
    queue.addEventListener("change", show);
    show();
  }
}

customElements.define("phone-settings", PhoneSettings);
