"""What a browser sends when an original is taken away: which items, what for, for which case."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.evidence.models import ExcerptKind
from app.evidence.reasons import ReasonCode

_CODES = [SelectChoice("", "Choose one"), *(SelectChoice(code.value, code.title) for code in ReasonCode)]


class ReasonForm(FlaskForm):
    """Why somebody who was not assigned takes an original."""

    reason = SelectField(
        "What it is for", choices=_CODES, default="", validators=[DataRequired("Choose what it is for.")]
    )
    case = StringField(
        "Case number",
        validators=[DataRequired("Give the case number."), Length(max=40, message="At most 40 characters.")],
    )


class ExcerptForm(ReasonForm):
    """Which seconds of a recording, or the picture of which one, and why."""

    kind = RadioField(
        "What to cut",
        choices=[
            SelectChoice(ExcerptKind.CLIP.value, "A clip: picture and sound of some seconds"),
            SelectChoice(ExcerptKind.STILL.value, "A still: the picture of one moment"),
        ],
        default=ExcerptKind.CLIP.value,
        validators=[DataRequired("Choose a clip or a still.")],
    )
    start = StringField("From", validators=[DataRequired("Give a time in the recording."), Length(max=20)])
    end = StringField("To", validators=[Length(max=20)])


class ExportForm(ReasonForm):
    """Which items of an incident, and why."""

    items = SelectMultipleField(
        "Recordings and files",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired("Choose at least one item.")],
    )
