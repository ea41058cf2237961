"""The doors of transcripts on the journey: every act on lines, speakers, versions, files in and out."""

import io
import re

from app.analysis import service
from app.analysis.models import StepState, Transcript, Utterance
from app.analysis.transcripts import reads
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from tests.app.desk.scene import heard, step
from tests.app.home.trip import WORDS, Journey

GENERATION = 12


def correct_words(trip: Journey, item: Evidence) -> None:
    """An officer corrects what the machine heard in their recording."""
    _read_again(item, f"get out of the car {WORDS['heard']}", "no sir", "what else", "nothing")
    here, who = f"/evidence/{item.id}/transcript", Role.OFFICER
    trip.go("transcripts.show", who, here)
    trip.go("transcripts.summary", who, f"{here}/summary")
    trip.go("transcripts.line", who, f"/utterances/{_line(item, 0).id}")
    line = _line(item, 0)
    trip.go(
        "transcripts.save",
        who,
        f"/utterances/{line.id}",
        form={"text": f"get out {WORDS['correction']} {WORDS['heard']}", "edition": line.edition},
    )
    trip.go(
        "transcripts.add", who, f"{here}/lines", form={"start": "0:07", "text": WORDS["correction"], "role": "other"}
    )
    said = {
        "redact": {"first": 0, "last": 1, "reason": "victim"},
        "speaker": {"speaker": WORDS["speaker"], "role": "other"},
    }
    for act in ("check", "redact", "speaker"):
        line = _line(item, 0)
        form = {"edition": line.edition, **said.get(act, {})}
        trip.go("transcripts.change", who, f"/utterances/{line.id}/{act}", form=form)
    trip.go("transcripts.who", who, f"/evidence/{item.id}/speakers")
    rename = {"act": "rename", "speaker": WORDS["speaker"], "name": f"{WORDS['speaker']} II"}
    trip.go("transcripts.who", who, f"/evidence/{item.id}/speakers", form=rename)
    trip.go("transcripts.compare", who, f"{here}/versions")
    trip.go("transcripts.undo", who, f"{here}/versions/{_latest(item)}/undo", form={})
    trip.go("transcripts.replace", who, f"{here}/replace?find=else&put=more")
    chosen = [str(one.id) for one in reads.lines(_standing(item), limit=None)]
    trip.go("transcripts.replace", who, f"{here}/replace", form={"find": "else", "put": "more", "lines": chosen})
    trip.go("transcripts.take", who, f"{here}/file?format=docx&redact=1")
    trip.go("transcripts.spoken", who, f"/spoken?q={WORDS['heard']}")
    trip.go("transcripts.spoken_json", who, f"/api/v1/spoken?q={WORDS['heard']}")
    file = (io.BytesIO(f"{WORDS['speaker']}: {WORDS['correction']}".encode()), f"{WORDS['file']}.txt")
    offered = trip.go("transcripts.take_in", who, f"{here}/import", form={"file": file})
    found = re.search(r"/transcript/import/([0-9a-f-]+)", offered.get_data(as_text=True))
    assert found
    trip.go("transcripts.confirm", who, f"{here}/import/{found[1]}", form={})
    earlier = _standing(item).id
    trip.go("transcripts.done", who, f"{here}/done", form={})
    _read_again(item, "heard once more", generation=GENERATION + 1)
    trip.go("transcripts.carry", who, f"{here}/carry", form={"transcript": str(earlier)})


def _read_again(item: Evidence, *lines: str, generation: int = GENERATION) -> None:
    with transaction():
        steps = service.current_steps(item.id)
        newest = {one.name: max(other.generation for other in steps if other.name == one.name) for one in steps}
        for one in steps:  # the journey put some generations beside each other
            if one.name == "transcribe" or one.generation < newest[one.name]:
                one.state = StepState.SUPERSEDED
    heard(step(item, "transcribe", generation=generation), *lines)


def _standing(item: Evidence) -> Transcript:
    session().rollback()
    found = reads.bare(item.id)
    assert found
    return found


def _line(item: Evidence, number: int) -> Utterance:
    return reads.lines(_standing(item))[number]


def _latest(item: Evidence) -> int:
    return reads.latest(_standing(item)).number or 1
