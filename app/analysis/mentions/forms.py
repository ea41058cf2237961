"""What a browser sends about findings: a correction, something machines missed, who or what it is."""

import re
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.analysis.mentions.deciding import LONGEST, Marked
from app.analysis.mentions.kinds import KINDS, kind_of
from app.core.errors import Invalid
from app.people.models import ROLES, EntryKind

KIND_CHOICES = [SelectChoice(key, kind.title) for key, kind in KINDS.items()]
CHOOSE = SelectChoice("", "Choose one")
_CLOCK = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d+)?)")


def kind_in_words(kind: str) -> str:
    """A kind of finding as officers in the United States write it."""
    return kind_of(kind).title


class CorrectForm(FlaskForm):
    """What it is instead."""

    kind = SelectField("What it is", choices=KIND_CHOICES)
    value = StringField(
        "As it should be",
        validators=[DataRequired("Say what it is."), Length(max=LONGEST, message="At most 400 characters.")],
    )
    edition = HiddenField(validators=[Optional()])


class AddForm(FlaskForm):
    """Something machines missed, with its seconds."""

    evidence = SelectField("Recording", validators=[DataRequired("Choose the recording.")])
    start = StringField("From", validators=[DataRequired("Give the second it starts.")])
    end = StringField("To", validators=[Optional()])
    kind = SelectField(
        "What it is", choices=[CHOOSE, *KIND_CHOICES], default="", validators=[DataRequired("Choose what it is.")]
    )
    value = StringField(
        "What was said or shown",
        validators=[DataRequired("Say what it is."), Length(max=LONGEST, message="At most 400 characters.")],
    )
    utterance = HiddenField(validators=[Optional()])

    def marked(self) -> Marked:
        """What was typed. Invalid for seconds that are none."""
        start = seconds(self.start.data, "start")
        end = seconds(self.end.data, "end") if self.end.data else start + 1
        said = UUID(self.utterance.data) if self.utterance.data else None
        return Marked(self.kind.data, self.value.data, start, end, said)


class LinkForm(FlaskForm):
    """Who or what it is, and its part in the incident."""

    entry = RadioField(
        "Who or what is it?", validate_choice=False, validators=[DataRequired("Choose one, or a new entry.")]
    )
    label = StringField("Name of the new entry", validators=[Length(max=200, message="At most 200 characters.")])
    role = SelectField("Part in this incident", default="", validators=[DataRequired("Choose what part it had.")])
    also_name = BooleanField("Name this person in the incident too")

    def of(self, kind: EntryKind) -> "LinkForm":
        """The form with the parts of this kind to choose from."""
        self.role.choices = [CHOOSE, *(SelectChoice(role, role.capitalize()) for role in ROLES[kind])]
        return self


def seconds(text: str, field: str) -> float:
    """ "75.5", "1:15.5" or "0:01:15" as seconds. Invalid for anything else."""
    found = _CLOCK.fullmatch((text or "").strip())
    if not found:
        raise Invalid(
            "This is no time in a recording.", field=field, remedy="Write seconds, or minutes and seconds as 1:15."
        )
    hours, minutes, rest = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest.replace(",", "."))
