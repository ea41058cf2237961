"""Turns what was said and seen into candidate sentences, each with its weight; selection comes after."""

import re
from collections.abc import Iterator
from dataclasses import replace

from workers.engines.reading.found import BROKEN
from workers.engines.reading.names import can_be_name
from workers.engines.reading.spoken import tokens
from workers.engines.writing.acts import MUST, Act, stretches
from workers.engines.writing.brief import DraftSentence, Source, TagFact
from workers.engines.writing.differing import differing
from workers.engines.writing.offering import FACTS, Candidate, fact, made_of, marked, seconds_of, sentence_of
from workers.engines.writing.scene import ANSWER_WITHIN, Said, Scene, is_traffic
from workers.engines.writing.words import QUOTE_WORDS, clock, date_in_words, listed, plain, quotation, with_article

_ASKED = {
    "asks_name": "a name",
    "asks_birth": "a date of birth",
    "asks_address": "an address",
    "asks_phone": "a telephone number",
}
_ASKED_KIND = {"asks_name": "person", "asks_birth": "date_of_birth", "asks_address": "place", "asks_phone": "phone"}
_VERB_FIRST = re.compile(r"(?:please )?(?:roll|leave|move|stop|step|get|put|show|let|keep|drop|turn|sit|stand|stay|come|walk|face|spread|lie|lay|kneel|raise|give|hand|place|roll|open|exit|back|wait|stop)\b", re.IGNORECASE)  # fmt: skip
_DOCUMENT_NAMES = (
    ("licen", "license"),
    ("registration", "registration"),
    ("insurance", "insurance"),
    ("identification", "identification"),
)
_MENTION_WEIGHT = {"weapon": 5, "injury": 4, "drug": 4, "plate": 4, "vin": 4, "person": 1, "vehicle": 3, "place": 2, "money": 2, "phone": 2, "date_of_birth": 3, "time": 1, "date": 1, "email": 2}  # fmt: skip
_FAVOURED = 3
_LEAST_FOR_NAMES = 0.25  # a name the model alone proposes is not written into a report
_SHORT = 4
_MAINLY = 0.25
_COURTEOUS = 2
_PLEASANTRY = re.compile(
    r"(?:(?:thank|thanks|you|so|much|officer|okay|ok|sure|here|go|yes|yeah|no|sir|ma'am|good|evening|morning|afternoon|all|right|"
    r"have|a|nice|great|safe|safely|drive|take|care|be|day|night|one|too|i|guess|man|well|um|uh|oh|it|is|hold|on)\W*)+",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"(?:yes|no|yeah|nope|yep|nah|never|not|none|nobody|nothing)\b", re.IGNORECASE)
_ANSWERED = 4
_HANDING_OVER = 6
_REST = 2  # words outside all acts of a line that are told as a statement of their own


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MEANS_LITTLE = _words("a an and the so or of for to in on at is are was it it's that that's this there i i'm i'd you you're he she me my your him her them we they okay ok yes yeah no sir ma'am officer please now then well uh um oh hi hello hey do did have has go going all right just today back here")  # fmt: skip
# What a line may hold beside the fact it gives without saying more than that.
_AROUND_FACTS = _MEANS_LITTLE | _words("name name's names date birth born number phone plate plates license tag address email mail vin live called full first last best cell good reach me it's")  # fmt: skip
_PAPERS = re.compile(r"driver'?s? licen[sc]e|licen[sc]e|registration|(?:proof of )?insurance|identification")
_IN_A_REQUEST = _MEANS_LITTLE | _words("can could may let i see get have need give hand show you got your the with some ma'am for take look grab us we i'll need gonna could would like i'm both over")  # fmt: skip
_DANGLING = re.compile(
    r"\b(?:and|or)\b(?:\s+(?:please|sir|ma'am|for|me))*\W*$"
)  # what was asked for besides was not heard
_REST_WEIGHT, _NAMED_MAYBE = 3, 5
_SHORT_ENOUGH = 14  # words
_WHOLE_PLATE = 6  # characters; with fewer it may be a part of one
_WITHOUT = re.compile(r"\b(?:no|not|don't|left|lost|forgot|expired|suspended|without|home)\b", re.IGNORECASE)
_ORDERS = {"orders", "restrains"}
_MIDDLE_END = re.compile(r"[.?!;] ")
_BETWEEN = 3  # characters between orders that are told together
_IN_LINE = 1e-6  # keeps the acts of one line in order
FILLER = 1  # a word or two: told only where there is hardly anything else


