// Taking a file in: read slice by slice, hashed, encrypted and put into the phone's store in flat memory; and read back.
import { Sha256 } from "./sha256.js";
import { keyOf, seal, unseal } from "./queue-seal.js";
import { change, dropPieces, item, items, piece, putPiece } from "./queue-store.js";
import { N_, _ } from "./words.js";

export const PIECE = 1024 * 1024;
const place = (id, number, size) => `${id}:${number}:${size}`;

/** Why a file was not taken in: `name` says what kind of trouble it is. */
export function trouble(error) {
  if (error?.name === "QuotaExceededError") return N_("This phone has no room left for it. Free some space, then choose it again.");
  if (error?.name === "NotReadableError" || error?.name === "NotFoundError") {
    return N_("The file could not be read: it was moved, changed or removed meanwhile. Choose it again.");
  }
  return `The file could not be read: ${error?.message ?? error}`;
}

/**
 * Takes `file` in under the record `id` that is kept already. `progress(bytes)` says how far it is.
 * Resolves to the record's state: waiting, or twin when the same bytes for the same incident are here already, or torn.
 */
export async function take(id, file, progress = () => {}) {
  const record = await item(id);
  if (!record) return "gone"; // removed meanwhile
  try {
    const sha256 = await pour(record, file, progress);
    const twin = await twinOf(record, sha256);
    if (twin) {
      await dropPieces(id);
      await change(id, { state: "twin", sha256, twin: twin.id });
      return "twin";
    }
    await change(id, { state: "waiting", sha256 });
    return "waiting";
  } catch (error) {
    await dropPieces(id).catch(() => {});
    await change(id, { state: "torn", reason: trouble(error) });
    return "torn";
  }
}

async function pour(record, file, progress) {
  const key = await keyOf(record.owner);
  const hash = new Sha256();
  for (let at = 0, number = 0; at < file.size; at += PIECE, number += 1) {
    const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    hash.update(bytes);
    await putPiece(record.id, number, await seal(key, bytes, place(record.id, number, record.size)));
    progress(Math.min(file.size, at + PIECE));
  }
  return hash.hex();
}

async function twinOf(record, sha256) {
  const gone = ["twin", "torn", "refused", "quarantined"];
  const same = (one) => one.sha256 === sha256 && one.target === record.target && one.owner === record.owner;
  return (await items()).find((one) => one.id !== record.id && same(one) && !gone.includes(one.state));
}

/** A file in the store as tus-js-client reads one: whatever part it asks for is decrypted then, and no more. */
export class Pieces {
  constructor(record) {
    Object.assign(this, { id: record.id, owner: record.owner, size: record.size });
  }

  async slice(start, end) {
    const stop = Math.min(end, this.size);
    const key = await keyOf(this.owner);
    const parts = [];
    for (let number = Math.floor(start / PIECE); number * PIECE < stop; number += 1) {
      const sealed = await piece(this.id, number);
      if (!sealed) throw new Error(_("A part of this file is missing on this phone."));
      const bytes = await unseal(key, sealed, place(this.id, number, this.size));
      parts.push(bytes.subarray(Math.max(0, start - number * PIECE), Math.min(bytes.length, stop - number * PIECE)));
    }
    return { value: new Blob(parts), done: stop >= this.size };
  }

  close() {}
}
