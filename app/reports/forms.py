"""What officers and supervisors send about reports."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.reports.models import ReportState
from app.reports.queries import Shelf


def _choices(*pairs: tuple[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


class SentenceForm(FlaskForm):
    """A sentence as edited; `edition` is the one it was read at."""

    text = TextAreaField("Sentence")
    edition = IntegerField("Edition", default=0)


class NewSentenceForm(FlaskForm):
    """An officer's own sentence."""

    text = TextAreaField("In your own words")
    section = StringField("Section")


class SubmitForm(FlaskForm):
    """Certification and the password again: together they are the signature."""

    certified = BooleanField(
        "I have read and reviewed this report, and its contents are true and correct to the best of my knowledge",
        validators=[InputRequired("Certify that you have read and reviewed the report.")],
    )
    password = PasswordField("Your password, as your signature", validators=[InputRequired("Give your password.")])
    shown = HiddenField("What was shown")


class ApproveForm(FlaskForm):
    """The supervisor's second look: together with the notes it is the approval."""

    notes = TextAreaField("Notes", validators=[Length(max=4000)])
    password = PasswordField("Your password, as your signature", validators=[InputRequired("Give your password.")])
    shown = HiddenField("What was shown")


class BundleForm(FlaskForm):
    """What a bundle is given out for."""

    case_number = StringField("Case number", validators=[InputRequired("Give the number of the case."), Length(max=60)])
    reason = StringField("Reason", validators=[InputRequired("Say why it is given out."), Length(max=400)])
    originals = BooleanField("With the original recordings")


class NotesForm(FlaskForm):
    """What a supervisor says with a decision."""

    notes = TextAreaField("Notes", validators=[Length(max=4000)])


class FilterForm(FlaskForm):
    """What the list is narrowed to."""

    class Meta:
        """A search changes nothing, so it needs no token."""

        csrf = False

    shelf = SelectField(
        "Show", choices=_choices((Shelf.WAITING.value, "What waits for me"), (Shelf.ALL.value, "All reports"))
    )
    state = SelectField(
        "State", choices=_choices(("", "any"), *((one.value, one.value.capitalize()) for one in ReportState))
    )
    ai = SelectField(
        "AI text", choices=_choices(("", "with or without"), ("yes", "with AI text"), ("no", "without AI text"))
    )
