// One file on its way by tus: begun or gone on with, and what became of it: {kind: sent, away, later, busy, anew, out, refused, broken}.
import { Pieces } from "./queue-taking.js";
import { _ } from "./words.js";

export const CHUNK = 8 * 1024 * 1024; // a request; the server takes 100 MB at most
const AT_ONCE = 2 * 1024 * 1024; // this small, a file comes with its creation: one request

/** What the server is told of a file. `sent_at` is read anew whenever it is asked for: the server compares the clocks (E9). */
export function metadata(record, said) {
  const { position } = said;
  const told = {
    filename: said.name,
    filetype: said.type,
    title: said.title,
    incident: record.target,
    sha256: record.sha256,
    phone_key: record.key ?? record.id, // asked for twice because an answer was lost, it is one upload
    recorded_at: new Date(record.recordedAt).toISOString(),
    sent_at: new Date().toISOString(),
  };
  if (said.category) told.category = said.category;
  if (position) told.position = [position.latitude, position.longitude, position.accuracy_m].join(",");
  return told;
}

/** What an answer means for the file: see the first line. `wait` is in milliseconds, where the server asks for it. */
export function meaning(status, method, said = {}, retryAfter = "") {
  const words = [said.detail, said.remedy].filter(Boolean).join(" ");
  const wait = Number(retryAfter) > 0 ? Number(retryAfter) * 1000 : 0;
  if (!status) return { kind: "away" };
  if (status === 401 || (status === 400 && /csrf/i.test(`${said.title} ${words}`))) return { kind: "out" };
  if (status === 429) return { kind: "later", wait, words: said.detail ?? "" };
  if (status === 410 || (status === 404 && method !== "POST")) return { kind: "anew" }; // given up there: by a request of ours that broke, or run out
  if (status === 503) return { kind: "away", wait, words };
  const again = status >= 500 || [423, 460].includes(status) || (status === 409 && method !== "POST");
  if (again) return { kind: "busy", wait, words };
  return { kind: "refused", words: words || _("The server answered {status}.", { status }), field: said.field ?? "" };
}

function told(error) {
  const answer = error.originalResponse;
  if (!answer) return error.originalRequest ? { kind: "away" } : { kind: "broken", words: error.message };
  let said = {};
  try {
    said = JSON.parse(answer.getBody());
  } catch {
    said = { detail: (answer.getBody() ?? "").replace(/<[^>]*>/g, " ").trim().slice(0, 200) };
  }
  return meaning(answer.getStatus(), error.originalRequest?.getMethod(), said, answer.getHeader("Retry-After") ?? "");
}

/**
 * Sends the file of `record`; resolves to what became of it. `hooks`: csrf() before every request, began(url),
 * kept(bytes) when the server has so many, progress(bytes), and stop: a function it sets, which breaks off without loss.
 */
export function send(record, said, endpoint, hooks) {
  return new Promise((resolve) => {
    const upload = new tus.Upload(record, {
      endpoint,
      uploadUrl: record.url || null,
      uploadSize: record.size,
      chunkSize: CHUNK,
      retryDelays: null, // the queue waits, for all its files together
      uploadDataDuringCreation: record.size <= AT_ONCE,
      storeFingerprintForResuming: false,
      fingerprint: async () => record.id,
      fileReader: { openFile: async () => new Pieces(record) },
      metadata: metadata(record, said),
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", hooks.csrf()),
      onUploadUrlAvailable: () => hooks.began(upload.url),
      onChunkComplete: (_size, sent) => hooks.kept(sent),
      onProgress: (sent) => hooks.progress(sent),
      onError: (error) => resolve(told(error)),
      onSuccess: () => resolve({ kind: "sent", url: upload.url }),
    });
    hooks.stop = (why) => upload.abort().then(() => resolve({ kind: why }), () => resolve({ kind: why }));
    upload.start();
  });
}

/** The upload's id in its address. */
export const idOf = (url) => new URL(url, location.href).pathname.split("/").filter(Boolean).pop();
