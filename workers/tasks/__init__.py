"""The doors of the back room: a task takes ids, claims, lets an engine compute, and has the result kept."""

from workers.tasks import (
    bundles,
    checks,
    draft_report,
    find_entities,
    fixity,
    intake,
    join_mentions,
    mail,
    patterns,
    preview_type,
    renditions,
    retention,
    score_language,
    tag_video,
    transcribe,
    upkeep,
)

__all__ = [
    "bundles",
    "checks",
    "draft_report",
    "find_entities",
    "fixity",
    "intake",
    "join_mentions",
    "mail",
    "patterns",
    "preview_type",
    "renditions",
    "retention",
    "score_language",
    "tag_video",
    "transcribe",
    "upkeep",
]
