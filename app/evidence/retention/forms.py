"""What a browser sends about retention: rules, categories, holds, reasons, release clocks."""

from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.evidence.retention.categories import Wanted
from app.evidence.retention.models import Category, CountsFrom, HoldReason
from app.evidence.retention.rules import MOST_DAYS
from app.incidents.forms import CHOOSE, KINDS, station_time

_REASON = [DataRequired("Say why."), Length(min=10, max=400, message="A reason has 10 to 400 characters.")]
_HOLDS = [SelectChoice(reason.value, reason.title) for reason in HoldReason]
_COUNTS = [SelectChoice("recorded", "The day it was recorded"), SelectChoice("received", "The day it was received")]
_ENDINGS = [
    SelectChoice("released", "The recordings were released"),
    SelectChoice("not_critical", "It was not a critical incident after all"),
]


class Boxes(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RuleForm(FlaskForm):
    """A rule: how long, from when, by which source, and why it is changed."""

    permanent = BooleanField("Keep for ever")
    days = IntegerField(
        "Days",
        validators=[
            Optional(),
            NumberRange(min=1, max=MOST_DAYS, message=f"Days are 1 to {MOST_DAYS:,}, or tick “Keep for ever”."),
        ],
    )
    counts_from = RadioField("Counted from", choices=_COUNTS, default="recorded")
    source = StringField("Law or policy", validators=[Length(max=400, message="At most 400 characters.")])
    confirmed = BooleanField("Counsel has read the source and confirmed this rule")
    reason = TextAreaField("Why", validators=_REASON)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that there are either days or for ever: never both, never neither."""
        fine = super().validate(extra_validators)
        if not self.days.errors and bool(self.permanent.data) == (self.days.data is not None):
            self.days.errors = ["Give a number of days, or tick “Keep for ever”, not both."]
            return False
        return bool(fine)

    def wanted(self) -> Wanted:
        """The same as the verbs take it."""
        return Wanted(
            days=None if self.permanent.data else self.days.data,
            counts_from=CountsFrom(self.counts_from.data),
            source=self.source.data or "",
            confirmed=bool(self.confirmed.data),
            reason=self.reason.data or "",
        )

    def show(self, category: Category) -> None:
        """The rule in force, to begin with."""
        rule = category.rule
        self.days.data, self.permanent.data = rule.days, rule.days is None
        self.counts_from.data, self.source.data = rule.counts_from.value, rule.source
        self.confirmed.data = not rule.unverified


class CategoryForm(RuleForm):
    """A category of the agency's own."""

    name = StringField("Name", validators=[DataRequired("Give it a name."), Length(max=80)])
    code = StringField("Code", validators=[DataRequired("Give it a code."), Length(max=40)])
    kinds = Boxes("Suggested for these kinds of call", choices=KINDS)


class ReasonForm(FlaskForm):
    """A reason in a sentence."""

    reason = TextAreaField("Why", validators=_REASON)


class ChoiceForm(FlaskForm):
    """The categories of one item."""

    categories = Boxes("What kind of recording it is", choices=[])


class HoldForm(FlaskForm):
    """A hold."""

    reason = SelectField("Reason", choices=[CHOOSE, *_HOLDS], default="", validators=[DataRequired("Choose a reason.")])
    reference = StringField(
        "Case or reference number",
        validators=[DataRequired("Give a case or reference number."), Length(max=60, message="At most 60 characters.")],
    )


class CriticalForm(FlaskForm):
    """The day from which the law counts."""

    known_at = DateTimeLocalField(
        "When the agency knew of it",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[DataRequired("Give the day and time.")],
    )

    def moment(self) -> datetime:
        """The time as aware UTC."""
        return station_time(self.known_at.data)


class EndForm(ReasonForm):
    """How a release clock ends."""

    ending = RadioField("What happened", choices=_ENDINGS, validators=[DataRequired("Say how it ended.")])
