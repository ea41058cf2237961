"""What a phone sends to open an incident in a hurry."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.core.languages import speak
from app.core.phrases import N_
from app.incidents.models import IncidentKind


class QuickIncidentForm(FlaskForm):
    """Kind and place; it happened now. The rest is filled in at the desk."""

    kind = SelectField(
        N_("Kind of call"),
        choices=lambda: [SelectChoice(kind.value, speak(kind.title)) for kind in IncidentKind],
        validators=[DataRequired(N_("Choose what kind of call it is."))],
    )
    place = StringField(N_("Place"), validators=[Length(max=200, message=N_("At most 200 characters."))])
