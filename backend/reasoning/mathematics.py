"""Whether two answers mean the same in mathematics: a program of its own, run by checker.py.

It reads one question per line from its standard input and writes one reply per line, both JSON,
until the input ends. Nobody imports it: sympy takes its time, and what people and models write can
keep it busy for hours inside one multiplication, where only ending the process helps. So it limits
itself too: to its memory, and for each question to so many seconds of processor time, after which
the system ends it wherever it is, even if whoever asked is gone.

Text is read by math-verify's LaTeX grammar only. Nothing here evaluates text as Python.
"""

import contextlib
import json
import logging
import re
import signal
import sys
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import mpmath
import sympy
from math_verify import LatexExtractionConfig, parse, verify
from sympy.core.relational import Relational

# From the sixth digit on, math-verify would take 0.333333 for 1/3.
_DIGITS: Final = 12
_LATEX: Final = (LatexExtractionConfig(boxed_match_priority=-1),)
_PLACES: Final = (1, 2, 3)
_LONGEST_KEY: Final = 200
_MANY: Final = sympy.FiniteSet
_ORDERED: Final = (sympy.Tuple, sympy.Interval)

_GROUPED: Final = re.compile(r"(?<![\d.])\d{1,3}(?:(?:,?\\[,!; ]\s*|\{,\}|,|~|\s)\d{3})+(?!\d)")
_APART: Final = re.compile(r"(?:^|[-+*/=(,{\[])\s*\d[\d.]*(?:\s|\\[,;!: ]|~)+\d")
_POWER: Final = re.compile(r"(?<=\d)[eE]([+-]?\d+)\b")
_SPELLED: Final = (
    (re.compile(r"(?<![A-Za-z\\])pi(?![A-Za-z])"), r"\\pi "),
    (re.compile(r"(?<![A-Za-z\\])sqrt\s*\(([^()]*)\)"), r"\\sqrt{\1}"),
)
_PERCENT: Final = re.compile(r"\\?%|\bper\s?cent\b")
_DEGREES: Final = re.compile(r"(?:\^\s*\{?\s*\\circ\s*\}?|°)$")
_BASE: Final = re.compile(r"(?<=\d)_\{?(\d+)\}?$")
_UNIT: Final = re.compile(
    r"(?<=[\d})!])(?:\s|\\[,;! ]|~)*"
    r"(?:\\(?:text|textrm|mbox)\s*\{([^{}]*)\}|\\mathrm\s*\{([^{}]{2,})\}"
    r"|(?<=\s)((?!(?:or|and)\b)[A-Za-z]{2,}(?:[ /][A-Za-z]+)*))\.?"
    r"\s*(?:\^?\{?([23])\}?)?$"
)


class Unread(Exception):
    """The text is no mathematics that can be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as it was read: its value without its unit ("" for none), and whether what was
    written is in percent.
    """

    value: Any
    unit: str
    percent: bool


def read(text: str) -> Reading:
    """What a text says. Unread if that is nothing that the grammar knows."""
    text, unit = _without_unit(_tidied(text))
    plain, percents = _PERCENT.subn("", text)
    # "12 13" would be read as a sum, and "2 000 000" as a product.
    found = [] if _APART.search(plain) else _parsed(plain)
    if len(found) != 1 or not isinstance(found[0], sympy.Basic | sympy.MatrixBase):
        raise Unread
    return Reading(_united(found[0]), unit, percents > 0)


def same(answer: str, reference: str) -> tuple[bool | None, str]:
    """Whether an answer is right by a reference answer; where nobody can tell, None and why."""
    try:
        wanted = read(reference)
    except Unread:
        return None, "the reference answer cannot be read as mathematics"
    try:
        given = read(answer)
    except Unread:
        return None, "the answer cannot be read as mathematics"
    if isinstance(given.value, _MANY) and isinstance(wanted.value, _ORDERED):
        return False, ""
    if isinstance(wanted.value, _MANY) and isinstance(given.value, _ORDERED):
        return False, ""
    if given.percent != wanted.percent:
        return _in_percent(given, wanted)
    if not _equal(given.value, wanted.value):
        if given.unit and wanted.unit and given.unit != wanted.unit:
            return None, "the answer and the reference answer have different units"
        return False, ""
    return _told_apart(given, wanted)