def candidates(scene: Scene) -> Iterator[Candidate]:
    """Everything the recording's speech offers, answers joined to their questions, doubted words named."""
    return (marked(candidate, scene) for candidate in _candidates(scene))


def _candidates(scene: Scene) -> Iterator[Candidate]:
    used: set[int] = set()
    questions: dict[int, tuple[Said, Act]] = {}
    for asking, question, answer in scene.answers():
        told = _answer(scene, asking, question, answer)
        if told:
            used.add(id(answer))
            yield told
        elif any(fact(answer, m) and m.kind == _ASKED_KIND.get(question.name) for m in answer.mentions):
            questions[id(answer)] = asking, question
    for said, answer in _answered_shortly(scene):
        used |= {id(said), id(answer)}
        yield _with_answer(scene, said, answer)
    yield from differing(scene)
    asked = False
    for said in scene.said:
        yield from _facts(scene, said, quoted=id(said) in used, asked=questions.get(id(said)))
        if id(said) not in used:
            yield from _told(scene, said, asked=asked)
        asked = said.line.role == "officer"


def _facts(scene: Scene, said: Said, *, quoted: bool, asked: tuple[Said, Act] | None) -> Iterator[Candidate]:
    """Names, dates, numbers and vehicles that a line gives, as facts that somebody gave, with the words where more was said.

    `quoted`: the words stand in another sentence. `asked`: the question that the fact answers, told with it.
    """
    given = [(mention, told) for mention in said.mentions if (told := fact(said, mention))]
    described = said.mention("vehicle")
    if not given and not described:
        return
    phrases = (
        [f"{'stated' if said.line.role == 'officer' else 'gave'} {listed([f for _, f in given])}"] if given else []
    )
    if described:
        phrases.append(f"described {with_article(plain(described.value))}")
    mentions = [*(mention for mention, _ in given), *([described] if described else [])]
    seen_things = described or any(m.kind in {"plate", "vin"} for m in mentions)
    sure = min(said.sure, *(mention.confidence for mention in mentions))
    proposed = [m for m in mentions if (m.line, m.start_char, m.end_char) not in scene.recording.confirmed]
    if not proposed:
        sure = said.sure
    words = f", in the words {quotation(said.text, opening=True)}" if not quoted and _told_by_facts(said) else ""
    text = f"{scene.name_of(said.line)} {' and '.join(phrases)}{words if _more_than_facts(said) else ''}"
    lines, sources, about = [said], [scene.source(said)], frozenset({(id(said), FACTS)})
    if asked:
        text = f"{_act_in_words(scene, *asked)}, and {text}"
        lines, sources, about = [asked[0], said], [scene.source(*asked), *sources], about | made_of(*asked)
    sentence = sentence_of(
        "Observations" if seen_things else "Contact", f"{text} {seconds_of(*lines)}.", tuple(sources), sure
    )
    sentence = replace(sentence, unconfirmed=tuple(dict.fromkeys(date_in_words(plain(m.value)) for m in proposed)))
    yield Candidate(sentence, 8, lines[0].line.start, about)


def _told_by_facts(said: Said) -> bool:
    """Whether a line without acts is told whole by the sentence about its facts."""
    facts = any(fact(said, mention) for mention in said.mentions)
    short = len(said.text.split()) <= _SHORT_ENOUGH
    return (
        not said.acts and len(said.text.split()) <= QUOTE_WORDS and (facts or (short and bool(said.mention("vehicle"))))
    )


def _more_than_facts(said: Said) -> bool:
    """Whether a line says more than its facts, or they are doubtful: then its words stand beside what was read from them."""
    given = [mention for mention in said.mentions if fact(said, mention)]
    if any(m.method.endswith(BROKEN) or (m.kind == "plate" and len(m.value) < _WHOLE_PLATE) for m in given):
        return True
    if said.line.role == "officer":
        return False
    rest = said.text
    for mention in [*given, *(m for m in said.mentions if m.kind == "vehicle")]:
        rest = rest.replace(plain(mention.text), " ", 1)
    return any(word.low not in _AROUND_FACTS for word in tokens(rest))


