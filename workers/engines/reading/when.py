"""Dates, dates of birth, times of day and sums of money, written or spoken."""

import calendar
import re
from collections.abc import Iterator

from workers.engines.reading.found import Context, Found
from workers.engines.reading.spoken import DIGITS, cardinal, day_of_month, year
from workers.engines.reading.text import Kind

_BIRTH = re.compile(r"\b(date of birth|birth ?dates?|birth ?days?|d\.? ?o\.? ?b|born|birth)\b", re.IGNORECASE)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in list(_MONTHS.items())} | {"sept": 9}
_VERBS = {"may", "march", "mar"}
_NUMERIC = re.compile(r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?![\d/-])")
_ISO = re.compile(r"(?<![\d/-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\d-])")
_CLOCK = re.compile(
    r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])(?:\s*([ap])(?:\.\s?m\b\.?|\s?m\b))?", re.IGNORECASE
)
_HOUR = re.compile(r"(?<![\d:$.])(1[0-2]|[1-9])\s*([ap])(?:\.\s?m\b\.?|\s?m\b)", re.IGNORECASE)
_MILITARY = re.compile(r"(?<!\d)([01]\d|2[0-3])([0-5]\d)\s*(?:hours|hrs)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:at|around|about|by|until|before|after)\s+(noon|midnight)\b", re.IGNORECASE)
_SUM = re.compile(r"\$\s?(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(\d\d))?(?!\d)")
_BROKEN = 0.76  # a year that another word parts from its day: surer than the day alone, and doubted wherever it is told
_BEFORE_OTHER_NUMBERS = {
    "and",
    "to",
    "or",
    "with",
    "for",
    "between",
    "at",
    "around",
    "about",
    "by",
    "before",
    "after",
    "until",
}
_AT = {"at", "around", "about", "approximately", "by", "since", "until", "before", "after"}
_NOT_A_TIME = {
    "street", "avenue", "road", "miles", "mile", "mph", "dollars", "bucks", "feet", "foot", "years", "year", "pounds",
    "percent", "in", "of", "people", "times", "thousand", "hundred", "main", "north", "south", "east", "west",
}  # fmt: skip


def moments(line: Context) -> Iterator[Found]:
    """Dates, times and money in the line."""
    yield from _written_dates(line)
    yield from _written_times(line)
    yield from _written_money(line)
    for at in range(len(line.words)):
        yield from _spoken_date(line, at)
        yield from _spoken_time(line, at)
        yield from _spoken_money(line, at)


def _date(
    line: Context, parts: tuple[int | None, int, int | None], span: tuple[int, int], sure: float, how: str
) -> Iterator[Found]:
    """The date if the calendar knows it; without a year as `--03-14`, without a day as `1991-03` (ISO 8601)."""
    full_year, month, day = parts
    if not 1 <= month <= 12 or (day and day > calendar.monthrange(full_year or 2024, month)[1]):
        return
    value = f"{full_year:04}-{month:02}" if full_year else f"--{month:02}"
    value += f"-{day:02}" if day else ""
    birth = bool(full_year and day and line.said_before(_BIRTH, span[0]))
    kind: Kind = "date_of_birth" if birth else "date"
    told = {"year": f"{full_year:04}" if full_year else "", "month": f"{month:02}", "day": f"{day:02}" if day else ""}
    detail = {name: part for name, part in told.items() if part}
    yield Found(kind, value, *span, min(0.97, sure + (0.07 if birth else 0)), f"rule:{how}", detail)


def _written_dates(line: Context) -> Iterator[Found]:
    for match in _NUMERIC.finditer(line.text):
        full = int(match[3]) + (0 if len(match[3]) == 4 else 1900 if int(match[3]) > 30 else 2000)
        yield from _date(line, (full, int(match[1]), int(match[2])), match.span(), 0.85, "date-numeric")
    for match in _ISO.finditer(line.text):
        yield from _date(line, (int(match[1]), int(match[2]), int(match[3])), match.span(), 0.95, "date-iso")


def _spoken_date(line: Context, at: int) -> Iterator[Found]:
    words = line.words
    month = _MONTHS.get(words[at].low)
    if month:
        yield from _month_first(line, at, month)
        return
    first = at + 1 if words[at].low == "the" else at
    day = day_of_month(words, first)
    if day and day[1] < len(words):
        named = day[1] + 1 if words[day[1]].low == "of" else day[1]
        month = _MONTHS.get(words[named].low) if named < len(words) else None
        if month and (day[2] or words[named].low not in _VERBS):
            full = year(words, named + 1)
            span = line.span(at, full[1] if full else named + 1)
            yield from _date(
                line, (full[0] if full else None, month, day[0]), span, 0.88 if full else 0.7, "date-day-first"
            )
    if line.said_before(_BIRTH, words[at].start):
        yield from _spelled_birth_date(line, at)


