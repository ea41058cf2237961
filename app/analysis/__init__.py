"""Steps, transcripts, tags, mentions: what machines said of the evidence, and which machine said it."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.analysis import api, linking_views, mentions_api, mentions_views, tags_views, views
    from app.analysis.tag_kinds import title_of
    from app.analysis.transcripts import doors, line_views, whole_views  # noqa: F401
    from app.analysis.transcripts import views as transcript_views  # noqa: F401

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(mentions_views.bp)
    app.register_blueprint(mentions_api.bp)
    app.register_blueprint(linking_views.bp)
    app.register_blueprint(tags_views.bp)
    app.register_blueprint(doors.bp)
    app.jinja_env.filters["tag_kind"] = title_of
