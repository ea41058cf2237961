"""What is done with a report, as a reader says it: one line an act of the ledger."""

from app.core.ledger import Event

ACTS = {
    "reports:report:view": "Read the report",
    "reports:draft:keep": "Wrote a draft",
    "reports:draft:use": "Took a newer draft",
    "reports:sentence:edit": "Edited a sentence",
    "reports:sentence:add": "Added a sentence",
    "reports:sentence:remove": "Removed a sentence",
    "reports:sentence:acknowledge": "Checked a doubtful sentence",
    "reports:sentence:quote": "Quoted a recording",
    "reports:sentence:move": "Moved a sentence",
    "reports:recollection:lock": "Locked what was remembered before the draft",
    "reports:draft:refuse": "Was refused a draft: blocked by the agency",
    "reports:mistake:plant": "Planted a mistake to be found",
    "reports:mistake:find": "Found a planted mistake",
    "reports:finding:acknowledge": "Read a warning and stood by the text",
    "reports:comment:say": "Commented on the report",
    "reports:comment:resolve": "Was done with a comment",
    "reports:report:reopen": "Took the approved report back",
    "reports:supplement:begin": "Began a supplement",
    "reports:report:submit": "Signed and submitted the report",
    "reports:report:return": "Returned the report",
    "reports:report:approve": "Approved the report",
    "reports:report:file": "Filed the report",
    "reports:draft:ask": "Asked for a new draft",
    "reports:paper:issue": "Took the report as a PDF",
    "reports:bundle:ask": "Asked for a discovery bundle",
    "reports:bundle:make": "Began to make a discovery bundle",
    "reports:bundle:keep": "Made a discovery bundle",
    "reports:bundle:fail": "Could not make a discovery bundle",
    "reports:bundle:download": "Took a discovery bundle along",
}


def act_words(event: Event) -> str:
    """The event's act in words; one that is named nowhere is shown as the ledger has it."""
    return ACTS.get(event.act, event.act)
