// The record of a file that is being taken in: plain what order and sending need, encrypted what it is called and where it was.
import { keyOf, sealWords } from "./queue-seal.js";

/** Records for `files` of the officer `owner`; `told(file, number)`: {title, incident, label, category, position} of each. */
export async function records(owner, files, told) {
  const key = await keyOf(owner);
  const at = Date.now();
  return Promise.all(
    [...files].map(async (file, place) => {
      const id = crypto.randomUUID();
      const { incident, ...more } = told(file, place);
      const said = await sealWords(key, { name: file.name, type: file.type, ...more }, `said:${id}`);
      const times = { at, place, recordedAt: file.lastModified || at };
      return { id, owner, state: "keeping", size: file.size, target: incident, url: "", sent: 0, said, ...times };
    }),
  );
}
