"""Officers, units, roles, sessions, tokens: who people are and whether it is still them."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors, and has every request know who asks."""
    from app.accounts import api, signin, views

    signin.install(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
