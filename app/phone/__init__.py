"""The phone: an installable page to capture or choose a file and watch it arrive."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.phone import api, views

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
