"""Media by PyAV and OpenCV: what a file really is, what it says of itself, and the working copies people look at."""

from workers.engines.media.copies import make_copies
from workers.engines.media.cutting import cut_clip, take_still
from workers.engines.media.facts import MediaFacts, probe
from workers.engines.media.renditions import Rendition, make_thumbnail
from workers.engines.media.sniffing import Sniffed, Unreadable, sniff

__all__ = [
    "MediaFacts",
    "Rendition",
    "Sniffed",
    "Unreadable",
    "cut_clip",
    "make_copies",
    "make_thumbnail",
    "probe",
    "sniff",
    "take_still",
]
