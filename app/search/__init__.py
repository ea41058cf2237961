"""All evidence one may see, its moments found by what was seen, said and where, and what people keep of both."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.search import api, views
    from app.search.library import api as library_api
    from app.search.library import playlist_views
    from app.search.library import views as library

    for door in (views, api, library, playlist_views, library_api):
        app.register_blueprint(door.bp)
