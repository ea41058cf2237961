"""A page per role that shows what waits for them, and the ledger for those who check."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors, and gives every page its navigation."""
    from app.home import api_docs, audit, views, webhook_views

    app.register_blueprint(views.bp)
    app.register_blueprint(audit.bp)
    app.register_blueprint(api_docs.bp)
    app.register_blueprint(webhook_views.bp)
    views.install_navigation(app)
