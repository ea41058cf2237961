// Sends a file by tus-js-client, as published, and says how it went: one JSON object a line. Its argument is JSON:
// {endpoint, file, headers, metadata, chunkSize, parallelUploads, deferred, pauseAt, leaveAt, store}.
import { createReadStream } from "node:fs";
import { PassThrough } from "node:stream";
import * as tus from "tus-js-client";

const given = JSON.parse(process.argv[2]);
const say = (what) => console.log(JSON.stringify(what));
let paused = false;

// A file's length is known; of a stream without a name, such as a camera's, it is not.
const file = createReadStream(given.file);
const upload = new tus.Upload(given.deferred ? file.pipe(new PassThrough()) : file, {
  endpoint: given.endpoint,
  headers: given.headers,
  metadata: given.metadata,
  metadataForPartialUploads: {},
  chunkSize: given.chunkSize,
  parallelUploads: given.parallelUploads ?? 1,
  uploadLengthDeferred: given.deferred ?? false,
  retryDelays: Array(12).fill(200),
  urlStorage: new tus.FileUrlStorage(given.store),
  fingerprint: async () => `tus-${given.file}`,
  async onProgress(sent) {
    if (given.leaveAt && sent >= given.leaveAt) process.exit(0); // the client is gone in the middle
    if (!given.pauseAt || paused || sent < given.pauseAt) return;
    paused = true;
    await upload.abort();
    say({ paused: sent });
    setTimeout(() => upload.start(), 300);
  },
  onShouldRetry(error) {
    say({ retried: error.message.slice(0, 120) });
    return true;
  },
  onError(error) {
    say({ error: error.message });
    process.exit(1);
  },
  onSuccess: () => say({ url: upload.url }),
});

const previous = await upload.findPreviousUploads();
if (previous.length) upload.resumeFromPreviousUpload(previous[0]);
say({ resumes: previous.length });
upload.start();