def _month_first(line: Context, at: int, month: int) -> Iterator[Found]:
    words = line.words
    first = at + 2 if at + 1 < len(words) and words[at + 1].low == "the" else at + 1
    whole = year(words, first)
    day = day_of_month(words, first)
    if whole and not (day and day[2]) and not (day and year(words, day[1])):
        yield from _date(line, (whole[0], month, None), line.span(at, whole[1]), 0.75, "date-month-year")
        return
    if not day:
        return
    full = year(words, day[1], short=line.said_before(_BIRTH, words[at].start))
    if not full and day[2] and (broken := _year_after_a_word(line, day[1])):
        yield from _date(line, (broken[0], month, day[0]), line.span(at, broken[1]), _BROKEN, "date-broken")
    if not full and not day[2] and words[at].low in _VERBS:
        return  # "may one of you", "march four of them"
    span = line.span(at, full[1] if full else day[1])
    yield from _date(line, (full[0] if full else None, month, day[0]), span, 0.9 if full else 0.75, "date-month-first")


def _year_after_a_word(line: Context, at: int) -> tuple[int, int] | None:
    """A year said in full after one word that belongs to no date: "march third light nineteen ninety one"."""
    words = line.words
    if (
        at + 1 >= len(words)
        or words[at].low in _BEFORE_OTHER_NUMBERS
        or words[at + 1].low not in {"nineteen", "twenty"}
    ):
        return None
    full = year(words, at + 1)
    goes_on = full and full[1] < len(words) and words[full[1]].low in _NOT_A_TIME | {"hours", "hrs", "minutes"}
    return None if goes_on else full


def _spelled_birth_date(line: Context, at: int) -> Iterator[Found]:
    """Month, day and year all as numbers: "three fourteen ninety one", "oh three one four nineteen ninety one"."""
    for month, after_month in _one_or_two_digits(line, at, most=12):
        for day, after_day in _one_or_two_digits(line, after_month, most=31):
            full = year(line.words, after_day, short=True)
            if full:
                yield from _date(line, (full[0], month, day), line.span(at, full[1]), 0.75, "date-numbers-spoken")
                return


def _one_or_two_digits(line: Context, at: int, *, most: int) -> Iterator[tuple[int, int]]:
    """A number up to `most` said from word `at` on, and the position after it: "one four" as 14, then as 1."""
    pair = [DIGITS.get(word.low) for word in line.words[at : at + 2]]
    if len(pair) == 2 and pair[0] is not None and pair[1] is not None and 1 <= pair[0] * 10 + pair[1] <= most:
        yield pair[0] * 10 + pair[1], at + 2
    number = day_of_month(line.words, at)
    if number and not number[2] and number[0] <= most:
        yield number[0], number[1]


def _time(hour: int, minute: int, half: str, span: tuple[int, int], sure: float, how: str) -> Iterator[Found]:
    if half and not 1 <= hour <= 12:
        return
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    if hour <= 23 and minute <= 59:
        yield Found("time", f"{hour:02}:{minute:02}", *span, sure, f"rule:{how}")


def _written_times(line: Context) -> Iterator[Found]:
    for match in _CLOCK.finditer(line.text):
        yield from _time(int(match[1]), int(match[2]), (match[3] or "").lower(), match.span(), 0.92, "time-clock")
    for match in _HOUR.finditer(line.text):
        yield from _time(int(match[1]), 0, match[2].lower(), match.span(), 0.9, "time-hour")
    for match in _MILITARY.finditer(line.text):
        yield from _time(int(match[1]), int(match[2]), "", match.span(), 0.93, "time-hours")
    for match in _NAMED.finditer(line.text):
        yield from _time(12 if match[1].lower() == "noon" else 0, 0, "", match.span(1), 0.85, "time-named")


