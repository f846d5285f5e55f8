"""Formulas of t, read by a small grammar of our own: numbers, names on a list and operators, nothing else.

    comparison = sum [("<" | ">" | "<=" | ">=") sum]            1 where it holds, else 0
    sum        = product {("+" | "-") product}
    product    = signed {("*" | "/") signed}
    signed     = ("+" | "-") signed | power
    power      = atom [("**" | "^") signed]                     the exponent stays within -20 to 20
    atom       = number | name | name "(" comparison {"," comparison} ")" | "(" comparison ")"

No Python is made from the text and nothing is looked up but in the two tables below.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LONGEST = 200  # characters
DEEPEST = 40  # brackets, signs and powers inside one another
LARGEST = 1e9  # number that may be written, or reached on the way
POWER = 20.0  # largest exponent

CONSTANTS = {"pi": math.pi, "e": math.e}


def _square(u: Floats) -> Floats:
    return ((u - np.floor(u)) < 0.5).astype(np.float64)


def _sawtooth(u: Floats) -> Floats:
    return u - np.floor(u)


def _box(u: Floats) -> Floats:
    return (np.abs(u) <= 0.5).astype(np.float64)


def _gauss(x: Floats, sd: Floats) -> Floats:
    z = x / sd
    return np.exp(-0.5 * z * z)


# name: what works it out, number of arguments, what it is in words
FUNCTIONS: dict[str, tuple[Callable[..., Floats], int, str]] = {
    "sin": (np.sin, 1, "sine of an angle in radians"),
    "cos": (np.cos, 1, "cosine of an angle in radians"),
    "exp": (np.exp, 1, "e to the power"),
    "log": (np.log, 1, "natural logarithm"),
    "sqrt": (np.sqrt, 1, "square root"),
    "abs": (np.abs, 1, "size without sign"),
    "tanh": (np.tanh, 1, "S-shaped curve from -1 to 1"),
    "floor": (np.floor, 1, "next whole number below"),
    "min": (np.minimum, 2, "the lower of two"),
    "max": (np.maximum, 2, "the higher of two"),
    "square": (_square, 1, "1 in the first half of each cycle, 0 in the second"),
    "sawtooth": (_sawtooth, 1, "rises from 0 to 1 in each cycle"),
    "box": (_box, 1, "1 from -1/2 to 1/2, else 0"),
    "gauss": (_gauss, 2, "gauss(x, sd) = exp(-x^2 / (2 sd^2))"),
}

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<mark>\*\*|<=|>=|[-+*/^(),<>]))", re.A
)
_MARKS: dict[str, Callable[..., Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


class FormulaError(ValueError):
    """What is wrong and what to write instead; `place` is the character it is at, from 1, or None."""

    def __init__(self, sentence: str, place: int | None = None) -> None:
        super().__init__(sentence if place is None else f"Character {place}: {sentence}")
        self.place = place


@dataclass(frozen=True)
class _Token:
    kind: str  # number, name, mark or end
    text: str
    place: int  # from 1


@dataclass(frozen=True)
class _Part:
    """A part of a formula: what it does to its parts; `place` is where it stands."""

    name: str
    place: int
    parts: tuple["_Part", ...] = ()
    value: float = 0.0  # of a number


@dataclass(frozen=True)
class Formula:
    """A formula that was understood."""

    text: str
    _root: _Part

    def values(self, t: Floats) -> Floats:
        """The formula at each `t`, same shape.

        Raises:
            FormulaError: no finite number comes out; the part and the t where it happens are named.
        """
        with np.errstate(all="ignore"):
            return np.broadcast_to(_work_out(self._root, np.asarray(t, np.float64)), np.shape(t)).astype(np.float64)


def parse(text: str) -> Formula:
    """The formula that `text` spells.

    Raises:
        FormulaError: with the place and the cure.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"The formula is {len(text):,} characters long; keep it within {LONGEST}.")
    if not text.strip():
        raise FormulaError("The formula is empty; try 0.3 + 0.4*sin(2*pi*3*t).")
    reader = _Reader(_tokens(text))
    root = reader.comparison(0)
    rest = reader.token
    if rest.kind != "end":
        before = "; write * between two factors" if rest.kind in ("number", "name") or rest.text == "(" else ""
        raise FormulaError(f"nothing was expected after the formula here, but {rest.text!r} follows{before}.", rest.place)
    return Formula(text, root)


def pointer(text: str, error: FormulaError) -> str:
    """Two lines for a fixed-width font: the formula, and a mark under the place of the error."""
    line = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    return line if error.place is None else f"{line}\n{' ' * (error.place - 1)}^"


