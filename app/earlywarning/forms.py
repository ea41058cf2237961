"""What internal affairs fill in."""

from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    FloatField,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.analysis.models import Decision
from app.earlywarning.audits import CATEGORIES, MOST
from app.earlywarning.drawn import DrawKind
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


class DrawForm(FlaskForm):
    """A draw of recordings to listen to."""

    kind = RadioField(
        "How",
        choices=[
            SelectChoice(DrawKind.RANDOM.value, "by chance: every hour of speech alike"),
            SelectChoice(DrawKind.RANKED.value, "ranked: where most waits for a decision"),
        ],
        default=DrawKind.RANDOM.value,
    )
    wanted = IntegerField("Recordings", default=10, validators=[InputRequired(f"A number from 1 to {MOST}.")])
    days = IntegerField("Of the last days", default=30, validators=[InputRequired("Whole days, such as 30.")])


class SaidForm(Form):
    """One harsh moment that a listener heard; empty lines are left out."""

    at = StringField("At")
    category = SelectField(
        "What",
        choices=[SelectChoice("", ""), *(SelectChoice(one, one.replace("_", " ").capitalize()) for one in CATEGORIES)],
        validate_choice=False,  # a line that was not sent is empty; the verb knows the categories
    )


class HeardForm(FlaskForm):
    """What a listener heard of a whole recording."""

    verdict = RadioField(
        "The recording",
        choices=[
            SelectChoice("heard", "was listened to from start to end"),
            SelectChoice("unhearable", "cannot be understood"),
        ],
        default="heard",
    )
    moments = FieldList(FormField(SaidForm), min_entries=8, max_entries=60)
    note = TextAreaField("Note", validators=[Length(max=2000)])


class MappingForm(FlaskForm):
    """What the columns of a file of counts mean; the choices are the file's own columns, given by the view."""

    indicator = StringField("What is counted", validators=[InputRequired("Such as Complaints, or Use of force.")])
    badge = SelectField("Badge of the officer", validators=[InputRequired("Choose the column.")])
    day = SelectField("Date", validators=[InputRequired("Choose the column.")])
    number = SelectField("How many", validate_choice=False)
    exposure = SelectField("Exposure", validate_choice=False)
    reference = SelectField("Reference", validate_choice=False)
    per = StringField("What the exposure column counts")
    least = FloatField(
        "Least exposure for a comparison", validators=[InputRequired("A number, such as 3.")], default=3.0
    )

    def offer(self, columns: tuple[str, ...]) -> None:
        """Lets the columns be chosen; all but badge and date may be left out."""
        names = [SelectChoice(one, one) for one in columns]
        self.badge.choices = self.day.choices = [SelectChoice("", "Choose a column"), *names]
        self.number.choices = [SelectChoice("", "none: every row is one"), *names]
        self.exposure.choices = [SelectChoice("", "none: months of service"), *names]
        self.reference.choices = [SelectChoice("", "none: rows are told apart by what they say"), *names]

    def mapping(self) -> dict[str, str]:
        """Field to column, without those left out."""
        chosen = {name: self[name].data for name in ("badge", "day", "number", "exposure", "reference")}
        return {name: column for name, column in chosen.items() if column}
