// What the phone keeps until the server has sealed it: records of files, their encrypted pieces, keys, the day's incidents.
import { _ } from "./words.js";

const NAME = "blotter-phone";
const VERSION = 1;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("items", { keyPath: "id" });
      request.result.createObjectStore("pieces"); // [item's id, number] -> bytes, encrypted
      request.result.createObjectStore("kept"); // name -> keys, the day, settings
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opened = null);
      request.result.onversionchange = () => {
        request.result.close();
        opened = null;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(_("Close Blotter's other tabs, then try again.")));
  }).catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}

// One transaction; resolves to what `act` asked for once everything is on disk.
async function within(store, mode, act) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const deal = base.transaction(store, mode, { durability: "strict" });
    const asked = act(deal.objectStore(store));
    deal.oncomplete = () => resolve(asked?.result);
    deal.onabort = () => reject(deal.error ?? new Error(_("The phone's store refused.")));
  });
}

const piecesOf = (id) => IDBKeyRange.bound([id], [id, []]);

/** Every record, oldest first. */
export async function items() {
  const all = await within("items", "readonly", (store) => store.getAll());
  return all.sort((a, b) => a.at - b.at || a.place - b.place);
}

export const item = (id) => within("items", "readonly", (store) => store.get(id));

/** Keeps records, all or none. */
export function put(...records) {
  return within("items", "readwrite", (store) => records.forEach((one) => store.put(one)));
}

/** Changes fields of one record, in one transaction; resolves to the record, or undefined when it is gone. */
export async function change(id, fields) {
  let found;
  await within("items", "readwrite", (store) => {
    const request = store.get(id);
    request.onsuccess = () => {
      if (!request.result) return;
      found = Object.assign(request.result, fields);
      store.put(found);
    };
  });
  return found;
}

export const piece = (id, number) => within("pieces", "readonly", (store) => store.get([id, number]));

export const putPiece = (id, number, bytes) => within("pieces", "readwrite", (store) => store.put(bytes, [id, number]));

/** Removes the bytes of one file from the device; its record stays. */
export const dropPieces = (id) => within("pieces", "readwrite", (store) => store.delete(piecesOf(id)));

/** Removes one file and its record from the device. */
export async function remove(id) {
  await dropPieces(id);
  await within("items", "readwrite", (store) => store.delete(id));
}

/** How many pieces of files lie on this device. */
export const piecesKept = () => within("pieces", "readonly", (store) => store.count());

export const kept = (name) => within("kept", "readonly", (store) => store.get(name));

export const keep = (name, value) => within("kept", "readwrite", (store) => store.put(value, name));

export const forget = (name) => within("kept", "readwrite", (store) => store.delete(name));

/** Removes everything: files, keys, the day. */
export async function removeAll() {
  for (const store of ["items", "pieces", "kept"]) await within(store, "readwrite", (one) => one.clear());
}

/** Whether the store works here at all: private windows and full disks refuse it. */
export async function works() {
  try {
    await keep("tried", Date.now());
    return true;
  } catch {
    return false;
  }
}
