// <local-time>: shows the time inside it in the reader's own zone; the title keeps the record's UTC.
import { locale } from "./words.js";

const FORMAT = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const at = new Date(time?.dateTime ?? "");
    if (!time || Number.isNaN(at.getTime())) return;
    time.title = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    time.textContent = FORMAT.format(at);
  }
}

customElements.define("local-time", LocalTime);
