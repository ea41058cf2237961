"""What a browser sends about incidents. Times are typed in the station's own zone and kept in UTC."""

from datetime import UTC, date, datetime, time, timedelta

from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import UUID, DataRequired, Length, Optional

from app.core.clock import now
from app.incidents.models import IncidentKind, IncidentState, Part
from app.incidents.queries import Filters

KINDS = [SelectChoice(kind.value, kind.title) for kind in IncidentKind]
PARTS = [SelectChoice(part.value, part.value.capitalize()) for part in Part]
STATES = [SelectChoice(state.value, state.value.capitalize()) for state in IncidentState]
ANY = SelectChoice("", "Any")
CHOOSE = SelectChoice("", "Choose one")


def station_time(typed: datetime) -> datetime:
    """A time typed without a zone, read in this machine's zone, as aware UTC."""
    return typed.astimezone(UTC)


def station_zone() -> str:
    """The name of this machine's zone now, as forms show it: CET, CDT, UTC."""
    return now().astimezone().tzname() or "UTC"


class IncidentForm(FlaskForm):
    """A new incident."""

    kind = SelectField(
        "Kind of call",
        choices=[CHOOSE, *KINDS],
        default="",
        validators=[DataRequired("Choose what kind of call it was.")],
    )
    occurred_at = DateTimeLocalField(
        "When it happened",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[DataRequired("Give the day and time it happened.")],
    )
    place = StringField("Place", validators=[Length(max=200, message="At most 200 characters.")])
    title = StringField("Title", validators=[Length(max=200, message="At most 200 characters.")])

    def moment(self) -> datetime:
        """The time as aware UTC."""
        return station_time(self.occurred_at.data)


class ParticipantForm(FlaskForm):
    """A person in an incident."""

    part = SelectField(
        "Part", choices=[CHOOSE, *PARTS], default="", validators=[DataRequired("Say what part they had.")]
    )
    name = StringField(
        "Name",
        validators=[DataRequired("Give a name, or say unknown."), Length(max=200, message="At most 200 characters.")],
    )
    date_of_birth = DateField("Date of birth", validators=[Optional()])
    note = TextAreaField("Note", validators=[Length(max=2000, message="At most 2,000 characters.")])
    mention_id = HiddenField(validators=[Optional(), UUID()])


class OffenceForm(FlaskForm):
    """What is alleged."""

    code = StringField("Statute or code", validators=[Length(max=40, message="At most 40 characters.")])
    description = StringField(
        "Offense", validators=[DataRequired("Say what is alleged."), Length(max=200, message="At most 200 characters.")]
    )


class AssignForm(FlaskForm):
    """An officer to work on the incident."""

    badge = StringField("Badge", validators=[DataRequired("Give the badge number."), Length(max=20)])


class FilterForm(FlaskForm):
    """How the list is narrowed. Sent by GET: it changes nothing, so it carries no token."""

    class Meta:
        csrf = False

    text = StringField("Number, title or place", validators=[Length(max=100)])
    state = SelectField("State", choices=[ANY, *STATES], default="")
    kind = SelectField("Kind", choices=[ANY, *KINDS], default="")
    badge = StringField("Officer's badge", validators=[Length(max=20)])
    since = DateField("From", validators=[Optional()])
    until = DateField("To", validators=[Optional()])

    def filters(self) -> Filters:
        """The same as `Filters`; days begin and end at the station's midnight, the last one included."""
        return Filters(
            state=IncidentState(self.state.data) if self.state.data else None,
            kind=IncidentKind(self.kind.data) if self.kind.data else None,
            badge=(self.badge.data or "").strip(),
            since=_midnight(self.since.data),
            until=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
            text=(self.text.data or "").strip(),
        )


def _midnight(day: date | None) -> datetime | None:
    return station_time(datetime.combine(day, time.min)) if day else None
