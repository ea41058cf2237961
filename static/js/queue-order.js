// Which file goes next, how long to wait after a failure, and whether this network may be used: decided without a browser.
import { _, several } from "./words.js";

export const SMALL = 20 * 1024 * 1024;
const WAITS_MS = [500, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000];

/** Files that may be sent now: small ones first as they came, then large ones, the smallest first. */
export function order(records, owner) {
  const ready = records.filter((one) => one.owner === owner && one.target && ["waiting", "sending"].includes(one.state));
  const small = ready.filter((one) => one.size <= SMALL).sort((a, b) => a.at - b.at || a.place - b.place);
  const large = ready.filter((one) => one.size > SMALL).sort((a, b) => a.size - b.size || a.at - b.at);
  const begun = small.concat(large).filter((one) => one.sent > 0 && one.size > SMALL); // a large one that was begun is ended first
  return [...small, ...begun, ...large.filter((one) => !begun.includes(one))];
}

/** Milliseconds to wait after `tries` failures in a row; a fleet of phones must not come back at the same moment. */
export function backOff(tries, chance = Math.random()) {
  const base = WAITS_MS[Math.min(tries, WAITS_MS.length) - 1] ?? 0;
  return Math.round(base * (0.75 + 0.5 * chance));
}

/** What the browser says of the network: "wifi", "metered" or "" where it does not tell. */
export function network(connection = globalThis.navigator?.connection) {
  if (!connection) return "";
  if (connection.saveData || connection.type === "cellular") return "metered";
  return ["wifi", "ethernet"].includes(connection.type) ? "wifi" : "";
}

/** Why nothing may be sent over this network, or "". */
export function held(settings, connection = globalThis.navigator?.connection) {
  if (!settings.wifiOnly || settings.override) return "";
  return network(connection) === "metered" ? _("Waiting for Wi-Fi") : "";
}

/** Whether `bytes` more fit, from navigator.storage.estimate(): {fits, free}; free is undefined where nobody knows. */
export function room(bytes, estimate) {
  if (!estimate || !(estimate.quota > 0)) return { fits: true, free: undefined };
  const free = Math.max(0, estimate.quota - (estimate.usage ?? 0));
  return { fits: bytes * 1.02 + 1_000_000 <= free, free };
}

/**
 * The incident a file most likely belongs to, or null: by when it was recorded, and by where, when both are known.
 * Nearer than six hours counts; within 300 m of an incident's earlier recordings counts for three hours.
 */
export function suggest(incidents, at, position = null) {
  const scored = incidents.map((one) => {
    const hours = Math.abs(at - Date.parse(one.occurred_at)) / 3_600_000;
    const near = position && one.position ? distance(position, one.position) : Infinity;
    return { id: one.id, near, score: hours - (near <= 300 + (position?.accuracy_m ?? 0) ? 3 : 0), hours };
  });
  const fit = scored.filter((one) => one.hours <= 6).sort((a, b) => a.score - b.score);
  return fit[0]?.id ?? null;
}

/** Metres between two places (haversine, a sphere of 6,371 km). */
export function distance(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const dLat = rad(b.latitude - a.latitude) / 2;
  const dLon = rad(b.longitude - a.longitude) / 2;
  const h = Math.sin(dLat) ** 2 + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * Math.sin(dLon) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

/** Bytes in words, decimal. */
export function size(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

/** A span in words: 40 min, 3 h, 2 days. */
export function span(ms) {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 90) return `${Math.max(1, minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : several("1 day", "{n} days", Math.round(minutes / 1440));
}

const LONGEST_HEAD = 8 * 1024 * 1024;

/** Whether a film is HEVC (H.265), as iPhones record: by its sample entry, hvc1 or hev1, in the head of the file (ISO 14496-12). */
export async function isHevc(file) {
  if (!/^video\/(mp4|quicktime)$|\.(mov|mp4|m4v)$/i.test(file.type || file.name)) return false;
  for (let at = 0, tries = 0; at + 16 <= file.size && tries < 64; tries += 1) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const length = head.getUint32(0) === 1 ? Number(head.getBigUint64(8)) : head.getUint32(0) || file.size - at;
    if (head.getUint32(4) === 0x6d6f6f76) return named(file.slice(at, at + Math.min(length, LONGEST_HEAD))); // moov
    if (length < 8) return false;
    at += length;
  }
  return false;
}

async function named(head) {
  return /hvc1|hev1/.test(new TextDecoder("latin1").decode(await head.arrayBuffer()));
}
