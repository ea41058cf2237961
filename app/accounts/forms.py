"""What people fill in about themselves, and administrators about others."""

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, HiddenField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, ValidationError

from app.accounts.models import RevocationReason
from app.accounts.passwords import LEAST_LENGTH
from app.core.languages import NAMES
from app.core.permissions import Role
from app.core.phrases import N_, phrase

_PASSWORD_HINT = phrase("At least %(least)s characters.", least=LEAST_LENGTH)


class SignInForm(FlaskForm):
    """Badge, password, and the notice acknowledged (C2)."""

    badge = StringField(N_("Badge"), validators=[InputRequired(N_("Give your badge.")), Length(max=20)])
    password = PasswordField(N_("Password"), validators=[InputRequired(N_("Give your password."))])
    notice = BooleanField(
        N_("I have read this notice and consent"), validators=[InputRequired(N_("Read the notice and tick the box."))]
    )


class LanguageForm(FlaskForm):
    """A language of this installation, and the page the person was on."""

    language = SelectField("Language", choices=[SelectChoice(code, name) for code, name in NAMES.items()])
    next = HiddenField()

    def validate_language(self, field: SelectField) -> None:
        """Only what the agency offers."""
        if field.data not in current_app.config["SETTINGS"].languages:
            raise ValidationError("This language is not offered here.")


class UnlockForm(FlaskForm):
    """The password again, after an idle lock."""

    password = PasswordField(N_("Password"), validators=[InputRequired(N_("Give your password."))])


class PasswordForm(FlaskForm):
    """A new password of one's own."""

    old = PasswordField(N_("Present password"), validators=[InputRequired(N_("Give your present password."))])
    password = PasswordField(
        N_("New password"), description=_PASSWORD_HINT, validators=[InputRequired(N_("Choose a password."))]
    )
    again = PasswordField(
        N_("New password again"),
        validators=[
            InputRequired(N_("Type the new password again.")),
            EqualTo("password", N_("The two are not the same.")),
        ],
    )


class EnrolForm(FlaskForm):
    """A new account."""

    badge = StringField("Badge", validators=[InputRequired("Give the badge."), Length(max=20)])
    name = StringField("Name", validators=[InputRequired("Give the name."), Length(max=120)])
    rank = StringField("Rank", validators=[Length(max=60)])
    role = SelectField("Role", choices=[SelectChoice(role.value, role.title) for role in Role])
    unit = SelectField("Unit", validators=[InputRequired("Choose the unit.")])
    password = PasswordField(
        "Temporary password",
        description="It must be changed at the first sign-in.",
        validators=[InputRequired("Give a temporary password.")],
    )


class TransferForm(FlaskForm):
    """An officer's move to another unit; the choices are given by the view."""

    unit = SelectField("Unit", validators=[InputRequired("Choose the unit.")])
    since = DateTimeLocalField("From this time on (UTC)", validators=[Optional()])


class ResetForm(FlaskForm):
    """A temporary password for somebody who lost theirs."""

    password = PasswordField("Temporary password", validators=[InputRequired("Give a temporary password.")])


class EndKeyForm(FlaskForm):
    """Why an officer's signing key is ended, and from when on."""

    reason = SelectField("Why", choices=[SelectChoice(one.value, one.title) for one in RevocationReason])
    since = DateTimeLocalField("From this time on (UTC)", validators=[Optional()])
