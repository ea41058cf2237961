"""Steps, transcripts, tags, mentions: what machines said of the evidence, and which machine said it."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.analysis import api, linking_views, mentions_views, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(mentions_views.bp)
    app.register_blueprint(linking_views.bp)
