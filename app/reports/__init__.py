"""Drafts, sentences and their sources, versions, review, signature, filing."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.core import undoing

    # Each module of views adds its doors to the one blueprint when it is imported.
    from app.reports import (  # noqa: F401
        agency_views,
        api,
        notices,
        pages,
        papers,
        pens,
        review_views,
        type_views,
        views,
        writing_views,
    )

    app.register_blueprint(pages.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(papers.bp)
    pages.install_hands(app)
    undoing.install("reports:notices", notices.unsee)
