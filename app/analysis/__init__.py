"""Steps, transcripts, tags, mentions: what machines said of the evidence, and which machine said it."""

from flask import Flask


def install(app: Flask) -> None:
    """Opens this room's doors."""
    from app.analysis import api, views
    from app.analysis.mentions import api as mentions_api
    from app.analysis.mentions import linking_views
    from app.analysis.mentions import views as mentions_views
    from app.analysis.tags import views as tags_views
    from app.analysis.tags.kinds import title_of
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
