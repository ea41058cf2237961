// Saves one line of a transcript by itself while it is typed; what cannot be saved is kept in the tab and tried again.
import { drop, keep } from "./kept-words.js";
import { SentenceSaver } from "./sentence-saver.js";

const time = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export class TranscriptSaver extends SentenceSaver {
  constructor(form, name, took) {
    super(form, name);
    this.took = took;
  }

  /** `lines` are the line as the server shows it now. */
  done(text, { edition, saved_at: at, lines }) {
    this.edition.value = edition;
    this.saved = text;
    this.lines = lines;
    if (this.box.value === text) drop(this.name);
    else keep(this.name, { text: this.box.value, edition });
    this.tell(`Saved ${time(at)}`, "saved");
    this.took({ edition });
  }
}
