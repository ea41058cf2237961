"""Moments of every recording found by what was seen, said and where; searches that people keep."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.search import api, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
