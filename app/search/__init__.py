"""All evidence one may see, its moments found by what was seen, said and where, and what people keep of both."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.core import undoing
    from app.search import api, finder, service, views
    from app.search.library import api as library_api
    from app.search.library import keeping, playlist_views, playlists
    from app.search.library import views as library

    for door in (views, api, finder, library, playlist_views, library_api):
        app.register_blueprint(door.bp)
    undoing.install("search:saved", service.restore)
    undoing.install("search:collection", keeping.restore)
    undoing.install("search:part", playlists.restore)
