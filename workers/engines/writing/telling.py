"""Turns what was said and seen into candidate sentences, each with its weight; selection comes after."""

import re
from collections.abc import Iterator
from dataclasses import replace

from workers.engines.writing.acts import MUST, Act
from workers.engines.writing.brief import DraftSentence, Source, TagFact
from workers.engines.writing.differing import differing
from workers.engines.writing.offering import FACTS, Candidate, fact, made_of, seconds_of, sentence_of
from workers.engines.writing.scene import Said, Scene
from workers.engines.writing.words import clock, date_in_words, listed, plain, quotation, with_article

_ASKED = {
    "asks_name": "a name",
    "asks_birth": "a date of birth",
    "asks_address": "an address",
    "asks_phone": "a telephone number",
}
_VERB_FIRST = re.compile(r"(?:please )?(?:step|get|put|show|let|keep|drop|turn|sit|stand|stay|come|walk|face|spread|lie|lay|kneel|raise|give|hand|place|roll|open|exit|back|wait|stop)\b", re.IGNORECASE)  # fmt: skip
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
    r"have|a|nice|day|night|i|guess|man|well|um|uh|oh|it|is|hold|on)\W*)+",
    re.IGNORECASE,
)
_HANDING_OVER = 6
_WITHOUT = re.compile(r"\b(?:no|not|don't|left|lost|forgot|expired|suspended|without|home)\b", re.IGNORECASE)
_ORDERS = {"orders", "restrains"}
_MIDDLE_END = re.compile(r"[.?!;] ")
_BETWEEN = 3  # characters between orders that are told together
_IN_LINE = 1e-6  # keeps the acts of one line in order
FILLER = 1  # a word or two: told only where there is hardly anything else


def candidates(scene: Scene) -> Iterator[Candidate]:
    """Everything the recording's speech offers, answers joined to their questions."""
    used: set[int] = set()
    for asked, question, answer in scene.answers():
        told = _answer(scene, asked, question, answer)
        if told:
            used.add(id(answer))
            yield told
    yield from differing(scene)
    for said in scene.said:
        yield from _facts(scene, said)
        if id(said) not in used:
            yield from _told(scene, said)


def _facts(scene: Scene, said: Said) -> Iterator[Candidate]:
    """Names, dates, numbers and vehicles that a line gives, as facts that somebody gave."""
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
    text = f"{scene.name_of(said.line)} {' and '.join(phrases)} {seconds_of(said)}."
    sentence = sentence_of("Observations" if seen_things else "Contact", text, (scene.source(said),), sure)
    sentence = replace(sentence, unconfirmed=tuple(dict.fromkeys(date_in_words(plain(m.value)) for m in proposed)))
    yield Candidate(sentence, 8, said.line.start, frozenset({(id(said), FACTS)}))


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


def _handing_over(answer: Said) -> bool:
    """Whether an answer to a request for papers says no more than "sure, here you go"."""
    return len(answer.text.split()) <= _HANDING_OVER and not _WITHOUT.search(answer.text)


def _mentioned(scene: Scene, said: Said) -> int:
    """The weight of the weightiest thing spoken of; what the type of report favours weighs more."""
    heard = {m.kind for m in said.mentions if m.confidence >= _LEAST_FOR_NAMES}
    return max((_MENTION_WEIGHT.get(kind, 1) + _FAVOURED * (kind in scene.favours) for kind in heard), default=0)


def _told(scene: Scene, said: Said) -> Iterator[Candidate]:
    """Each act of a line; a line without acts as a statement, which weighs little when it is short."""
    if not said.acts:
        if not _is_fact(said):
            yield _statement(scene, said)
        return
    for act in _joined(said.acts):
        text = _act_in_words(scene, said, act)
        if text:
            # A fact in the words of an officer's order or question does not raise it: the words are told with the act.
            weight = act.weight if act.weight >= MUST else min(10, act.weight + _mentioned(scene, said) // 2)
            if act.name == "greets" and len(said.text[act.start : act.end].split()) <= _COURTEOUS:
                weight = FILLER
            sentence = sentence_of(act.section, f"{text} {seconds_of(said)}.", (scene.source(said, act),), said.sure)
            yield Candidate(sentence, weight, said.line.start + act.start * _IN_LINE, made_of(said, act))


def _joined(acts: tuple[Act, ...]) -> Iterator[Act]:
    """Orders of one line that follow each other, as one."""
    open_: Act | None = None
    for act in acts:
        near = open_ and act.name in _ORDERS and open_.name in _ORDERS and act.start - open_.end <= _BETWEEN
        if open_ and near:
            open_ = replace(open_, end=act.end, weight=max(open_.weight, act.weight))
            continue
        if open_:
            yield open_
        open_ = act
    if open_:
        yield open_


def _statement(scene: Scene, said: Said) -> Candidate:
    words = len(said.text.split())
    long = 0 if words <= _SHORT else 2 if said.line.role == "officer" else 4
    if _COURTEOUS < words <= _SHORT and said.line.role != "officer" and not _PLEASANTRY.fullmatch(said.text):
        long = 2
    weight = max(FILLER, _mentioned(scene, said) + long)
    section = "Observations" if said.line.role == "officer" else "Statements"
    verb = "said" if said.line.role != "other" else "stated"
    text = f"{scene.name_of(said.line)} {verb}, {quotation(said.text, opening=True)} {seconds_of(said)}."
    sentence = sentence_of(section, text, (scene.source(said),), said.sure)
    return Candidate(sentence, min(10, weight), said.line.start, made_of(said, None))


def _act_in_words(scene: Scene, said: Said, act: Act) -> str:
    who, to = scene.name_of(said.line), scene.addressee if said.line.role == "officer" else ""
    words = said.text[act.start : act.end].strip(" ,")
    quoted = quotation(words, opening=True)
    if act.name in _ASKED:
        return f"{who} asked{to} for {_ASKED[act.name]}"
    if act.name == "asks_documents":
        documents = [name for part, name in _DOCUMENT_NAMES if part in words.lower()]
        return f"{who} asked{to} for {listed(documents)}" if documents else ""
    if act.name.startswith("asks"):
        return f"{who} asked{to}, {quoted if quoted.endswith('…' + chr(34)) else quoted[:-1] + '?' + chr(34)}"
    if act.name in _ORDERS and _VERB_FIRST.match(words) and not _MIDDLE_END.search(words):
        return f"{who} told{to} to {quotation(words, opening=False)}" if to else f"{who} gave the order, {quoted}"
    return _plain_act(act, who, to, quoted)


def _plain_act(act: Act, who: str, to: str, quoted: str) -> str:
    told = f"told{to}" if to else "said"
    if act.name == "gives_reason":
        return f"{who} gave{to} a reason for the contact, {quoted}"
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
