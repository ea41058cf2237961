"""Uploads, sealed items, renditions: how an original arrives and stays what it was."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.evidence import api, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
