"""Language events, exposure, dispositions: a question about a pattern, never a finding."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.earlywarning import audit_views, indicator_views, review_views, views

    app.register_blueprint(views.bp)
    app.register_blueprint(review_views.bp)
    app.register_blueprint(audit_views.bp)
    app.register_blueprint(indicator_views.bp)