def _spoken_time(line: Context, at: int) -> Iterator[Found]:
    words = line.words
    if at + 1 < len(words) and words[at].low in {"half", "quarter"} and at + 2 < len(words):
        yield from _past_or_to(line, at)
    if words[at].low in {"oh", "zero"}:
        yield from _early(line, at)
        return
    hour = cardinal(words, at)
    if (
        not hour
        or (at and words[at - 1].low in {"oh", "zero"})
        or hour[0] > 24
        or words[at].low.isdigit()
        or (at and words[at - 1].low in {"hundred", "thousand"})
    ):
        return
    minute = _minutes(line, hour[1])
    value, after = minute or (0, hour[1])
    half, end = _half_of_day(line, after)
    span = line.span(at, max(end, after))
    if end > after:
        sure = 0.9 if half else 0.88
        yield from _time(hour[0], value, half, span, sure, "time-spoken")
    elif minute and at and words[at - 1].low in _AT and not (after < len(words) and words[after].low in _NOT_A_TIME):
        yield from _time(hour[0], value, "", span, 0.5, "time-at")


def _early(line: Context, at: int) -> Iterator[Found]:
    """ "oh six hundred hours", "zero zero thirty hours": an hour before ten, said in full."""
    words = line.words
    if at + 1 >= len(words) or (at and words[at - 1].low in DIGITS):
        return
    hour = DIGITS.get(words[at + 1].low)
    minute = _minutes(line, at + 2) if hour is not None else None
    if hour is not None and minute and minute[1] < len(words) and words[minute[1]].low in {"hours", "hrs"}:
        yield from _time(hour, minute[0], "", line.span(at, minute[1] + 1), 0.93, "time-hours")


def _past_or_to(line: Context, at: int) -> Iterator[Found]:
    words, back = line.words, line.words[at + 1].low in {"to", "of"}
    hour = cardinal(words, at + 2)
    if not hour or not 1 <= hour[0] <= 12 or not (back or words[at + 1].low in {"past", "after"}):
        return
    minute = 30 if words[at].low == "half" else 45 if back else 15
    value = (hour[0] - 2) % 12 + 1 if back else hour[0]
    half, end = _half_of_day(line, hour[1])
    yield from _time(value, minute, half, line.span(at, end), 0.92, "time-past")


def _minutes(line: Context, at: int) -> tuple[int, int] | None:
    """Minutes 00 to 59 as said after an hour: "forty five", "oh five", "hundred"."""
    words = line.words
    if at < len(words) and words[at].low == "hundred":
        return 0, at + 1
    if at + 1 < len(words) and words[at].low in {"oh", "o"}:
        unit = cardinal(words, at + 1)
        return (unit[0], unit[1]) if unit and unit[0] < 10 else None
    value = cardinal(words, at)
    return value if value and 10 <= value[0] <= 59 else None


def _half_of_day(line: Context, at: int) -> tuple[str, int]:
    """ "a" or "p" (or nothing) and the position after the words that make the number before `at` a time."""
    rest = [word.low for word in line.words[at : at + 5]] + [""] * 5
    if rest[0] in {"am", "pm"}:
        return rest[0][0], at + 1
    if rest[0] in {"a", "p"} and rest[1] == "m":
        return rest[0], at + 2
    step = 1 if rest[0] == "o'clock" else 2 if rest[:2] == ["o", "clock"] else 0
    for words, half in (
        (["in", "the", "morning"], "a"),
        (["in", "the", "afternoon"], "p"),
        (["in", "the", "evening"], "p"),
        (["at", "night"], "p"),
    ):
        if rest[step : step + len(words)] == words:
            return half, at + step + len(words)
    if step or rest[0] in {"hours", "hrs"}:
        return "", at + (step or 1)
    return "", at


def _written_money(line: Context) -> Iterator[Found]:
    for match in _SUM.finditer(line.text):
        value = f"{int(match[1].replace(',', ''))}.{match[2] or '00'}"
        yield Found("money", f"${value}", match.start(), match.end(), 0.95, "rule:money")


def _spoken_money(line: Context, at: int) -> Iterator[Found]:
    words = line.words
    amount = cardinal(words, at)
    if not amount or amount[1] >= len(words) or (at and cardinal(words, at - 1) and cardinal(words, at - 1)[1] > at):  # type: ignore[index]
        return
    unit = words[amount[1]].low
    if line.text[words[at].start - 1 : words[at].start] == "$":
        return
    factor = {"dollar": 100, "dollars": 100, "bucks": 100, "buck": 100, "grand": 100_000, "cents": 1}.get(unit)
    if factor and amount[0]:
        cents = amount[0] * factor
        yield Found(
            "money", f"${cents // 100}.{cents % 100:02}", *line.span(at, amount[1] + 1), 0.88, "rule:money-spoken"
        )
