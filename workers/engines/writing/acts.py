"""What somebody does by saying something: asks, orders, warns, admits, tells a name. One line may hold several acts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from workers.engines.language import LanguageEvent, listen_for
from workers.engines.reading.text import Line
from workers.engines.writing.faint import faint_in

Section = Literal[
    "Dispatch and arrival",
    "Contact",
    "Statements",
    "Observations",
    "Actions and force",
    "Search and seizure",
    "Disposition",
]
MUST = 9  # acts of this weight are told however long the recording is


@dataclass(frozen=True)
class Act:
    """An act in characters `start` to `end` of a line's plain text. `weight` says how much a report needs it, 1 to 12.

    `faint`: the words only come near such an act (see `faint.py`), `sure` how near; they are told as heard and answer nothing.
    """

    name: str
    section: Section
    weight: int
    start: int
    end: int
    faint: bool = False
    sure: float = 1.0


@dataclass(frozen=True)
class _Shape:
    name: str
    section: Section
    weight: int
    pattern: re.Pattern[str]


def _shape(name: str, section: Section, weight: int, pattern: str) -> _Shape:
    return _Shape(name, section, weight, re.compile(rf"(?<![\w'])(?:{pattern})(?![\w'])", re.IGNORECASE))


_DOCUMENTS = r"(?:driver'?s? )?licen[sc]e|registration|(?:proof of )?insurance|identification"
_ARMS = r"weapons?|guns?|firearms?|knife|knives"
_HIT = r"hit|punched|pushed|shoved|kicked|slapped|grabbed|choked|bit|stabbed|shot|struck|attacked|assaulted|headbutted|spit (?:on|at)|spat (?:on|at)|scratched|tackled|elbowed"
_OFFICER = (
    _shape("is_hurt", "Actions and force", 12, rf"(?:he|she|they|you|suspect|subject)(?:'s| just| has| have)? (?:{_HIT}) me|i(?:'m| am| was| got|'ve been| have been) (?:hit|hurt|bleeding|injured|stabbed|shot|bitten|assaulted|punched|kicked|bit)|officer (?:down|hurt|injured|assaulted)"),
    _shape("uses_force", "Actions and force", 11, r"(?:i|we|they)(?:'ve| have)? (?:had to )?(?:used? (?:force|(?:my |the |a )?(?:taser|baton|pepper spray|spray))|deployed?(?: [\w']+){1,6}|tased|sprayed|(?:take|took|pull|pulled|push|pushed|force|forced|put) (?:him|her|them) (?:down|to the|on the|onto the|against)(?: [\w']+){0,5}|struck (?:him|her|them)(?: [\w']+){0,5}|drew my (?:weapon|firearm|gun|taser))"),
    _shape("calls_aid", "Actions and force", 9, r"(?:i(?:'m|'ll|'ve)? |i am |we |let's |let me )?(?:call(?:ed|ing)?|get(?:ting)?|need|request(?:ed|ing)?|send|start|got)(?: [\w']+){0,3} (?:medics?|(?:an )?ambulance|paramedics?|ems|medical|rescue)(?: [\w']+){0,5}|(?:medics?|ambulance|paramedics?|ems)(?: is| are|'s)? (?:on (?:the|its|their) way|en route|coming|here)"),
    _shape("finds", "Search and seizure", 10, r"(?:i|we)(?:'ve| have| just)? (?:found|located|recovered|seized|got) (?!you|him|her|them|it\b|to\b|a (?:call|report))(?:[\w'-]+)(?: [\w'-]+){0,11}|there(?:'s| is| are) (?:a |an |some |two |three )?(?:[\w'-]+ ){0,4}(?:in (?:here|his|her|your|the)|under (?:the|your)|on you)(?: [\w'-]+){0,5}|(?:i(?:'m| am) |we(?:'re| are) )(?:taking|seizing|booking|collecting|keeping|placing)(?: [\w'-]+){1,10}|(?:goes|going|booked|placed|logged) in(?:to)? (?:evidence|property|the property room)"),
    _shape("searches", "Search and seizure", 9, r"i(?:'m| am)(?: just)? (?:going to|gonna|about to)? ?(?:search(?:ing)?|pat(?:ting)?|frisk(?:ing)?|check(?:ing)? you)(?: [\w']+){0,2}|(?:i|we) (?:searched|patted|frisked)(?: [\w']+){0,8}|pat (?:you|him|her|them) down(?: [\w']+){0,5}|search incident to(?: [\w']+){0,4}"),
    _shape("observes", "Observations", 9, r"(?<!where )i (?:can |could )?(?:smell|smelled|see|saw|observed?|noticed?|clocked|have you at|had you at|got you at|paced)(?! (?:what|them\b|it\b|your (?:hands|license|registration|insurance|id)|some id))(?: [\w'$-]+){1,16}|(?:your|his|her) (?:eyes|speech|pupils|breath|hands?|lip|nose|face|arm|knuckles)(?: \w+)? (?:are|is|looks?|smells?)(?: [\w']+){1,10}"),
    _shape("reports_in", "Dispatch and arrival", 7, r"(?:dispatch|central|control|radio),? (?:i(?:'m|'ve| am| have| will| got)|we(?:'re|'ve| are| have)|show|unit|adam|this is|be advised|copy)(?: [\w'-]+){0,20}|show me (?:on (?:the )?scene|arriv\w+|en route|out|clear|with|at|10|ten)(?: [\w'-]+){0,12}|(?:i'm|i am|we're|we are|i'll be|unit \w+ is) (?:on scene|arriving|arrived|en route|responding|out with|clear)(?: [\w'-]+){0,12}|(?:we|i) (?:got|had|have|received) a (?:call|report)(?: [\w'-]+){0,16}"),
    _shape("observes", "Observations", 9, r"(?:he|she|subject|suspect|they)(?:'s|'re| just| has| was| is| had| then)? (?:tried|trying|pull(?:ed|ing)|reach(?:ed|ing)|ran|running|took off|swung|swinging|fighting|fought|resist(?:ed|ing)|refus(?:ed|ing)|threw|tossed|charged|fled|drove off|walked away|spit|spat)(?: [\w'-]+){0,14}"),
    _shape("notifies", "Disposition", 8, r"(?:i|we)(?:'ve| have)?(?: already| just)? (?:notified|called|told|advised|informed) (?:the |my |our |a )?(?:\w+ )?(?:sergeant|lieutenant|supervisor|captain|watch commander|detectives?)(?: [\w']+){0,6}|(?:the |my |a )?(?:sergeant|lieutenant|supervisor|watch commander) is (?:on (?:the|his|her) way|en route|coming)"),
    _shape("orders", "Actions and force", 7, r"(?<!to )(?<!gonna )(?<!said )(?:step (?:outside|out|back|over|away|up|aside)|drop (?:it|the \w+)|get (?:back|down|on the ground|off the \w+|out of the \w+)|come (?:here|out|outside|over here)|turn around|turn (?:the|that) \w+ (?:down|off)|calm down|back up|sit (?:down|over there)|stay (?:in|right there|back|put|there)|i need you to (?:\w+)|show me your hands|do not move|don't move)(?: [\w']+){0,6}"),
    _shape("gives_reason", "Contact", 9, r"(?:you(?:'ve| have)(?: got)?|there(?:'s| is)) (?:a |an )?(?:\w+ )?warrants?(?: [\w']+){0,8}|(?:we're|we are|i'm|i am) here (?:because|about|for)(?: [\w']+){1,12}|(?:the )?reason (?:i'm|we're|i am|we are) here(?: [\w']+){1,12}|i (?:pulled|stopped) you (?:over )?(?:because|for)(?: [\w']+){1,12}|i'm stopping you (?:because|for)(?: [\w']+){1,12}|(?:the )?reason for (?:the|this) stop is(?: [\w']+){1,12}"),
    _shape("rights", "Actions and force", 12, r"you have the right to remain silent|miranda|right to (?:an attorney|a lawyer)"),
    _shape("arrest", "Actions and force", 12, r"you(?:'re| are) (?:being )?(?:under arrest|placed under arrest|arrested)|i(?:'m| am) (?:placing|putting) you under arrest"),
    _shape("restrains", "Actions and force", 9, r"you(?:'re| are) (?:being )?detained|(?:put |place )?(?:your )?hands behind your back|stop resisting|(?:put|get|place) (?:him|her|them|the cuffs|cuffs|handcuffs)(?: \w+){0,2} (?:on|in (?:cuffs|handcuffs))|taser,? taser"),
    _shape("introduces", "Contact", 5, r"(?:officer|deputy|sergeant|trooper) \w+ (?:with|from|of) (?:the )?\w+(?: [\w']+){1,5}|(?:i'm|i am|this is|my name is|my name's) (?:officer|deputy|sergeant|trooper|detective|corporal|lieutenant)(?: \w+)+"),
    _shape("asks_why", "Contact", 4, r"(?:do you|you) know (?:the reason )?why (?:i|we|you)(?: \w+){0,4}|any idea why (?:i|we)(?: \w+){0,4}"),
    _shape("asks_documents", "Contact", 6, rf"(?:can|could|may|let|i need|i'm going to need|i'm gonna need|do you have|give|hand|show|get|you got|got)\b(?: (?!{_DOCUMENTS})[\w']+){{0,6}} (?:{_DOCUMENTS})\b(?:(?:,| and| or)* (?:and |your |the |a |proof of )*(?:{_DOCUMENTS}))*"),
    _shape("asks_understood", "Statements", 9, r"do you understand(?: (?:your|these|those|the) rights)?|(?:with )?(?:these|those) rights in mind(?: [\w']+){0,8}"),
    _shape("asks_sharp", "Statements", 8, r"(?:do you have|you got|got|have you got|is there)(?: [\w']+){0,2} (?:anything|something|needles?)(?: [\w']+){0,3} (?:sharp|poke|stick|hurt|cut)(?: [\w']+){0,4}|anything (?:sharp|illegal|in your pockets|in the (?:car|vehicle|house))(?: [\w']+){0,5}"),
    _shape("asks_injury", "Statements", 8, r"are you (?:all )?(?:hurt|okay|ok|alright|right|injured|bleeding|in (?:any )?pain)|do you (?:need|want) (?:an? )?(?:ambulance|medic|medics|paramedics?|doctor|medical(?: \w+)?)|(?:any|are there any) injuries|(?:is|was) (?:anybody|anyone|he|she) (?:else )?(?:hurt|injured)"),
    _shape("asks_weapons", "Statements", 7, rf"(?:do|did|does|is|are|has|have|any)(?: (?!{_ARMS})[\w']+){{0,6}} (?:{_ARMS})(?: [\w']+){{0,6}}"),
    _shape("asks_search", "Search and seizure", 9, r"(?:mind if|can|may|let|okay if|ok if|could) (?:i|we|me) (?:take a look|search|look (?:in|inside|through)|check)(?: \w+){0,5}|consent to (?:a )?search(?: \w+){0,3}"),
    _shape("asks_name", "Contact", 5, r"what(?:'s| is) your (?:full |first |last )?name|(?:can|could|may) i (?:get|have) your (?:full |first |last )?name|your name please|who are you"),
    _shape("asks_birth", "Contact", 4, r"(?:what(?:'s| is) )?(?:your|the) (?:date of birth|birth ?date|birthday|d ?o ?b)|when were you born"),
    _shape("asks_address", "Contact", 3, r"where do you live|(?:what(?:'s| is) )?your (?:current |home )?address"),
    _shape("asks_phone", "Contact", 3, r"(?:what(?:'s| is) |can i (?:get|have) )(?:your|a good|a) (?:phone|telephone|cell|contact)(?: number)?|(?:your|a good|best) (?:(?:phone|telephone|cell|contact) )?number"),
    _shape("decides", "Disposition", 9, r"(?:i'm|i am|i'll|i will|we're|you're|you are|this is|that's|just)\b(?: [\w']+){0,5}? (?:a (?:\w+ )?(?:warning|citation|ticket)|free to (?:go|leave)|let(?:ting)? you (?:go|off)|cit(?:e|ing) you|go home|released?|towed|to jail|book(?:ed|ing)?)|you(?:'re| are) (?:good|all set) to go|free to (?:go|leave)|(?:your|the) (?:vehicle|car) (?:is|will be|'s)(?: \w+){0,3} towed|court date(?: \w+){0,6}"),
)  # fmt: skip
_OTHER = (
    _shape("accuses", "Statements", 9, rf"(?:he|she|they|someone|somebody|this (?:guy|man|woman|lady)|(?:the|that|a|my|some) (?:[\w-]+ ){{0,2}}(?:guy|man|woman|lady|kid|boy|girl|driver|husband|wife|boyfriend|girlfriend|brother|sister|son|ex|neighbor|cashier|clerk))(?:'s| just| has| had)? (?:{_HIT}|threw|took|stole|threatened|broke|smashed|ran|drove|left|fled|came|pulled|walked|swung|yelled|been|tried|started|went|got|put|said|told|swerved|had|has|was|is|wore|cut)(?: [\w'$-]+){{0,16}}"),
    _shape("relates", "Statements", 8, r"(?:he|she|they)(?:'s| is| was|'re| are)(?: like| just)? my (?:ex[- ]?)?(?:husband|wife|boyfriend|girlfriend|brother|sister|mother|father|mom|dad|son|daughter|roommate|partner|fianc\w*|neighbor|cousin|uncle|aunt|boss|coworker|ex)(?: [\w']+){0,6}|we(?:'re| are|'ve been| have been)(?: [\w']+){0,2} (?:married|dating|together|divorced|separated|roommates|living together)(?: [\w']+){0,6}"),
    _shape("tells_of_loss", "Statements", 9, r"(?:my|the|our|a|his|her) (?:[\w'-]+ ){1,4}?(?:is|was|are|were|got|has been|have been) (?:gone|missing|stolen|taken|broken into|smashed)(?: [\w']+){0,8}|(?:it's|it is|it was|they're|they were|about|probably|around|worth)(?: \w+){0,2} (?:worth|cost)(?: [\w'$,]+){1,8}|i (?:paid|bought)(?: [\w'$,]+){1,10}"),
    _shape("tells_of_find", "Statements", 8, r"i (?:found|picked (?:it|this|that) up|saw (?:it|this|a|the|him|her|them)|noticed|came home|was (?:walking|driving|sitting|standing|working|at|in|sleeping)|heard)(?: [\w'-]+){0,16}"),
    _shape("denies", "Statements", 7, r"i (?:didn't|did not|never|haven't|have not|wasn't|was not|don't|do not) (?:do |touch|hit|take|took|steal|stole|threaten|drink|drank|push|have (?:any|a|been)|know (?:him|her|them|anything|nothing|what)|own|use|see (?:him|her|them|it|who|what))(?: ?[\w']+){0,10}|(?:it's|that's|they're|it is|that is|it was) not mine|it wasn't me|i'm not (?:drunk|lying|hurt)"),
    _shape("threatens", "Statements", 12, r"i(?:'ll|'m going to|'m gonna| will| am going to) (?:\w+ )?(?:kill|hurt|shoot|stab|beat|cut|fight|get) (?:you|him|her|them|my)"),
    _shape("admits", "Statements", 9, r"i (?:was (?:speeding|drinking|texting|high|drunk)|(?:had|drank|smoked|took|did|used) (?:a |an |some |two |three |four |five |six |several |like |maybe |about |one |couple |few |too )(?: ?[\w']+){1,6}|ran (?:the|that|a)(?: \w+){1,3}|hit (?:him|her|the|that|a)|stole|punched|pushed|dropped|stabbed|shot|did it|know i|only had|just had|(?:didn't|did not) (?:see|stop|notice|signal|realize)|forgot|threw)(?: [\w']+){0,10}|(?:it's|that's|it was|they're) (?:my fault|mine)|my fault"),
    _shape("tells_of_weapon", "Statements", 10, r"(?:there(?:'s| is| are)|i(?:'ve)? (?:have|got|keep|carry)|i've|it's)(?: [\w']+){0,4} (?:gun|pistol|handgun|firearm|rifle|shotgun|knife|knives|weapon|pepper spray|taser)s?(?: [\w']+){0,8}"),
    _shape("refuses", "Statements", 9, r"i (?:do not|don't|won't|will not|refuse to|ain't gonna) (?:consent|agree|want to (?:talk|answer)|have to|answer|get out|let|give)(?: [\w']+){0,8}|(?:i want|get me|i need|call) (?:a|my) (?:lawyer|attorney)|you (?:can't|cannot) search(?: \w+){0,5}|leave me alone|get (?:away from|off(?: of)?) me|don't touch me|get your hands off(?: [\w']+){0,3}|i'm not (?:getting|going|doing|telling|answering|signing)(?: [\w']+){0,6}"),
    _shape("is_hurt", "Statements", 9, r"i(?:'m| am) (?:hurt|bleeding|injured|in pain)|i can'?(?:t|not) breathe|you(?:'re| are) hurting me|my [\w']+ hurts(?: [\w']+){0,6}|call an ambulance"),
)  # fmt: skip
_QUESTION = re.compile(r"(?:^|(?<=[.,?!] ))(?:so |and |okay |ok |now |well |uh |um |alright )*(?:do|did|are|is|was|were|have(?! an? (?:good|nice|great|safe|better)\b)|has|can|could|would|will|what|what's|where|where's|when|who|who's|why|how|how's|any(?= (?:\w+ )?(?:weapons?|guns?|knives|drugs|warrants|injuries|questions|idea)))\b[^.?!]*", re.IGNORECASE)  # fmt: skip
_END = re.compile(r"[.?!;](?! +[a-z])")  # a mark before a small letter ends no sentence: a recognizer put it there
_ACT_CHARACTERS = 240
_BY_EVENT: dict[str, tuple[str, Section, int]] = {
    "threat": ("aggression", "Actions and force", 12),
    "insult": ("aggression", "Actions and force", 12),
    "slur": ("aggression", "Actions and force", 12),
    "directed_profanity": ("aggression", "Actions and force", 12),
    "command": ("orders", "Actions and force", 7),
    "reason_given": ("gives_reason", "Contact", 8),
    "greeting": ("greets", "Contact", 2),
    "apology": ("apologizes", "Contact", 1),
    "reassurance": ("reassures", "Actions and force", 3),
    "courtesy": ("thanks", "Contact", 1),
    "de_escalation": ("reassures", "Actions and force", 3),
}


def acts_of(line: Line, text: str) -> list[Act]:
    """The acts in a line whose plain text is `text`, in order, none overlapping; weightier acts win."""
    if line.role == "officer":
        found = [*_shapes(_OFFICER, text), *_events(line, text), *_questions(text)]
    else:
        found = [*_shapes(_OTHER, text), *_questions(text)]
    kept: list[Act] = []
    taken = bytearray(len(text) + 1)
    for act in sorted(found, key=lambda a: (-a.weight, a.start, a.start - a.end)):
        if act.end > act.start and not any(taken[act.start : act.end]):
            taken[act.start : act.end] = b"\x01" * (act.end - act.start)
            kept.append(act)
    plainly = _lengthened(sorted(kept, key=lambda a: a.start), text)
    return sorted([*plainly, *_faint(line, text, plainly)], key=lambda a: a.start)


def stretches(text: str, acts: Sequence[Act]) -> Iterator[tuple[int, int]]:
    """The parts of a line that no act takes up, as first character and after the last, without spaces around."""
    bounds = [0, *(edge for act in acts for edge in (act.start, act.end)), len(text)]
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        part = text[start:end]
        if part.strip(" ,.?!;:"):
            at = start + len(part) - len(part.lstrip(" ,.?!;:"))
            yield at, at + len(part.strip(" ,.?!;:"))


def _faint(line: Line, text: str, plainly: list[Act]) -> Iterator[Act]:
    """In each part of the line without an act, the weightiest that it comes near, with the whole of its clause."""
    for start, end in stretches(text, plainly):
        near = next(faint_in(text[start:end], line.role), None)
        if near:
            section, first = cast("Section", near.section), _clause(text, start, start + near.start)
            stop = _END.search(text, start + near.end, end)
            last = min(stop.start() if stop else end, max(start + near.end, first + _ACT_CHARACTERS))
            yield Act(near.name, section, near.weight, first, last, faint=True, sure=near.near)


def _shapes(shapes: Sequence[_Shape], text: str) -> Iterator[Act]:
    for shape in shapes:
        for match in shape.pattern.finditer(text):
            yield Act(shape.name, shape.section, shape.weight, match.start(), match.end())


def _events(line: Line, text: str) -> Iterator[Act]:
    for event in listen_for([replace(line, text=text)]).events:
        if event.category not in _BY_EVENT:  # how a question was met, or an order repeated, is no act of the report
            continue
        name, section, weight = _BY_EVENT[event.category]
        if event.category == "courtesy" and event.rule != "thanks":
            continue
        yield Act(name, section, _lawful(event, weight), event.start_char, event.end_char)


def _lawful(event: LanguageEvent, weight: int) -> int:
    return MUST if event.rule == "warning-lawful" else weight


def _questions(text: str) -> Iterator[Act]:
    for match in _QUESTION.finditer(text):
        weight = 3 if match.group().count(" ") >= 2 else 1
        yield Act("asks", "Statements", weight, match.start(), min(match.end(), match.start() + _ACT_CHARACTERS))


_RUN_ON = {"greets", "introduces", "apologizes", "reassures", "arrest", "restrains", "rights", "aggression", "decides", "orders", "gives_reason", "asks_search", "asks_documents", "admits", "tells_of_weapon", "threatens", "refuses", "is_hurt", "accuses", "relates", "tells_of_loss", "tells_of_find", "denies", "uses_force", "calls_aid", "finds", "searches", "observes", "reports_in", "notifies"}  # fmt: skip


# Acts told by their words alone: what stands before them in the clause ("I never said he …") may turn their sense around.
_RUN_BACK = {"rights", "arrest", "decides", "admits", "threatens", "refuses", "tells_of_weapon", "is_hurt", "accuses", "relates", "tells_of_loss", "tells_of_find", "denies", "uses_force", "calls_aid", "finds", "observes", "reports_in"}  # fmt: skip


_LEADS_ON = re.compile(r"(?<![\w'])(?:and|then|so)(?: (?:then|just|please))? *$")  # "roll over and" before an order


def _lengthened(acts: list[Act], text: str) -> list[Act]:
    """Acts whose exact words matter, from the beginning of their clause (or the act before) to its end (or the next act),
    so that no quote is cut short."""
    made: list[Act] = []
    for at, act in enumerate(acts):
        before = _clause(text, made[-1].end if made else 0, act.start)
        if act.name in _RUN_BACK or _LEADS_ON.search(text, before, act.start):
            act = replace(act, start=before)
        limit = acts[at + 1].start if at + 1 < len(acts) else len(text)
        limit = min(limit, max(act.end, act.start + _ACT_CHARACTERS))
        # Harsh words are told whole, beyond the end of their sentence.
        stop = None if act.name == "aggression" else _END.search(text, act.end, limit)
        end = stop.start() if stop else limit
        if act.name in _RUN_ON and end > act.end:
            cut = (
                end
                if end == len(text) or stop or (at + 1 < len(acts) and end == acts[at + 1].start)
                else text.rfind(" ", act.end, end)
            )
            act = replace(act, end=max(act.end, cut))
        made.append(act)
    return made


def _clause(text: str, floor: int, start: int) -> int:
    """Where the clause that `start` stands in begins, not before `floor` nor further back than an act is long."""
    floor = max(floor, start - _ACT_CHARACTERS)
    begins = max((mark.end() for mark in _END.finditer(text, floor, start)), default=floor)
    if begins and not text[begins - 1].isspace() and text[begins : begins + 1].isalnum():
        begins = text.find(" ", begins, start) + 1 or start
    return begins + len(text[begins:start]) - len(text[begins:start].lstrip(" ,;:"))
