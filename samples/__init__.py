"""Sample recordings, and the demonstration that drives one of them from a phone to an approved report."""
