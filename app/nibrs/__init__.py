"""NIBRS: codes, records, the FBI's edit rules, flat file and XML, and what was sent and answered."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.nibrs import approving, views

    app.register_blueprint(views.bp)
    views.install_summary(app)
    approving.install()
