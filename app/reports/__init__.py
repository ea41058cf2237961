"""Drafts, sentences and their sources, versions, review, signature, filing."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.reports import (
        api,
        papers,
        pens,  # noqa: F401 (its routes are on the blueprint of views)
        views,
    )

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(papers.bp)
    views.install_hands(app)
