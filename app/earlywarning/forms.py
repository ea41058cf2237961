"""What internal affairs fill in."""

from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
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


class AssignForm(FlaskForm):
    """Who is to review an alert; the choices are given by the view."""

    assignee = SelectField("Assign to", validators=[InputRequired("Choose who is to review it.")])


class AnswerForm(FlaskForm):
    """The assignee's answer to an alert."""

    outcome = SelectField(
        "Outcome", choices=[SelectChoice(one.value, one.value.replace("_", " ").capitalize()) for one in Outcome]
    )
    reason = TextAreaField("Why", validators=_REASON)


class ContestForm(FlaskForm):
    """An officer's statement on a moment of their own."""

    statement = TextAreaField(
        "Your statement",
        validators=[
            InputRequired("Say why it should not count."),
            Length(min=LEAST_REASON, max=4000, message="A statement has 10 to 4,000 characters."),
        ],
    )


class ContestAnswerForm(FlaskForm):
    """Another person's answer to a contest."""

    verdict = RadioField(
        "The officer",
        choices=[
            SelectChoice("upheld", "is right: the moment does not count"),
            SelectChoice("refused", "was heard: the moment stays confirmed"),
        ],
    )
    reason = TextAreaField("Why", validators=_REASON)


class LevelsForm(FlaskForm):
    """A proposal of levels. The ranges are the verb's."""

    percentile = FloatField("Percentile of the peers to exceed", validators=[InputRequired("A share such as 0.9.")])
    probability = FloatField("Probability that it is exceeded", validators=[InputRequired("A share such as 0.9.")])
    false_discovery_rate = FloatField(
        "Share of all alerts that may be false", validators=[InputRequired("A share such as 0.1.")]
    )
    minimum_hours = FloatField("Least hours of own speech", validators=[InputRequired("Hours, such as 1.")])
    remind_days = IntegerField("Remind after days", validators=[InputRequired("Whole days, such as 14.")])
    reason = TextAreaField("Why", validators=_REASON)
