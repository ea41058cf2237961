"""JSON of kept searches."""

import pydantic


class SavedIn(pydantic.BaseModel):
    """A search to keep, or to change: what is left out stays."""

    name: str | None = None
    text: str | None = None
