"""Officers, units, roles, sessions, tokens: who people are and whether it is still them."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors, and has every request know who asks."""
    from app.accounts import api, filter_views, filters, signin, views
    from app.core import undoing

    signin.install(app)
    undoing.install("accounts:filter", filters.restore)
    for door in (views, api, filter_views):
        app.register_blueprint(door.bp)
