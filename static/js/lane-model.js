// Tags of a recording on lanes: read from the page, laid in rows, gathered where they are too close to be told apart.

const MOST_ROWS = 3;
const NEAR_PX = 2;
const LEAST_PX = 3;
const APART_PX = 8;

/** The tags of data-tags, by time: [id, kind, label, start, end, best, count, confidence, box]. */
export function readTags(text) {
  const tags = JSON.parse(text || "[]").map(([id, kind, label, start, end, best, count, confidence, box]) => ({
    id, kind, label: count > 1 ? `${label} ×${count}` : label, start, end, best, confidence, box,
  }));
  return tags.sort((one, other) => one.start - other.start || one.end - other.end);
}

/** One lane a kind, most tags first; each lane's tags lie in rows so that those at one time lie over each other. */
export function layLanes(tags) {
  const lanes = new Map();
  for (const tag of tags) {
    if (!lanes.has(tag.kind)) lanes.set(tag.kind, { kind: tag.kind, tags: [], rows: [] });
    lanes.get(tag.kind).tags.push(tag);
  }
  for (const lane of lanes.values()) layRows(lane);
  return [...lanes.values()].sort((one, other) => other.tags.length - one.tags.length || (one.kind < other.kind ? -1 : 1));
}

function layRows(lane) {
  const ends = [];
  for (const tag of lane.tags) {
    let row = ends.findIndex((end) => end <= tag.start);
    if (row < 0) row = ends.length < MOST_ROWS ? ends.length : ends.indexOf(Math.min(...ends));
    ends[row] = Math.max(ends[row] ?? 0, tag.end);
    (lane.rows[row] ??= []).push(tag);
  }
}

/** What one row shows from second `from` to `until` on `width` pixels: [{x, end, tags}], close ones gathered into one. */
export function gather(row, { from, until, width }) {
  const scale = width / (until - from);
  const marks = [];
  for (const tag of row) {
    if (tag.end < from || tag.start > until) continue;
    const x = (tag.start - from) * scale;
    const end = Math.max(x + LEAST_PX, (tag.end - from) * scale);
    const last = marks.at(-1);
    if (last && x < last.end + NEAR_PX && x < last.begun + APART_PX) {
      last.tags.push(tag);
      last.end = Math.max(last.end, end);
      last.begun = x;
    } else {
      if (last) last.end = Math.min(last.end, x - 1); // one that begins while another lasts lies over its rest
      marks.push({ x, end, tags: [tag], begun: x });
    }
  }
  return marks;
}

/** The tags of a lane by columns `wide` pixels broad: [{x, end, tags}], empty columns left out. */
export function heap(tags, { from, until, width }, wide) {
  const bars = Array.from({ length: Math.ceil(width / wide) }, (_, at) => ({ x: at * wide, end: (at + 1) * wide, tags: [] }));
  const scale = width / (until - from) / wide;
  for (const tag of tags) {
    const first = Math.max(0, Math.floor((tag.start - from) * scale));
    const last = Math.min(bars.length - 1, Math.floor((tag.end - from) * scale));
    for (let at = first; at <= last; at += 1) bars[at].tags.push(tag);
  }
  return bars.filter(({ tags: within }) => within.length);
}

/** A round step in seconds for a scale with at most `most` figures over `span` seconds. */
export function scaleStep(span, most) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  return steps.find((step) => span / step <= most) ?? 14400;
}
