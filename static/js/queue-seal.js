// Encryption of what waits on the phone: AES-256-GCM under a key per officer that cannot leave this browser.
import { keep, kept } from "./queue-store.js";

const IV = 12;
const words = new TextEncoder();
const text = new TextDecoder();

/** The officer's key on this device, made when there is none. It is not extractable: no script can read it out. */
export async function keyOf(officer) {
  const found = await kept(`key:${officer}`);
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await keep(`key:${officer}`, made);
  return kept(`key:${officer}`); // another tab may have been quicker: whichever is kept counts for both
}

/** IV and ciphertext of `bytes`; `where` says what they are, and opens only as that. */
export async function seal(key, bytes, where) {
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const made = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: words.encode(where) }, key, bytes);
  const whole = new Uint8Array(IV + made.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(made), IV);
  return whole;
}

/** What was sealed; throws when a bit of it was changed or it was sealed as something else. */
export async function unseal(key, sealed, where) {
  const given = { name: "AES-GCM", iv: sealed.subarray(0, IV), additionalData: words.encode(where) };
  return new Uint8Array(await crypto.subtle.decrypt(given, key, sealed.subarray(IV)));
}

export const sealWords = (key, value, where) => seal(key, words.encode(JSON.stringify(value)), where);

export const unsealWords = async (key, sealed, where) => JSON.parse(text.decode(await unseal(key, sealed, where)));
