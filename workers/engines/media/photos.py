"""What a camera wrote into a photograph (EXIF): read as found, never changed (E7)."""

import warnings
from pathlib import Path

import PIL.ExifTags
import PIL.Image

_PARTS = (PIL.ExifTags.IFD.Exif, PIL.ExifTags.IFD.GPSInfo)
_UNSEEN = ("MakerNote", "UserComment", "ExifOffset", "GPSInfo", "PrintImageMatching", "XMLPacket")
_LONGEST = 500


def exif(path: Path) -> dict[str, str]:
    """Name of each EXIF field with its value as text; nothing where there is none, or where it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(path) as image:
                found = image.getexif()
                fields = {PIL.ExifTags.TAGS.get(number, hex(number)): value for number, value in found.items()}
                for part in _PARTS:
                    names = PIL.ExifTags.GPSTAGS if part is PIL.ExifTags.IFD.GPSInfo else PIL.ExifTags.TAGS
                    fields |= {names.get(n, hex(n)): value for n, value in found.get_ifd(part).items()}
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, PIL.Image.DecompressionBombError):
        return {}
    return {name: _text(value) for name, value in fields.items() if name not in _UNSEEN}


def _text(value: object) -> str:
    """As it is written, without signs that cannot be shown."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, tuple):
        value = ", ".join(str(one) for one in value)
    return "".join(sign for sign in str(value) if sign.isprintable())[:_LONGEST].strip()
