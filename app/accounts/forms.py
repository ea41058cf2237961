"""What people fill in about themselves, and administrators about others."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from app.accounts.models import RevocationReason
from app.accounts.passwords import LEAST_LENGTH
from app.core.permissions import Role

_PASSWORD_HINT = f"At least {LEAST_LENGTH} characters."


class SignInForm(FlaskForm):
    """Badge, password, and the notice acknowledged (C2)."""

    badge = StringField("Badge", validators=[InputRequired("Give your badge."), Length(max=20)])
    password = PasswordField("Password", validators=[InputRequired("Give your password.")])
    notice = BooleanField(
        "I have read this notice and consent", validators=[InputRequired("Read the notice and tick the box.")]
    )


class UnlockForm(FlaskForm):
    """The password again, after an idle lock."""

    password = PasswordField("Password", validators=[InputRequired("Give your password.")])


class PasswordForm(FlaskForm):
    """A new password of one's own."""

    old = PasswordField("Present password", validators=[InputRequired("Give your present password.")])
    password = PasswordField(
        "New password", description=_PASSWORD_HINT, validators=[InputRequired("Choose a password.")]
    )
    again = PasswordField("New password again", validators=[EqualTo("password", "The two are not the same.")])


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
