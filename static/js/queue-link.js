// Where the phone stands with the server: who is signed in, the token of the session, the day's incidents, the clock's error.
import { keyOf, sealWords, unsealWords } from "./queue-seal.js";
import { forget, keep, kept } from "./queue-store.js";

const DAY = "/api/v1/phone/day";
const HOUR = 3_600_000;
const ANSWER_MS = 30_000;

/** Ends a question that is never answered: a network that was changed under way leaves connections that hang. */
export const inTime = () => AbortSignal.timeout?.(ANSWER_MS);

/** State: "unknown" before the first answer, "in", "out" (sign in again), "away" (no network or no server). */
export class Link extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { state: "unknown", me: "", day: null, at: 0, asked: 0, csrf: "", offset: 0 });
  }

  /** What was kept at the last sign-in, if it is not too old: so that the page works before and without an answer. */
  async restore() {
    this.me = (await kept("me")) ?? "";
    const found = this.me ? await kept(`day:${this.me}`) : null;
    if (!found) return;
    if (Date.now() > found.until || Date.now() < found.at - HOUR) return void (await forget(`day:${this.me}`));
    this.day = await unsealWords(await keyOf(this.me), found.sealed, `day:${this.me}`).catch(() => null);
    this.at = found.at;
    this.changed();
  }

  /** Asks the server; by itself it keeps no session open. Resolves to the state. */
  async refresh() {
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  async ask() {
    const sent = (this.asked = Date.now());
    const headers = { Accept: "application/json", "X-Blotter-Poll": "1" };
    const answer = await fetch(DAY, { headers, cache: "no-store", signal: inTime() }).catch(() => null);
    if (!answer || answer.status >= 500) return this.become("away");
    if (!answer.ok) return this.become("out");
    const day = await answer.json().catch(() => null);
    if (!day) return this.become("away");
    this.offset = (sent + Date.now()) / 2 - Date.parse(day.now);
    await this.meet(day).catch((error) => console.warn("The day is not kept:", error.message));
    return this.become("in");
  }

  async meet({ csrf, ...day }) {
    Object.assign(this, { csrf, day, at: Date.now() });
    const before = this.me;
    this.me = day.officer.id;
    if (before && before !== this.me) await forget(`day:${before}`);
    await keep("me", this.me);
    const sealed = await sealWords(await keyOf(this.me), day, `day:${this.me}`);
    await keep(`day:${this.me}`, { sealed, at: this.at, until: this.at + day.keep_hours * HOUR });
  }

  become(state) {
    this.state = state;
    this.changed();
    return state;
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** The incidents that may be shown and chosen now: none while the session is locked or ended. */
  get incidents() {
    return this.state === "out" ? [] : (this.day?.incidents ?? []);
  }
}

/** Forgets who was signed in and their day; what waits to be sent stays, encrypted. */
export async function leave() {
  const me = await kept("me");
  if (me) await forget(`day:${me}`);
  await forget("me");
}
