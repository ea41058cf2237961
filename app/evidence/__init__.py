"""Uploads, sealed items, renditions: how an original arrives and stays what it was."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.evidence import api, custody_views, excerpt_views, faults, tus, uploads, views
    from app.evidence.retention import holding
    from app.evidence.retention import views as retention

    app.wsgi_app = tus.MethodOverride(app.wsgi_app, under="/api/v1/uploads")  # type: ignore[method-assign]
    app.jinja_env.globals["fault_words"] = faults.in_words
    for door in (views, custody_views, excerpt_views, api, uploads, retention, holding):
        app.register_blueprint(door.bp)
