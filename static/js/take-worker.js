// A worker that takes files in, one after the other, away from the page: {id, bytes} … then {id, state}.
import { take } from "./queue-taking.js";

let turn = Promise.resolve();

self.addEventListener("message", ({ data: { id, file } }) => {
  turn = turn.then(async () => {
    const state = await take(id, file, (bytes) => self.postMessage({ id, bytes }));
    self.postMessage({ id, state });
  });
});
