"""What internal affairs fill in."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.analysis.models import Decision
from app.earlywarning.models import Outcome
from app.earlywarning.service import LEAST_REASON

_REASON = [InputRequired("Say why, in a sentence others can follow."), Length(min=LEAST_REASON, max=2000)]


class MomentForm(FlaskForm):
    """A decision on one moment."""

    decision = RadioField(
        "This moment",
        choices=[
            SelectChoice(Decision.CONFIRMED.value, "was said, and counts"),
            SelectChoice(Decision.REJECTED.value, "does not count"),
        ],
    )
    reason = TextAreaField("Why", validators=_REASON)


class DispositionForm(FlaskForm):
    """The answer to an officer's question."""

    outcome = SelectField(
        "Outcome", choices=[SelectChoice(one.value, one.value.replace("_", " ").capitalize()) for one in Outcome]
    )
    reason = TextAreaField("Why", validators=_REASON)
