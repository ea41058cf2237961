// The page's language for scripts: English words stand in the code; what they are in the page's own comes with /words/XX.js.
// In a worker, and in English, that is not there, and the words are what they are.

const said = globalThis.blotterWords ?? {};
const page = globalThis.document?.documentElement.lang || "en";
const own = globalThis.navigator?.language ?? page;

/** How dates and numbers are written: as the browser's own kind of the page's language does it. */
export const locale = own.split("-")[0] === page.split("-")[0] ? own : page;

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The words in the page's language, each {name} in them filled from `values`. */
export function _(words, values = {}) {
  return fill(said[words] ?? words, values);
}

/** Marks words that are kept in English and said later by `_`. */
export const N_ = (words) => words;

/** The words for `count` of a thing: `one` where it is one, otherwise `more`; {n} is the count as the language writes it. */
export function several(one, more, count, values = {}) {
  const forms = said[one] ?? [one, more];
  return fill(forms[count === 1 ? 0 : forms.length - 1], { n: number(count), ...values });
}

/** A whole number, its thousands parted. */
export const number = (value) => value.toLocaleString(locale);
