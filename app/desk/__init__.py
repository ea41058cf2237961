"""The incident page: player, transcript, tags, entities and report side by side, drawn from the rooms below."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.desk.views import bp

    app.register_blueprint(bp)
