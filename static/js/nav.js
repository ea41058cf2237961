// Where the strip of the navigation is wider than the screen, it opens at the page one is on.
const current = document.querySelector('.nav [aria-current="page"]');
const strip = current?.closest("ul");
if (strip) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
