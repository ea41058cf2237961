// What the phone says of a file in each of its states: a glyph, words, how far it is; never "done" before the seal.
import { size } from "./queue-order.js";

export const GLYPHS = {
  ...{ keeping: "down", waiting: "clock", sending: "send", paused: "pause", checking: "eye", sealed: "seal" },
  ...{ twin: "copy", refused: "stop", torn: "stop", quarantined: "stop" },
};
export const NEEDS = ["refused", "torn", "quarantined"];
const sentence = (words) => words.trim().replace(/[^.!?]$/, "$&.");
const percent = (part) => `${Math.floor(part * 100)} %`;

/** The words for a record; `done` bytes of it are through, `block` says why nothing is sent. */
export function words(record, done = 0, block = "") {
  const part = record.size ? done / record.size : 0;
  switch (record.state) {
    case "keeping":
      return done ? `Taking in ${percent(part)}. Keep Blotter open until it is through.` : "Is being taken in. Keep Blotter open.";
    case "waiting":
      if (!record.target) return "On this phone only. Choose its incident, then it is sent.";
      return sentence([block || (record.tries ? "Trying again" : "Waiting"), record.reason].filter(Boolean).join(". "));
    case "sending":
      return `Sending ${percent(Math.max(part, record.sent / record.size || 0))}`;
    case "paused":
      return `Paused at ${percent(record.sent / record.size || 0)}. Nothing is lost.`;
    case "checking":
      return "Arrived. The server is checking it.";
    case "sealed":
      return "Sealed";
    case "twin":
      return "Chosen twice: the same file is here already for this incident. It is not sent again.";
    case "quarantined":
      return `Set aside, not sealed. ${sentence(record.reason || "It could not be checked")} Keep your copy.`;
    case "torn":
      return `Not taken in. ${sentence(record.reason || "")}`;
    default:
      return `Not taken. ${sentence(record.reason || "")}`;
  }
}

/** What is said below a file whose fate is known. */
export function note(record) {
  if (record.state === "quarantined" && record.receipt) return "The receipt, signed, says what arrived and that it was set aside.";
  if (record.state !== "sealed") return "";
  const copy = record.removed
    ? "Blotter's copy has left this phone; one in your gallery is yours to keep or delete as your agency's rules say."
    : "You may keep or remove the copy as your agency's rules say.";
  return `${copy} Keep the receipt: signed, it shows what you sent and when it was sealed, also without this server.`;
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
  const many = (n) => n.toLocaleString("en");
  const told = [
    [count("keeping"), "being taken in"],
    [count("waiting", "paused"), "waiting"],
    [count("sending"), "sending"],
    [count("checking"), "being checked"],
    [count("sealed"), "sealed"],
    [count(...NEEDS), "need you"],
  ];
  const counted = records.filter((one) => !["twin", "torn", "refused"].includes(one.state));
  const total = counted.reduce((sum, one) => sum + one.size, 0);
  const here = (one) => (one.state === "sending" ? Math.max(progress.get(one.id) ?? 0, one.sent) : one.sent);
  const there = counted.reduce((sum, one) => sum + (["sealed", "quarantined"].includes(one.state) ? one.size : here(one)), 0);
  const words = told.filter(([n]) => n).map(([n, what]) => `${many(n)} ${what}`);
  const title = records.length === 1 ? "1 file" : `${many(records.length)} files`;
  return { words: `${title}, ${size(total)}: ${words.join(", ")}`, part: total ? there / total : 0 };
}

/** Which records a list shows, at most `most`: what needs a person, what is on its way, then the newest. */
export function shown(records, most) {
  const rank = (one) => (NEEDS.includes(one.state) ? 0 : records.length > most && one.state === "sending" ? 1 : 2);
  return [...records].sort((a, b) => rank(a) - rank(b) || b.at - a.at || a.place - b.place).slice(0, most);
}