def _tokens(text: str) -> list[_Token]:
    out, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            cure = (
                "use . for decimals, * between factors"
                if text[at] in "·×∙"
                else "use t, numbers, + - * / ^ ( ) < > and the functions listed"
            )
            raise FormulaError(f"{text[at]!r} is not part of a formula; {cure}.", at + 1)
        kind = found.lastgroup or ""
        out.append(_Token(kind, found[kind], found.start(kind) + 1))
        at = found.end()
    out.append(_Token("end", "", len(text.rstrip()) + 1))
    return out


class _Reader:
    """Reads tokens from left to right by the grammar above."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, mark: str, why: str) -> None:
        if self.token.text != mark:
            raise FormulaError(f"{mark!r} is missing {why}{self._seen()}.", self.token.place)
        self.take()

    def _seen(self) -> str:
        return "" if self.token.kind == "end" else f" before {self.token.text!r}"

    def comparison(self, depth: int) -> _Part:
        left = self.chain(("+", "-"), depth)
        if self.token.text in ("<", ">", "<=", ">="):
            mark = self.take()
            return _Part(mark.text, mark.place, (left, self.chain(("+", "-"), depth)))
        return left

    def chain(self, marks: tuple[str, ...], depth: int) -> _Part:
        """A sum, or one of its products."""
        below = (lambda: self.chain(("*", "/"), depth)) if "+" in marks else (lambda: self.signed(depth))
        left = below()
        while self.token.text in marks:
            mark = self.take()
            left = _Part(mark.text, mark.place, (left, below()))
        return left

    def signed(self, depth: int) -> _Part:
        if depth > DEEPEST:
            raise FormulaError(f"more than {DEEPEST} brackets, signs or powers inside one another; write it flatter.", self.token.place)
        if self.token.text in ("+", "-"):
            mark = self.take()
            inner = self.signed(depth + 1)
            return _Part("negative", mark.place, (inner,)) if mark.text == "-" else inner
        base = self.atom(depth)
        if self.token.text in ("**", "^"):
            mark = self.take()
            return _Part("power", mark.place, (base, self.signed(depth + 1)))
        return base

    def atom(self, depth: int) -> _Part:
        token = self.take() if self.token.kind != "end" else self.token
        if token.kind == "number":
            value = float(token.text)
            if value > LARGEST:
                raise FormulaError(f"{token.text} is too large; keep numbers within {LARGEST:,.0f}.", token.place)
            return _Part("number", token.place, value=value)
        if token.kind == "name":
            return self.named(token, depth)
        if token.text == "(":
            inner = self.comparison(depth + 1)
            self.expect(")", f"to close the bracket of character {token.place}")
            return inner
        what = "the formula ends here" if token.kind == "end" else f"{token.text!r} stands here"
        raise FormulaError(f"{what} where a number, t, a function or a bracket was expected.", token.place)

    def named(self, token: _Token, depth: int) -> _Part:
        """The variable, a constant or a call of a function."""
        name = token.text
        if name == "t":
            return _Part("t", token.place)
        if name in CONSTANTS:
            return _Part("number", token.place, value=CONSTANTS[name])
        if name not in FUNCTIONS:
            raise FormulaError(
                f"{name[:30]!r} is not known; use t, {', '.join(CONSTANTS)} and the functions {', '.join(FUNCTIONS)}.", token.place
            )
        needed = FUNCTIONS[name][1]
        example = f"{name}({', '.join(['t', '0.1'][:needed])})"
        self.expect("(", f"after {name}; write for example {example}")
        parts = [self.comparison(depth + 1)]
        while self.token.text == ",":
            self.take()
            parts.append(self.comparison(depth + 1))
        self.expect(")", f"to close the bracket of {name}")
        if len(parts) != needed:
            raise FormulaError(f"{name} takes {needed} value{'s' if needed > 1 else ''}, not {len(parts)}; write {example}.", token.place)
        return _Part(name, token.place, tuple(parts))


def _work_out(part: _Part, t: Floats) -> Floats:
    """Values of a part at each t; its parts were checked before it."""
    if part.name == "number":
        return np.full_like(t, part.value)
    if part.name == "t":
        return t
    values = [_work_out(inner, t) for inner in part.parts]
    if part.name == "power":
        if np.abs(values[1]).max(initial=0.0) > POWER:
            raise FormulaError(f"an exponent leaves -{POWER:.0f} to {POWER:.0f}; use exp() for steeper curves.", part.place)
        out = np.power(*values)
    elif part.name == "negative":
        out = -values[0]
    else:
        out = (_MARKS[part.name] if part.name in _MARKS else FUNCTIONS[part.name][0])(*values)
    out = np.asarray(out, np.float64)
    bad = ~(np.abs(out) <= LARGEST)  # true for nan too
    if bad.any():
        where = float(t.ravel()[np.flatnonzero(bad.ravel())[0]])
        what = "power" if part.name == "power" else repr(part.name)
        raise FormulaError(f"at t = {where:.3g} this {what} gives no number of usable size; change what it is given.", part.place)
    return out
