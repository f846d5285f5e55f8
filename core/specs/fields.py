"""What a spec's field is: title, unit, limits, step and a line of help beside its default, for checks, forms and links alike."""

import dataclasses
import re
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

Kind = Literal["whole", "number", "range", "choice", "several", "wholes", "word", "text", "texts", "switch", "part"]
LONGEST = 400  # letters of a value in a link
WORD = r"[a-z0-9][a-z0-9-]{0,39}"
_TEXTS = r"([a-z0-9._-]|\+[0-9a-f]{2}){0,20000}"
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"


class SpecError(ValueError):
    """A choice that cannot be; the message is a sentence that names the cure."""


def require(condition: bool, sentence: str) -> None:
    """Raises SpecError with the sentence unless the condition holds."""
    if not condition:
        raise SpecError(sentence)


def short(value: Any) -> str:
    """A value as a sentence can hold it, whatever its size."""
    try:
        text = reprlib.repr(value)
    except ValueError:  # Python refuses to write out thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class Meta:
    """A field as a person meets it; limits are those of a number, of each end of a range or of each number of a list."""

    kind: Kind
    title: str
    help: str  # what it does, one line
    unit: str = ""  # "of the ..." is a share, shown in percent
    least: float = 0
    most: float = 1
    step: float = 1
    above: bool = False  # the least itself is too small
    below: bool = False  # the most itself is too large
    unused: int | None = None  # allowed beside the limits: what stands where the field has no use
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)  # name -> title, of a choice or several
    count: tuple[int, int] = (1, 1)  # how many several or wholes may be
    part: type | None = None  # the spec that a part is, or that each of several is; one of None may be left out
    each: Callable[[str], str] = str  # what makes each of texts into the one way in which it is written, or refuses it

    @property
    def share(self) -> bool:
        """Whether it is a share of something, which people read in percent."""
        return self.unit.startswith("of ")

    @property
    def inline(self) -> str:
        """The title within a sentence."""
        return self.title if self.title[1:2].isupper() else self.title[0].lower() + self.title[1:]

    @property
    def label(self) -> str:
        """The title over a widget, with its unit."""
        return f"{self.title} ({'% ' * self.share}{self.unit})" if self.unit else self.title

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        unit = f" {self.unit}" if self.unit else ""
        span = f"{'above' * self.above or 'from'} {self.least:,g} to {'below ' * self.below}{self.most:,.12g}{unit}"
        fewest, most = self.count
        many = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        match self.kind:
            case "whole":
                return f"a whole number {span}"
            case "number":
                return f"a number {span}"
            case "range":
                return f"a range that rises, {span}"
            case "choice":
                return f"one of: {', '.join(self.options)}"
            case "several":
                return f"{many} of: {', '.join(self.options)}; each once"
            case "wholes":
                return f"{many} whole numbers {span}"
            case "word":
                return "1 to 40 lower-case letters, digits and dashes, no dash first"
            case "text":
                return f"1 to {self.most:,.0f} letters on one line"
            case "texts":
                return f"{many} lines of text"
            case "switch":
                return "true or false"
            case "part":
                name = self.part.__name__ if self.part else "spec"
                return f"{many} of {name}" if self.count[1] > 1 else f"a {name}"

    def clean(self, value: Any) -> Any:
        """The value in the field's own type: lists as tuples, whole numbers as floats where the field holds one.

        Raises:
            SpecError: the field cannot be that; names the title, the value and what it may be.
        """
        many = tuple(value) if isinstance(value, list | tuple) else None
        fewest, most = self.count
        match self.kind:
            case "whole" if self._whole(value):
                return int(value)
            case "number" if self._real(value):
                return float(value)
            case "range" if many is not None and len(many) == 2 and all(map(self._real, many)) and many[0] <= many[1]:
                return float(many[0]), float(many[1])
            case "choice" if isinstance(value, str) and value in self.options:
                return value
            case "several" if many is not None and fewest <= len(many) <= most:
                if all(isinstance(name, str) and name in self.options for name in many) and len(set(many)) == len(many):
                    return many
            case "wholes" if many is not None and fewest <= len(many) <= most and all(map(self._whole, many)):
                return tuple(map(int, many))
            case "word" if isinstance(value, str) and re.fullmatch(WORD, value):
                return value
            case "text" if isinstance(value, str) and 0 < len(value) <= self.most and value.isprintable() and value.strip() == value:
                return value
            case "texts" if many is not None and fewest <= len(many) <= most and all(isinstance(one, str) for one in many):
                return tuple(map(self.each, many))
            case "switch" if isinstance(value, bool):
                return value
            case "part" if self.part is not None and most > 1:
                if many is not None and len(many) <= most and all(isinstance(one, self.part) for one in many):
                    return many
            case "part" if self.part is not None and (isinstance(value, self.part) or (value is None and not self.count[0])):
                return value
        raise SpecError(f"{self.title}: {short(value)} is not possible; choose {self.allowed}.")

    def read(self, text: str) -> Any:
        """The value that `text` wrote.

        Raises:
            SpecError: it is not of that form, or the field cannot be that.
        """
        found: Any = text
        match self.kind:
            case "whole" if re.fullmatch(r"-?\d{1,20}", text):
                found = int(text)
            case "number" if len(text) <= LONGEST and re.fullmatch(_NUMBER, text):
                found = float(text)
            case "range" if len(text) <= LONGEST and (ends := re.fullmatch(f"({_NUMBER})-({_NUMBER})", text)):
                found = float(ends[1]), float(ends[2])
            case "several":
                found = tuple(text[:LONGEST].split("-"))
            case "texts" if re.fullmatch(_TEXTS, text):
                found = tuple(map(_unescaped, text.split("_"))) if text else ()
            case "wholes" if re.fullmatch(r"(\d{1,20}(-\d{1,20})*)?", text):
                found = tuple(map(int, text.split("-"))) if text else ()
            case "switch" if text in ("0", "1"):
                found = text == "1"
        return self.clean(found)

    def text(self, value: Any) -> str:
        """A value as it stands in a link."""
        match self.kind:
            case "number":
                return _written(value)
            case "range":
                return "-".join(map(_written, value))
            case "several" | "wholes":
                return "-".join(map(str, value))
            case "texts":
                return "_".join(map(_escaped, value))
            case "switch":
                return str(int(value))
        return str(value)

    def _whole(self, value: Any) -> bool:
        return isinstance(value, Integral) and not isinstance(value, bool) and (value == self.unused or self._within(value))

    def _real(self, value: Any) -> bool:
        return isinstance(value, Real) and not isinstance(value, bool) and self._within(value)

    def _within(self, value: Any) -> bool:
        """NaN and infinities are in no limits."""
        return (
            bool(self.least <= value <= self.most) and not (self.above and value == self.least) and not (self.below and value == self.most)
        )


