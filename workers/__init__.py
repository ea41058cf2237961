"""The back room: heavy libraries. Imports app; app never imports it."""
