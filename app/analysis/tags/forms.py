"""What a browser sends about tags: something a person saw and machines missed."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.analysis.mentions.forms import CHOOSE, seconds
from app.analysis.tags.deciding import LONGEST, Added
from app.analysis.tags.kinds import KINDS, QUIET
from app.core.errors import Invalid

KIND_CHOICES = [SelectChoice(key, kind.title) for key, kind in KINDS.items() if key not in QUIET]


class AddTagForm(FlaskForm):
    """What is seen, from which second to which, and where in the picture."""

    kind = SelectField(
        "What it is", choices=[CHOOSE, *KIND_CHOICES], default="", validators=[DataRequired("Choose what it is.")]
    )
    label = StringField(
        "In words",
        validators=[DataRequired("Say what is seen."), Length(max=LONGEST, message="At most 200 characters.")],
    )
    start = StringField("From", validators=[DataRequired("Give the second it starts.")])
    end = StringField("To", validators=[Optional()])
    box = StringField("Where in the picture", validators=[Optional()])

    def added(self) -> Added:
        """What was typed. Invalid for seconds or a place that are none."""
        start = seconds(self.start.data, "start")
        end = seconds(self.end.data, "end") if self.end.data else start + 1
        return Added(self.kind.data, self.label.data, start, end, place(self.box.data or ""))


def place(text: str) -> tuple[float, float, float, float] | None:
    """ "40, 30, 20, 25" (left, top, width, height in per cent) as fractions; None where nothing is said. Invalid for
    anything else; whether it lies in the picture is for the verb to say."""
    if not text.strip():
        return None
    try:
        left, top, width, height = (float(part) / 100 for part in text.replace("%", " ").replace(",", " ").split())
    except ValueError as error:
        raise Invalid(
            "This is no place in a picture.",
            field="box",
            remedy="Left, top, width and height in per cent, as 40, 30, 20, 25; or leave it empty.",
        ) from error
    return left, top, width, height
