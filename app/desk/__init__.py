"""The incident page: player, transcript, tags, entities and report side by side, drawn from the rooms below."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.desk import index_api, index_views, views

    app.register_blueprint(views.bp)
    app.register_blueprint(index_views.bp)
    app.register_blueprint(index_api.bp)
