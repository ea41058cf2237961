"""The library: all evidence one may see, with facets, collections that update themselves, and playlists for court."""