def key(answer: str) -> tuple[str | None, str]:
    """What answers that mean the same have in common, whatever other answers there are."""
    try:
        reading = read(answer)
        value = reading.value
        if reading.percent:
            value = value / 100 if isinstance(value, sympy.Expr) else sympy.Tuple(value, 100)
        found = _print(value)
    except Unread:
        return None, ""
    if len(found) > _LONGEST_KEY:
        found = f"{found[:_LONGEST_KEY]}… {crc32(found.encode()):08x}"
    return f"{found} {reading.unit}".strip(), ""


def _united(value: Any) -> Any:
    """Such as x < 1 or x > 2, which is read as a set of two things, as the set that it is."""
    parts = value.args if isinstance(value, _MANY) else ()
    inequality = all(isinstance(one, Relational) and not isinstance(one, sympy.Eq) for one in parts)
    if not parts or not inequality or len(value.free_symbols) != 1:
        return value
    return sympy.Union(*(one.as_set() for one in parts))


def _tidied(text: str) -> str:
    text = text.replace("\\$", "").replace("$", "").strip().rstrip(".")
    text = re.sub(r"\\(?:left|right|displaystyle)(?![A-Za-z])", "", text)
    text = _GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), text)
    for plain, latex in _SPELLED:
        text = plain.sub(latex, text)
    return _POWER.sub(r"\\cdot 10^{\1}", text)


def _without_unit(text: str) -> tuple[str, str]:
    for pattern, name in ((_DEGREES, "degree"), (_BASE, "base ")):
        found = pattern.search(text)
        if found is not None:
            return text[: found.start()], name + "".join(found.groups())
    found = _UNIT.search(text)
    if found is None or _PERCENT.fullmatch(found[0].strip()):
        return text, ""
    name = " ".join((found[1] or found[2] or found[3]).casefold().replace(".", "").split())
    return text[: found.start()], name.removesuffix("s") + (found[4] or "")


def _parsed(text: str) -> list[Any]:
    # Its own time limit is an alarm signal, which waits for long multiplications to end.
    return list(
        parse(
            f"${text}$",
            _LATEX,
            fallback_mode="no_fallback",
            extraction_mode="first_match",
            parsing_timeout=None,
        )
    )


def _equal(given: Any, wanted: Any) -> bool:
    return bool(
        verify(
            [wanted],
            [given],
            float_rounding=_DIGITS,
            allow_set_relation_comp=True,
            timeout_seconds=None,
            raise_on_error=True,
        )
    )


def _in_percent(given: Reading, wanted: Reading) -> tuple[bool | None, str]:
    """One of the two is in percent: 10 % is 0.1, and 10 may be what was meant, or a mistake."""
    parts = [one.value / 100 if one.percent else one.value for one in (given, wanted)
             if isinstance(one.value, sympy.Expr)]  # fmt: skip
    if len(parts) == 2 and _equal(*parts):
        return True, ""
    if _equal(given.value, wanted.value):
        return None, "only one of answer and reference answer is in percent"
    return False, ""


def _told_apart(given: Reading, wanted: Reading) -> tuple[bool | None, str]:
    """The values are equal; whether what they are values of is as well."""
    if given.unit and wanted.unit and given.unit != wanted.unit:
        return None, "the answer and the reference answer have different units"
    unknowns = [_unknowns(one.value) for one in (given, wanted)]
    if not all(unknowns) and max(map(len, unknowns)) > 1:
        return None, "only one of answer and reference answer says which value is which"
    return True, ""


def _unknowns(value: Any) -> set[Any]:
    """The left sides of a list of equations, such as x = 1, y = 2."""
    parts = value.args if isinstance(value, _MANY | sympy.Tuple) else ()
    return {part.lhs for part in parts if isinstance(part, sympy.Eq)}


def _print(value: Any) -> str:
    """A text that is the same for all ways to write a value. Unread where there is none."""
    match value:
        case sympy.MatrixBase():
            rows = (",".join(map(_print, row)) for row in value.tolist())
            return f"[{';'.join(rows)}]"
        case sympy.Interval():
            left, right = "[("[bool(value.left_open)], "])"[bool(value.right_open)]
            return f"{left}{_print(value.start)},{_print(value.end)}{right}"
        case sympy.FiniteSet():
            return _print_many(value)
        case sympy.Union():
            return " or ".join(sorted(map(_print, value.args)))
        case sympy.Tuple():
            return f"({','.join(map(_print, value.args))})"
        case sympy.Eq() if value.lhs.is_Symbol:
            return _print(value.rhs)  # as "x = 5" votes for 5
        case Relational():
            return _relation(value)
        case sympy.Expr():
            return _number(value)
    return _solutions(value)


