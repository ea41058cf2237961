"""Language events, exposure, dispositions: a question about a pattern, never a finding."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.earlywarning.views import bp

    app.register_blueprint(bp)
