"""Uploads, sealed items, renditions: how an original arrives and stays what it was."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.evidence import api, uploads, views
    from app.evidence.retention import holding
    from app.evidence.retention import views as retention

    for door in (views, api, uploads, retention, holding):
        app.register_blueprint(door.bp)
