"""What officers and supervisors send about reports."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.core.phrases import N_
from app.incidents.models import IncidentKind
from app.reports.agency import PERSONS
from app.reports.models import ReportState, ReturnReason
from app.reports.queue import Order, ReportFilter, Shelf
from app.reports.report_types import KINDS


class SentenceForm(FlaskForm):
    """A sentence as edited; `edition` is the one it was read at."""

    text = TextAreaField("Sentence")
    edition = IntegerField("Edition", default=0)


class NewSentenceForm(FlaskForm):
    """An officer's own sentence."""

    text = TextAreaField("In your own words")
    section = StringField("Section")
    behind = StringField("Behind")


class RecollectionForm(FlaskForm):
    """What the author remembers, and the recording it was dictated in."""

    text = TextAreaField("What happened, as you remember it")
    dictated = StringField("Dictated in")


class SubmitForm(FlaskForm):
    """Certification and the password again: together they are the signature."""

    certified = BooleanField(
        N_("I have read and reviewed this report, and its contents are true and correct to the best of my knowledge"),
        validators=[InputRequired(N_("Certify that you have read and reviewed the report."))],
    )
    password = PasswordField(
        N_("Your password, as your signature"), validators=[InputRequired(N_("Give your password."))]
    )
    shown = HiddenField("What was shown")


class ApproveForm(FlaskForm):
    """The supervisor's second look: together with the notes it is the approval."""

    notes = TextAreaField("Notes", validators=[Length(max=4000)])
    password = PasswordField(
        N_("Your password, as your signature"), validators=[InputRequired(N_("Give your password."))]
    )
    shown = HiddenField("What was shown")


class BundleForm(FlaskForm):
    """What a bundle is given out for."""

    case_number = StringField("Case number", validators=[InputRequired("Give the number of the case."), Length(max=60)])
    reason = StringField("Reason", validators=[InputRequired("Say why it is given out."), Length(max=400)])
    originals = BooleanField("With the original recordings")


class NotesForm(FlaskForm):
    """What a supervisor says with a decision."""

    notes = TextAreaField("Notes", validators=[Length(max=4000)])
    reasons = SelectMultipleField(
        "Why", choices=[SelectChoice(one.value, one.title) for one in ReturnReason], validate_choice=True
    )

    def chosen(self) -> tuple[ReturnReason, ...]:
        """The reasons ticked; “other” when none was, for the words say it."""
        known = set(ReturnReason)
        return tuple(ReturnReason(one) for one in self.reasons.data or () if one in known) or (ReturnReason.OTHER,)


class QuoteForm(FlaskForm):
    """Words of a transcript, and the sentence behind which they go."""

    utterance = StringField("Words")
    behind = StringField("Behind")


class MoveForm(FlaskForm):
    """One place up or down."""

    direction = StringField("Direction")


class CommentForm(FlaskForm):
    """A remark; `sentence` or `answers` say on what."""

    text = TextAreaField("Comment")
    sentence = StringField("Sentence")
    answers = StringField("Answers")


class AddressForm(FlaskForm):
    """Where notices go by mail."""

    address = StringField("Mail address")


class RulesForm(FlaskForm):
    """The agency's rules for reports."""

    blocked_kinds = SelectMultipleField(
        "Kinds of incident no machine drafts", choices=[SelectChoice(kind.value, kind.title) for kind in IncidentKind]
    )
    recollection_first = BooleanField("The author writes down what they remember before the draft opens")
    planted_mistakes = IntegerField("Planted mistakes in each draft", default=0)
    least_confidence = IntegerField("A sentence below this confidence (in %) must be checked", default=50)
    narrative_person = SelectField(
        "Drafts are written in this person",
        choices=[SelectChoice(code, words) for code, words in PERSONS.items()],
        default="third",
        validate_choice=False,
    )
    reason = StringField("Reason for the change")


class ReportTypeForm(FlaskForm):
    """A type of report; its rows of facts and its headings come as lists beside these fields."""

    opening = StringField("Opening")
    person = StringField("The other person")
    most = IntegerField("Sentences from one recording, at most", default=45)
    favours = SelectMultipleField(
        "What weighs more",
        choices=[SelectChoice(one, one.replace("_", " ").capitalize()) for one in KINDS],
        validate_choice=False,
    )
    headings = HiddenField("Headings")
    asked = HiddenField("Facts such a report must have")
    over = IntegerField("Version it was changed from", default=0)
    reason = StringField("Reason for the change")


class KeepTypeForm(FlaskForm):
    """Why a previewed type is kept."""

    reason = StringField("Reason for the change")


def _either(both: str, yes: str, no: str) -> list[Any]:
    return [SelectChoice("", both), SelectChoice("yes", yes), SelectChoice("no", no)]


class FilterForm(FlaskForm):
    """What the list is narrowed to."""

    class Meta:
        """A search changes nothing, so it needs no token."""

        csrf = False

    text = StringField("Number, title, place or author")
    shelf = SelectField(
        "Show",
        choices=[SelectChoice(Shelf.WAITING.value, "What waits for me"), SelectChoice(Shelf.ALL.value, "All reports")],
    )
    state = SelectField(
        "State",
        choices=[SelectChoice("", "any"), *(SelectChoice(one.value, one.value.capitalize()) for one in ReportState)],
    )
    ai = SelectField("AI text", choices=_either("with or without", "with AI text", "without AI text"))
    returned = SelectField("Returned before", choices=_either("either", "yes", "no"))
    findings = SelectField("Checks", choices=_either("any", "with findings", "without findings"))

    def wanted(self, order: str, direction: str) -> ReportFilter:
        """The same as a ReportFilter; what is no choice narrows nothing."""
        known = {"yes": True, "no": False}
        return ReportFilter(
            shelf=Shelf(self.shelf.data) if self.shelf.data in list(Shelf) else Shelf.WAITING,
            state=ReportState(self.state.data) if self.state.data in list(ReportState) else None,
            ai=known.get(self.ai.data or ""),
            returned=known.get(self.returned.data or ""),
            findings=known.get(self.findings.data or ""),
            text=(self.text.data or "").replace("\x00", "")[:200],
            order=Order(order) if order in list(Order) else None,
            descending={"down": True, "up": False}.get(direction),
        )
