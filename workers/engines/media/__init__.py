"""Media by PyAV and OpenCV: what a file really is, what it says of itself, and the working copies people look at."""

from workers.engines.media.facts import MediaFacts, probe
from workers.engines.media.renditions import Rendition, make_poster, make_proxy, make_thumbnail, waveform_peaks
from workers.engines.media.sniffing import Sniffed, Unreadable, sniff

__all__ = [
    "MediaFacts",
    "Rendition",
    "Sniffed",
    "Unreadable",
    "make_poster",
    "make_proxy",
    "make_thumbnail",
    "probe",
    "sniff",
    "waveform_peaks",
]
