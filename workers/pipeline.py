"""What is read from each kind of evidence, in which order, by which queue: one dict."""

from app.analysis.service import Plan
from app.evidence.models import MediaKind

RENDITIONS = Plan("renditions", "seeing")
TRANSCRIBE = Plan("transcribe", "hearing")
TAG_VIDEO = Plan("tag_video", "seeing")
FIND_ENTITIES = Plan("find_entities", "default", after=("transcribe",))
SCORE_LANGUAGE = Plan("score_language", "default", after=("transcribe",))
DRAFT_REPORT = Plan("draft_report", "default", after=("tag_video", "find_entities", "score_language"))

PIPELINE: dict[MediaKind, tuple[Plan, ...]] = {
    MediaKind.VIDEO: (TAG_VIDEO, RENDITIONS, TRANSCRIBE, FIND_ENTITIES, SCORE_LANGUAGE, DRAFT_REPORT),
    MediaKind.AUDIO: (RENDITIONS, TRANSCRIBE, FIND_ENTITIES, SCORE_LANGUAGE, DRAFT_REPORT),
    MediaKind.IMAGE: (TAG_VIDEO, RENDITIONS, DRAFT_REPORT),
    MediaKind.DOCUMENT: (),
    MediaKind.OTHER: (),
}

QUEUES = ("default", "hearing", "seeing")
