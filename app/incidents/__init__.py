"""Incidents, participants, offences, assignments, and who may see them."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.incidents.views import bp

    app.register_blueprint(bp)
