"""Ledger acts as a reader says them: the words, the mark beside them, and the tone."""

from dataclasses import dataclass

from app.core.ledger import Event
from app.reports.acts import ACTS


@dataclass(frozen=True, slots=True)
class Words:
    """One act in words; `icon` and `tone` are names of the design system."""

    text: str
    icon: str = "dot"
    tone: str = "plain"


_REPORTS = {  # the mark and the tone of what `reports.acts` says
    "reports:report:view": ("eye",),
    "reports:draft:keep": ("machine", "machine"),
    "reports:draft:use": ("again",),
    "reports:sentence:edit": ("pen",),
    "reports:sentence:add": ("pen",),
    "reports:sentence:remove": ("pen",),
    "reports:sentence:acknowledge": ("check",),
    "reports:sentence:quote": ("quote",),
    "reports:sentence:move": ("pen",),
    "reports:recollection:lock": ("lock", "info"),
    "reports:draft:refuse": ("stop", "bad"),
    "reports:mistake:plant": ("machine", "machine"),
    "reports:mistake:find": ("check", "good"),
    "reports:finding:acknowledge": ("check",),
    "reports:comment:say": ("note",),
    "reports:comment:resolve": ("check",),
    "reports:report:reopen": ("back", "doubt"),
    "reports:supplement:begin": ("plus",),
    "reports:report:submit": ("send", "info"),
    "reports:report:return": ("back", "doubt"),
    "reports:report:approve": ("check", "good"),
    "reports:report:file": ("seal", "good"),
    "reports:draft:ask": ("machine",),
    "reports:paper:issue": ("page",),
    "reports:bundle:ask": ("inbox", "doubt"),
    "reports:bundle:make": ("machine", "machine"),
    "reports:bundle:keep": ("seal",),
    "reports:bundle:fail": ("stop", "bad"),
    "reports:bundle:download": ("inbox", "doubt"),
}
_KNOWN = {
    **{act: Words(ACTS[act], *look) for act, look in _REPORTS.items()},
    "incidents:incident:view": Words("Looked at the incident", "eye"),
    "incidents:incident:open": Words("Opened the incident", "open", "info"),
    "incidents:incident:assign": Words("Put an officer on the incident", "person"),
    "incidents:incident:unassign": Words("Took an officer off the incident", "person"),
    "incidents:incident:close": Words("Closed the incident", "lock"),
    "incidents:incident:reopen": Words("Opened the incident again", "open", "info"),
    "incidents:participant:add": Words("Named a person", "person"),
    "incidents:participant:remove": Words("Took out a person entered by mistake", "person"),
    "incidents:offence:add": Words("Noted an offense", "page"),
    "incidents:offence:remove": Words("Took out an offense entered by mistake", "page"),
    "evidence:upload:open": Words("Began to send a file", "send"),
    "evidence:upload:declare": Words("Said how long a file will be", "send"),
    "evidence:upload:complete": Words("Sent a part of a file whole", "send"),
    "evidence:upload:join": Words("Joined a file from its parts", "send"),
    "evidence:upload:terminate": Words("Gave up sending a file", "cross"),
    "evidence:item:receive": Words("Received a file", "inbox", "info"),
    "evidence:item:seal": Words("Sealed the original", "seal", "good"),
    "evidence:item:quarantine": Words("Put a file into quarantine", "stop", "bad"),
    "evidence:item:view": Words("Looked at an item", "eye"),
    "evidence:item:play": Words("Played a recording", "play"),
    "evidence:item:download": Words("Downloaded the original", "inbox", "doubt"),
    "evidence:item:export": Words("Exported an item", "inbox", "doubt"),
    "evidence:custody:view": Words("Looked at the custody of an item", "eye"),
    "evidence:custody:download": Words("Took the custody of an item along", "inbox"),
    "evidence:receipt:download": Words("Took a receipt along", "inbox"),
    "evidence:item:clip": Words("Had a clip cut from a recording", "film", "doubt"),
    "evidence:item:still": Words("Had a still taken from a recording", "camera", "doubt"),
    "evidence:item:categorise": Words("Said what kind of recording it is", "folder"),
    "evidence:item:queue": Words("Put an item into the deletion queue", "clock", "doubt"),
    "evidence:item:unqueue": Words("Took an item out of the deletion queue", "back"),
    "evidence:item:restore": Words("Kept an item 30 days more", "back", "good"),
    "evidence:item:let-go": Words("Said that an item may go though a report cites it", "doubt", "doubt"),
    "evidence:item:purge": Words("Deleted an item by its rule", "stop", "bad"),
    "evidence:item:destroy": Words("Destroyed its key and bytes", "stop", "bad"),
    "evidence:hold:place": Words("Placed a hold", "lock", "info"),
    "evidence:hold:release": Words("Released a hold", "open"),
    "evidence:release:flag": Words("Called the incident critical", "clock", "doubt"),
    "evidence:release:alert": Words("The release of recordings is near", "clock", "doubt"),
    "evidence:release:delay": Words("Put the release off by 30 days", "clock", "doubt"),
    "evidence:release:end": Words("Ended the release clock", "check", "good"),
    "evidence:fixity:copy": Words("Copied an item to the replica store", "copy"),
    "evidence:fixity:fail": Words("Found an item that is not what was sealed", "stop", "bad"),
    "evidence:fixity:restore": Words("Restored an item from the replica store", "back", "good"),
    "evidence:fixity:recover": Words("Found an item whole again", "check", "good"),
    "evidence:rendition:derive": Words("Made a working copy", "film", "machine"),
    "nibrs:coding:view": Words("Looked at the coding for the FBI", "eye"),
    "nibrs:coding:save": Words("Coded the incident for the FBI", "page"),
    "nibrs:warning:acknowledge": Words("Stood by a NIBRS warning", "check"),
    "analysis:steps:planned": Words("Planned what to read", "machine", "machine"),
    "analysis:step:done": Words("Finished reading", "machine", "machine"),
    "analysis:step:failed": Words("Could not read", "stop", "bad"),
    "analysis:step:rerun": Words("Asked for a reading again", "again"),
    "analysis:transcript:correct": Words("Corrected words of a transcript", "pen"),
    "analysis:transcript:check": Words("Checked words of a transcript", "check"),
    "analysis:transcript:split": Words("Cut a line of a transcript", "pen"),
    "analysis:transcript:join": Words("Joined lines of a transcript", "pen"),
    "analysis:transcript:add": Words("Added a line to a transcript", "plus"),
    "analysis:transcript:remove": Words("Took a line out of a transcript", "cross"),
    "analysis:transcript:redact": Words("Marked words to be left out of exports", "lock"),
    "analysis:transcript:unredact": Words("Took a redaction back", "open"),
    "analysis:transcript:speakers": Words("Corrected who speaks", "person"),
    "analysis:transcript:replace": Words("Found and replaced words of a transcript", "pen"),
    "analysis:transcript:undo": Words("Took a version of a transcript back", "back"),
    "analysis:transcript:offer": Words("Looked at a transcript to import", "eye"),
    "analysis:transcript:import": Words("Imported a transcript", "inbox", "info"),
    "analysis:transcript:carry": Words("Took corrections of an earlier reading over", "again"),
    "analysis:transcript:done": Words("Was done correcting a transcript", "check", "good"),
    "evidence:transcript:export": Words("Took a transcript away", "inbox", "doubt"),
    "analysis:mention:confirm": Words("Confirmed a finding", "check", "good"),
    "analysis:mention:reject": Words("Rejected a finding", "cross"),
    "analysis:mention:reconsider": Words("Took a decision on a finding back", "back"),
    "analysis:mention:correct": Words("Corrected a finding", "pen", "good"),
    "analysis:mention:add": Words("Marked what machines missed", "plus", "good"),
    "analysis:mention:undo": Words("Undid a decision on a finding", "back"),
    "analysis:mentions:view": Words("Looked through the findings", "eye"),
    "analysis:mentions:join": Words("Put findings together", "machine", "machine"),
    "analysis:mentions:carry": Words("Carried decisions over to a newer reading", "machine", "machine"),
    "analysis:tag:confirm": Words("Confirmed what was seen", "check", "good"),
    "analysis:tag:reject": Words("Rejected what was seen", "cross"),
    "analysis:tag:reconsider": Words("Took a decision on what was seen back", "back"),
    "analysis:tag:add": Words("Added what machines did not see", "plus", "good"),
    "analysis:tag:undo": Words("Undid a decision on what was seen", "back"),
    "analysis:tags:carry": Words("Carried decisions over to a newer look", "machine", "machine"),
    "analysis:group:confirm": Words("Confirmed that findings are one thing", "check", "good"),
    "analysis:group:split": Words("Took a finding out of its group", "back"),
    "analysis:group:move": Words("Put a finding into another group", "link"),
    "people:candidates:view": Words("Looked at who may be meant", "eye"),
    "people:candidates:decline": Words("Declined entries of the index", "cross"),
    "people:entry:make": Words("Made the entry", "plus", "info"),
    "people:entry:view": Words("Opened the entry", "eye"),
    "people:entry:link": Words("Linked to the master index", "link", "good"),
    "people:entry:unlink": Words("Took a link to the master index back", "back"),
    "people:entry:merge": Words("Merged two entries", "link", "doubt"),
    "people:entry:unmerge": Words("Took a merge back", "back"),
    "people:entry:split": Words("Parted two who were taken for one", "back", "doubt"),
    "people:fact:add": Words("Confirmed a fact", "check", "good"),
    "people:fact:withdraw": Words("Took a fact out", "cross"),
    "people:identifier:view": Words("Saw an identifier whole", "eye", "doubt"),
}


def in_words(event: Event) -> Words:
    """The act of an event; one nobody named here is said as it is written."""
    known = _KNOWN.get(event.act)
    if known:
        return known
    room, thing, verb = [*event.act.split(":"), "", ""][:3]
    text = " ".join(filter(None, (thing, verb.replace("-", " ")))) or room
    return Words(text.replace("_", " ").capitalize(), tone="bad" if event.outcome not in ("done", "") else "plain")
