"""Steps, transcripts, tags, mentions: what machines said of the evidence, and which machine said it."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.analysis import api, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
