"""Uploads, sealed items, renditions: how an original arrives and stays what it was."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.evidence import api, custody_views, uploads, views

    for door in (views, custody_views, api, uploads):
        app.register_blueprint(door.bp)
