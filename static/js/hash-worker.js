// A worker that hashes a file slice by slice and says how far it is: {done: bytes} … then {sha256} or {error}.
import { Sha256 } from "./sha256.js";

const SLICE = 4 * 1024 * 1024;

self.addEventListener("message", async ({ data: file }) => {
  try {
    const hash = new Sha256();
    for (let place = 0; place < file.size; place += SLICE) {
      hash.update(new Uint8Array(await file.slice(place, place + SLICE).arrayBuffer()));
      self.postMessage({ done: Math.min(file.size, place + SLICE) });
    }
    self.postMessage({ sha256: hash.hex() });
  } catch (error) {
    self.postMessage({ error: error.message });
  }
});