def _print_many(value: Any) -> str:
    # Which value is which matters as soon as there are two unknowns.
    named = len(_unknowns(value)) > 1
    parts = {
        f"{part.lhs}={_print(part.rhs)}" if named and isinstance(part, sympy.Eq) else _print(part)
        for part in value.args
    }
    return parts.pop() if len(parts) == 1 else f"{{{','.join(sorted(parts))}}}"


def _solutions(value: Any) -> str:
    """Such as 1 < x < 2, which is the interval."""
    with contextlib.suppress(Exception):
        found = value.as_set()
        if not isinstance(found, sympy.ConditionSet):
            return _print(found)
    return str(sympy.srepr(value))


def _relation(value: Any) -> str:
    """The sides' difference, whichever way round and however multiplied."""
    if len(value.free_symbols) == 1 and not isinstance(value, sympy.Eq):
        return _solutions(value)
    less = isinstance(value, sympy.StrictLessThan | sympy.LessThan)
    apart = value.rhs - value.lhs if less else value.lhs - value.rhs
    scale = _at(apart, _PLACES[0])
    if not isinstance(value, sympy.Eq):
        scale = abs(scale)
    if not scale:
        raise Unread
    sign = {sympy.StrictLessThan: ">", sympy.LessThan: ">="}.get(type(value), value.rel_op)
    return " ".join([*(_digits(_at(apart, place) / scale) for place in _PLACES), sign, "0"])


def _number(value: Any) -> str:
    value = value.doit()
    if isinstance(value, sympy.Float):
        value = sympy.Rational(str(value))
    if value.is_Rational or value.is_infinite:
        return str(value)
    found = [_at(value, place) for place in _PLACES]
    said = [_digits(one) for one in found]
    if len(set(said)) > 1:
        return " ".join(said)
    nearest = mpmath.nint(found[0].real)
    near = abs(found[0] - nearest) < mpmath.mpf(10) ** -_DIGITS
    return str(int(nearest)) if near else said[0]


def _at(value: Any, place: int) -> Any:
    """The value with a number for each symbol that depends on its name and the place only.

    Expressions that agree at a few such places are the same (Schwartz, 1980; Zippel, 1979).
    """
    numbers = {
        symbol: sympy.Rational((crc32(f"{symbol} {place}".encode()) % 20011) - 10005, 4001)
        for symbol in value.free_symbols
    }
    found = value.xreplace(numbers).doit().evalf(2 * _DIGITS + 6)
    if not found.is_number or found.is_finite is not True:
        raise Unread
    return mpmath.mpmathify(found)


def _digits(number: Any) -> str:
    parts = (number.real, number.imag)
    real, imaginary = (mpmath.nstr(mpmath.chop(part), _DIGITS) for part in parts)
    return real if imaginary == "0.0" else f"{real}+{imaginary}i"


def _replies(question: dict[str, Any]) -> tuple[Any, str]:
    try:
        return same(*question["same"]) if "same" in question else key(*question["key"])
    except MemoryError:
        return None, "it takes too much memory to decide"
    except Exception as error:  # noqa: BLE001 (a grammar and an algebra system on any text)
        return None, f"the mathematics cannot be compared ({type(error).__name__})"


def _limit_memory(megabytes: int) -> None:
    # Windows has no such limit: there the deadline is all that holds.
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _limit_time(seconds: float) -> None:
    """From now on so much processor time may pass; then the system ends this process. 0: any."""
    if hasattr(signal, "ITIMER_PROF"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def main(seconds: float, megabytes: int) -> None:
    """Answer questions until there are no more."""
    logging.disable()
    _limit_memory(megabytes)
    _parsed("\\frac{1}{2}")  # builds the grammar's tables: no question should pay for them
    print("{}", flush=True)  # noqa: T201 (ready)
    for line in sys.stdin:
        _limit_time(seconds)
        value, why = _replies(json.loads(line))
        _limit_time(0)
        print(json.dumps({"value": value, "why": why}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
