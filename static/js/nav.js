// Where the strip of the navigation is wider than the screen, it opens at the page one is on; in either direction of writing.
const current = document.querySelector('.nav [aria-current="page"]');
const strip = current?.closest("ul");
if (strip) {
  const middle = (node) => node.getBoundingClientRect().left + node.clientWidth / 2;
  strip.scrollLeft += middle(current) - middle(strip);
}
