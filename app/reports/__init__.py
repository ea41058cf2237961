"""Drafts, sentences and their sources, versions, review, signature, filing."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.reports import api, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
    views.install_hands(app)