def _written(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return brief if float(brief := f"{value:g}") == value else repr(value)


def _escaped(line: str) -> str:
    """A line of text as a link can hold it: small letters and digits as they are, any other byte as +3d."""
    return "".join(chr(b) if chr(b) in "abcdefghijklmnopqrstuvwxyz0123456789.-" else f"+{b:02x}" for b in line.encode())


def _unescaped(text: str) -> str:
    raw = re.sub(r"\+(..)", lambda found: chr(int(found[1], 16)), text)
    return raw.encode("latin-1").decode("utf-8", "replace")


def _field(default: Any, meta: Meta) -> Any:
    return dataclasses.field(default=default, metadata={"meta": meta})


def whole(default: int, *, title: str, help: str, least: int, most: int, unit: str = "", step: int = 1, unused: int | None = None) -> Any:
    """A field of a whole number."""
    return _field(default, Meta("whole", title, help, unit, least, most, step, unused=unused))


def number(
    default: float,
    *,
    title: str,
    help: str,
    least: float,
    most: float,
    step: float,
    unit: str = "",
    above: bool = False,
    below: bool = False,
) -> Any:
    """A field of a number."""
    return _field(default, Meta("number", title, help, unit, least, most, step, above, below))


def ranged(default: tuple[float, float], *, title: str, help: str, least: float, most: float, step: float, unit: str = "") -> Any:
    """A field of two numbers, from and to."""
    return _field(default, Meta("range", title, help, unit, least, most, step))


def choice(default: str, options: Mapping[str, str], *, title: str, help: str) -> Any:
    """A field of one name of a registry, name -> title."""
    return _field(default, Meta("choice", title, help, options=options))


def several(default: Iterable[str], options: Mapping[str, str], *, title: str, help: str) -> Any:
    """A field of one or more names of a registry."""
    return _field(tuple(default), Meta("several", title, help, options=options, count=(1, len(options))))


def wholes(default: Iterable[int], *, title: str, help: str, least: int, most: int, count: tuple[int, int], unit: str = "") -> Any:
    """A field of so many whole numbers, least and most of each."""
    return _field(tuple(default), Meta("wholes", title, help, unit, least, most, count=count))


def word(default: str, *, title: str, help: str) -> Any:
    """A field that holds a name of small letters, digits and dashes, of which another table knows the ones that are."""
    return _field(default, Meta("word", title, help))


def text(default: str, *, title: str, help: str, most: int) -> Any:
    """A field of one line of at most so many letters, as a person or a file wrote it."""
    return _field(default, Meta("text", title, help, most=most))


def texts(default: Iterable[str], *, title: str, help: str, count: tuple[int, int], each: Callable[[str], str]) -> Any:
    """A field of so many lines, each brought to its one form, or refused, by `each`."""
    return _field(tuple(default), Meta("texts", title, help, count=count, each=each))


def switch(default: bool, *, title: str, help: str) -> Any:
    """A field of yes or no."""
    return _field(default, Meta("switch", title, help))


def part(cls: type, *, title: str, help: str, optional: bool = False) -> Any:
    """A field that is a spec of its own; an optional one is left out unless it is given."""
    meta = Meta("part", title, help, part=cls, count=(0, 1) if optional else (1, 1))
    if optional:
        return _field(None, meta)
    return dataclasses.field(default_factory=cls, metadata={"meta": meta})


def parts(cls: type, most: int, *, title: str, help: str) -> Any:
    """A field of any number of specs of one kind, at most so many."""
    return _field((), Meta("part", title, help, part=cls, count=(0, most)))


def meta(cls: Any, name: str) -> Meta:
    """What is known of a field of a spec.

    Raises:
        KeyError: the spec has no such field.
    """
    found = cls.__dataclass_fields__[name].metadata["meta"]
    assert isinstance(found, Meta)
    return found


def check(spec: Any) -> None:
    """Hold every field of a spec against what is known of it, and keep it in its own type.

    Raises:
        SpecError: a field that cannot be, in a sentence.
    """
    for field in dataclasses.fields(spec):
        object.__setattr__(spec, field.name, meta(spec, field.name).clean(getattr(spec, field.name)))
