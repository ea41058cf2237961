"""What a browser sends about the master index: a search with its reason, a fact, a parting."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from app.evidence.reasons import ReasonCode
from app.people.models import FACTS_OF, EntryKind

CHOOSE = SelectChoice("", "Choose one")
REASONS = (
    ReasonCode.INVESTIGATION, ReasonCode.PROSECUTION, ReasonCode.DISCOVERY, ReasonCode.COURT_ORDER, ReasonCode.INTERNAL_REVIEW,
    ReasonCode.AGENCY_REQUEST,
)  # fmt: skip


class SearchForm(FlaskForm):
    """Who is looked for, what for, and in which case (T5)."""

    text = StringField(
        "Who or what",
        validators=[DataRequired("Say who or what you look for."), Length(max=200, message="At most 200 characters.")],
    )
    reason = SelectField(
        "What for", choices=[CHOOSE, *(SelectChoice(one.value, one.title) for one in REASONS)], default="",
        validators=[DataRequired("Choose what it is for.")],
    )  # fmt: skip
    case = StringField("Case number", validators=[DataRequired("Give the case number."), Length(max=40)])


class FactForm(FlaskForm):
    """A fact by hand."""

    kind = SelectField("What it is", validators=[DataRequired("Choose what it is.")])
    value = StringField(
        "As it is", validators=[DataRequired("Say what it is."), Length(max=200, message="At most 200 characters.")]
    )

    def of(self, kind: EntryKind) -> "FactForm":
        """The form with the facts of this kind of entry to choose from."""
        self.kind.choices = [SelectChoice(one.value, one.title) for one in FACTS_OF[kind]]
        return self


class SplitForm(FlaskForm):
    """What belongs to the other one."""

    label = StringField(
        "Name of the other one",
        validators=[
            DataRequired("Say what the other one is called."),
            Length(max=200, message="At most 200 characters."),
        ],
    )
    facts = SelectMultipleField("Facts", validate_choice=False)
    appearances = SelectMultipleField("Incidents", validate_choice=False)