def _is_fact(said: Said) -> bool:
    """Whether the line says little beside the facts it gives, which are told as such."""
    facts = [m for m in said.mentions if fact(said, m)]
    described = said.mention("vehicle")
    words = sum(len(m.text.split()) for m in ([*facts, described] if facts and described else facts))
    return words >= _MAINLY * len(said.text.split()) and bool(facts)


def _answer(scene: Scene, asked: Said, question: Act, answer: Said) -> Candidate | None:
    """Question and answer in one sentence, unless the answer is a fact that is told anyway or an act of its own."""
    by_name = question.name in _ASKED or question.name == "asks_documents"
    if _is_fact(answer) or (by_name and any(fact(answer, m) for m in answer.mentions)):
        return None
    if question.name == "asks_documents" and not answer.acts and _handing_over(answer):
        return None
    weight = max(question.weight, 4, *(act.weight for act in answer.acts)) if answer.acts else max(question.weight, 4)
    weight = max(weight, min(10, weight + _mentioned(scene, asked) // 2 + _mentioned(scene, answer)))
    who, reply = scene.name_of(answer.line), quotation(answer.text, opening=True)
    quoted = quotation(asked.text[question.start : question.end], opening=True)
    if quoted.endswith('…"'):
        return None
    asking = f'{scene.name_of(asked.line)} asked, {quoted[:-1]}?"'
    if by_name:
        asking = f"{_act_in_words(scene, asked, question)},"
    text = f"{asking} and {who} answered, {reply} {seconds_of(asked, answer)}."
    sources = (scene.source(asked, question), scene.source(answer))
    uses = made_of(asked, question) | made_of(answer, None)
    section = "Search and seizure" if question.name == "asks_search" else "Statements"
    return Candidate(sentence_of(section, text, sources, min(asked.sure, answer.sure)), weight, asked.line.start, uses)


def _answered_shortly(scene: Scene) -> Iterator[tuple[Said, Said]]:
    """An officer's words that do nothing by themselves, a question misheard maybe, and the word or two that answer them."""
    for said, answer in zip(scene.said, scene.said[1:], strict=False):
        soon = answer.line.start - said.line.end <= ANSWER_WITHIN
        if said.line.role != "officer" or answer.line.role == "officer" or said.acts or not soon:
            continue
        telling = _YES_OR_NO.match(answer.text) or not _PLEASANTRY.fullmatch(answer.text)
        short = len(answer.text.split()) < _SHORT and len(said.text.split()) > _COURTEOUS
        if telling and short and not (answer.acts or _has_facts(said, answer) or _PLEASANTRY.fullmatch(said.text)):
            yield said, answer


def _has_facts(*lines: Said) -> bool:
    return any(fact(said, mention) or mention.kind == "vehicle" for said in lines for mention in said.mentions)


def _with_answer(scene: Scene, said: Said, answer: Said) -> Candidate:
    who, other = scene.name_of(said.line), scene.name_of(answer.line)
    words, reply = quotation(said.text, opening=True), quotation(answer.text, opening=True)
    text = f"{who} said, {words}, and {other} answered, {reply} {seconds_of(said, answer)}."
    sources = (scene.source(said), scene.source(answer))
    weight = max(_ANSWERED, min(10, _ANSWERED + _mentioned(scene, said) + _mentioned(scene, answer)))
    sentence = sentence_of("Statements", text, sources, min(said.sure, answer.sure))
    return Candidate(sentence, weight, said.line.start, made_of(said, None) | made_of(answer, None))


def _handing_over(answer: Said) -> bool:
    """Whether an answer to a request for papers says no more than "sure, here you go"."""
    return len(answer.text.split()) <= _HANDING_OVER and not _WITHOUT.search(answer.text)


def _mentioned(scene: Scene, said: Said) -> int:
    """The weight of the weightiest thing spoken of; what the type of report favours weighs more."""
    heard = {m.kind for m in said.mentions if m.confidence >= _LEAST_FOR_NAMES}
    return max((_MENTION_WEIGHT.get(kind, 1) + _FAVOURED * (kind in scene.favours) for kind in heard), default=0)


def _told(scene: Scene, said: Said, *, asked: bool) -> Iterator[Candidate]:
    """Each act of a line; a line without acts as a statement, which weighs little when it is short."""
    if not said.acts:
        if not _is_fact(said) and not _told_by_facts(said):
            yield _statement(scene, said, asked=asked)
        return
    yield from _rests(scene, said)
    for act in _joined(said.acts):
        text = _act_in_words(scene, said, act)
        if text:
            # A fact in the words of an officer's order or question does not raise it: the words are told with the act.
            weight = act.weight if act.weight >= MUST else min(10, act.weight + _mentioned(scene, said) // 2)
            if act.name == "greets" and len(said.text[act.start : act.end].split()) <= _COURTEOUS:
                weight = FILLER
            text, sources = f"{text} {seconds_of(said)}.", (scene.source(said, act),)
            sentence = sentence_of(act.section, text, sources, said.sure * act.sure)
            yield Candidate(sentence, weight, said.line.start + act.start * _IN_LINE, made_of(said, act))


def _joined(acts: tuple[Act, ...]) -> Iterator[Act]:
    """Orders of one line that follow each other, as one."""
    open_: Act | None = None
    for act in acts:
        near = open_ and act.name in _ORDERS and open_.name in _ORDERS and act.start - open_.end <= _BETWEEN
        if open_ and near:
            open_ = replace(
                open_,
                end=act.end,
                weight=max(open_.weight, act.weight),
                faint=open_.faint or act.faint,
                sure=min(open_.sure, act.sure),
            )
            continue
        if open_:
            yield open_
        open_ = act
    if open_:
        yield open_


def _rests(scene: Scene, said: Said) -> Iterator[Candidate]:
    """What a line says before, between and after its acts, as statements, where it says something."""
    for start, end in stretches(said.text, said.acts):
        part = said.text[start:end]
        if sum(word.low not in _MEANS_LITTLE for word in tokens(part)) < _REST or _PLEASANTRY.fullmatch(part):
            continue
        verb = "said" if said.line.role != "other" else "stated"
        text = f"{scene.name_of(said.line)} {verb}, {quotation(part, opening=True)} {seconds_of(said)}."
        rest = Act("rest", "Statements", _REST_WEIGHT, start, end)
        sentence = sentence_of(rest.section, text, (scene.source(said, rest),), said.sure)
        yield Candidate(sentence, rest.weight, said.line.start + start * _IN_LINE, made_of(said, rest))


def _statement(scene: Scene, said: Said, *, asked: bool) -> Candidate:
    words = len(said.text.split())
    long = 0 if words <= _SHORT else 3 if said.line.role == "officer" else 4
    if _COURTEOUS < words <= _SHORT and said.line.role != "officer" and not _PLEASANTRY.fullmatch(said.text):
        long = 2
    if _PLEASANTRY.fullmatch(said.text):
        long = 0
    if asked and said.line.role != "officer" and words <= _SHORT and _can_be_name(said):
        long = _NAMED_MAYBE  # the question for a name was not heard as one, maybe
    weight = max(FILLER, _mentioned(scene, said) + long)
    verb = "said" if said.line.role != "other" else "stated"
    text = f"{scene.name_of(said.line)} {verb}, {quotation(said.text, opening=True)} {seconds_of(said)}."
    sentence = sentence_of("Statements", text, (scene.source(said),), said.sure)
    return Candidate(sentence, min(10, weight), said.line.start, made_of(said, None))


def _can_be_name(said: Said) -> bool:
    words = tokens(said.text)
    return len(words) >= 2 and all(can_be_name(word) for word in words)


def _act_in_words(scene: Scene, said: Said, act: Act) -> str:
    who, to = scene.name_of(said.line), scene.addressee if said.line.role == "officer" else ""
    words = said.text[act.start : act.end].strip(" ,")
    quoted = quotation(words, opening=True)
    if act.faint:
        return f"{who} {f'told{to}' if to else 'said' if said.line.role == 'officer' else 'stated'}, {quoted}"
    if act.name in _ASKED:
        return f"{who} asked{to} for {_ASKED[act.name]}"
    if act.name == "asks_documents" and (documents := _documents(said, act)):
        return f"{who} asked{to} for {listed(documents)}"
    if act.name.startswith("asks"):
        return f"{who} asked{to}, {quoted if quoted.endswith('…' + chr(34)) else quoted[:-1] + '?' + chr(34)}"
    if act.name in _ORDERS and _VERB_FIRST.match(words) and not _MIDDLE_END.search(words):
        return f"{who} told{to} to {quotation(words, opening=False)}" if to else f"{who} gave the order, {quoted}"
    return _plain_act(act, who, to, quoted, "stop" if is_traffic(scene.incident.kind) else "contact")


def _documents(said: Said, act: Act) -> list[str]:
    """The papers asked for; nothing where more was said than that, as far as the words were understood."""
    words = said.text[act.start : act.end].lower()
    rest = tokens(_PAPERS.sub(" ", words))
    clean = all(word.low in _IN_A_REQUEST for word in rest) and not _DANGLING.search(words)
    return [name for part, name in _DOCUMENT_NAMES if part in words] if clean else []


def _plain_act(act: Act, who: str, to: str, quoted: str, contact: str) -> str:
    told = f"told{to}" if to else "said"
    if act.name == "gives_reason":
        return f"{who} gave{to} a reason for the {contact}, {quoted}"
    if act.name == "greets":
        return f"{who} greeted{to} with the words {quoted}" if to else f"{who} said, {quoted}"
    if act.name == "thanks":
        return f"{who} thanked{to}, {quoted}" if to else ""
    if act.name == "apologizes":
        return f"{who} apologized{' to' + to if to else ''}, {quoted}"
    if act.name == "rights":
        return f"{who} advised{to or ' those present'}, {quoted}"
    if act.name == "aggression":
        return f"{who} said{' to' + to if to else ''}, {quoted}"
    if act.name == "reports_in":
        return f"{who} reported, {quoted}"
    if act.name in {"introduces", "reassures", "searches", "arrest", "decides", "orders", "restrains"}:
        return f"{who} {told}, {quoted}"
    return f"{who} stated, {quoted}"


_SEEN = {
    "plate": "Video analysis marked text shaped like a license plate, read as {label}",
    "text": "Video analysis read the text {label} in the picture",
}
UNTOLD_TAGS = {"shot", "motion", "light", "speech", "sound", "scene"} | {
    "camera",
    "impact",
    "covered",
    "lights",
    "flash",
    "gap",
}  # what the camera went through is for finding a moment, not for a report


def seen(scene: Scene) -> Iterator[Candidate]:
    """What the picture was marked with: the surest of each kind and label, plates above all."""
    best: dict[tuple[str, str], TagFact] = {}
    for tag in scene.recording.tags:
        key = (tag.kind.lower(), plain(tag.label).casefold())
        if key[1] and key[0] not in UNTOLD_TAGS and (key not in best or tag.confidence > best[key].confidence):
            best[key] = tag
    for (kind, _), tag in sorted(best.items(), key=lambda item: -item[1].confidence)[:6]:
        source = Source(scene.recording.evidence_id, tag.start, tag.end, tag.label)
        shape = _SEEN.get(kind, "Video analysis marked {label} in the picture")
        if kind == "person":
            shape = (
                f"Video analysis marked {'a person' if tag.count <= 1 else f'up to {tag.count} people'} in the picture"
            )
        span = clock(tag.start) if clock(tag.start) == clock(tag.end) else f"{clock(tag.start)} to {clock(tag.end)}"
        label = f'"{plain(tag.label)}"'
        text = f"{shape.replace('{label}', label)} ({span})."
        sentence = DraftSentence("Observations", text, (source,), round(max(0.0, min(1.0, tag.confidence)), 4))
        yield Candidate(sentence, 8 if kind == "plate" else 5 if kind == "person" else 3, tag.start, frozenset())
