// What the phone says of a file in each of its states: a glyph, words, how far it is; never "done" before the seal.
import { size } from "./queue-order.js";
import { _, several } from "./words.js";

export const GLYPHS = {
  ...{ keeping: "down", waiting: "clock", sending: "send", paused: "pause", checking: "eye", sealed: "seal" },
  ...{ twin: "copy", refused: "stop", torn: "stop", quarantined: "stop" },
};
export const NEEDS = ["refused", "torn", "quarantined"];
const sentence = (words) => words.trim().replace(/[^.!?]$/, "$&.");
// The reason is kept as it was said: the phone's own in English, because a worker gave it; the server's in its language.
const reason = (record) => (record.reason ? _(record.reason) : "");
const percent = (part) => `${Math.floor(part * 100)} %`;

/** The words for a record; `done` bytes of it are through, `block` says why nothing is sent. */
export function words(record, done = 0, block = "") {
  const part = record.size ? done / record.size : 0;
  switch (record.state) {
    case "keeping":
      return done ? _("Taking in {part}. Keep Blotter open until it is through.", { part: percent(part) }) : _("Is being taken in. Keep Blotter open.");
    case "waiting":
      if (!record.target) return _("On this phone only. Choose its incident, then it is sent.");
      return sentence([block || (record.tries ? _("Trying again") : _("Waiting")), record.reason && _(record.reason)].filter(Boolean).join(". "));
    case "sending":
      return _("Sending {part}", { part: percent(Math.max(part, record.sent / record.size || 0)) });
    case "paused":
      return _("Paused at {part}. Nothing is lost.", { part: percent(record.sent / record.size || 0) });
    case "checking":
      return _("Arrived. The server is checking it.");
    case "sealed":
      return _("Sealed");
    case "twin":
      return _("Chosen twice: the same file is here already for this incident. It is not sent again.");
    case "quarantined":
      return `${_("Set aside, not sealed.")} ${sentence(record.reason || _("It could not be checked"))} ${_("Keep your copy.")}`;
    case "torn":
      return `${_("Not taken in.")} ${sentence(reason(record))}`;
    default:
      return `${_("Not taken.")} ${sentence(reason(record))}`;
  }
}

/** What is said below a file whose fate is known. */
export function note(record) {
  if (record.state === "quarantined" && record.receipt) return _("The receipt, signed, says what arrived and that it was set aside.");
  if (record.state !== "sealed") return "";
  const copy = record.removed
    ? _("Blotter's copy has left this phone; one in your gallery is yours to keep or delete as your agency's rules say.")
    : _("You may keep or remove the copy as your agency's rules say.");
  return `${copy} ${_("Keep the receipt: signed, it shows what you sent and when it was sealed, also without this server.")}`;
}

/** How far along, 0 to 1, or null where no bar is shown. */
export function part(record, done = 0) {
  if (record.state === "keeping") return record.size ? done / record.size : 0;
  if (["sending", "paused"].includes(record.state)) return Math.max(done, record.sent) / record.size || 0;
  return null;
}

/** One line over all files: counts by what they wait for, and the share of bytes that the server has. */
export function summary(records, progress) {
  const count = (...states) => records.filter((one) => states.includes(one.state)).length;
  const [keeping, waiting, sending] = [count("keeping"), count("waiting", "paused"), count("sending")];
  const [checking, sealed, needs] = [count("checking"), count("sealed"), count(...NEEDS)];
  const told = [
    keeping && several("{n} being taken in", "{n} being taken in", keeping),
    waiting && several("{n} waiting", "{n} waiting", waiting),
    sending && several("{n} sending", "{n} sending", sending),
    checking && several("{n} being checked", "{n} being checked", checking),
    sealed && several("{n} sealed", "{n} sealed", sealed),
    needs && several("{n} need you", "{n} need you", needs),
  ];
  const counted = records.filter((one) => !["twin", "torn", "refused"].includes(one.state));
  const total = counted.reduce((sum, one) => sum + one.size, 0);
  const here = (one) => (one.state === "sending" ? Math.max(progress.get(one.id) ?? 0, one.sent) : one.sent);
  const there = counted.reduce((sum, one) => sum + (["sealed", "quarantined"].includes(one.state) ? one.size : here(one)), 0);
  const title = several("1 file", "{n} files", records.length);
  return { words: `${title}, ${size(total)}: ${told.filter(Boolean).join(", ")}`, part: total ? there / total : 0 };
}

/** Which records a list shows, at most `most`: what needs a person, what is on its way, then the newest. */
export function shown(records, most) {
  const rank = (one) => (NEEDS.includes(one.state) ? 0 : records.length > most && one.state === "sending" ? 1 : 2);
  return [...records].sort((a, b) => rank(a) - rank(b) || b.at - a.at || a.place - b.place).slice(0, most);
}
