"""What a phone sends to open an incident in a hurry."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.incidents.models import IncidentKind


class QuickIncidentForm(FlaskForm):
    """Kind and place; it happened now. The rest is filled in at the desk."""

    kind = SelectField(
        "Kind of call",
        choices=[SelectChoice(kind.value, kind.title) for kind in IncidentKind],
        validators=[DataRequired("Choose what kind of call it is.")],
    )
    place = StringField("Place", validators=[Length(max=200, message="At most 200 characters.")])
