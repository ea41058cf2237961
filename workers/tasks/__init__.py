"""The doors of the back room: a task takes ids, claims, lets an engine compute, and has the result kept."""

from workers.tasks import (
    bundles,
    draft_report,
    find_entities,
    fixity,
    intake,
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
    "draft_report",
    "find_entities",
    "fixity",
    "intake",
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
