"""What machines saw in pictures: the kinds, what people decide of them, and the page that shows them."""
