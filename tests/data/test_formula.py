"""Formulas against Python's own arithmetic, sentences for bad ones, and 10,000 strings that must not break anything."""

import ast
import contextlib
import math
import random
import time
from pathlib import Path

import numpy as np
import pytest

from core.data import formula
from core.data.formula import FormulaError

T = np.arange(64) / 64


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("t", lambda t: t),
        ("1 - 2*3/4 + t", lambda t: 1 - 2 * 3 / 4 + t),
        ("8/4/2", lambda t: 1.0),
        ("9-4-3", lambda t: 2.0),
        ("-t^2", lambda t: -(t**2)),
        ("2**3**2", lambda t: 512.0),
        ("2^-1", lambda t: 0.5),
        ("(1 + t)*(2 - t)", lambda t: (1 + t) * (2 - t)),
        ("0.5 + .4*sin(2*pi*3*t)", lambda t: 0.5 + 0.4 * math.sin(6 * math.pi * t)),
        ("exp(-(t-0.5)^2/(2*0.1^2))", lambda t: math.exp(-((t - 0.5) ** 2) / (2 * 0.1**2))),
        ("gauss(t - 0.5, 0.1)", lambda t: math.exp(-((t - 0.5) ** 2) / 0.02)),
        ("max(min(t, 0.6), 1e-1)", lambda t: max(min(t, 0.6), 0.1)),
        ("abs(cos(t)) + sqrt(t) + tanh(t) + log(e + t)", lambda t: abs(math.cos(t)) + math.sqrt(t) + math.tanh(t) + math.log(math.e + t)),
        ("square(4*t)", lambda t: float((4 * t) % 1 < 0.5)),
        ("sawtooth(3*t + 0.25)", lambda t: (3 * t + 0.25) % 1),
        ("box((t - 0.5)/0.25)", lambda t: float(abs((t - 0.5) / 0.25) <= 0.5)),
        ("(t > 0.25) * (t <= 0.5)", lambda t: float(0.25 < t <= 0.5)),
        ("floor(4*t) < 2", lambda t: float(math.floor(4 * t) < 2)),
        ("  t  ", lambda t: t),
    ],
)
def test_values(text: str, python) -> None:
    assert formula.parse(text).values(T) == pytest.approx([python(float(t)) for t in T], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("2t", 2, "write *"),
        ("2 (t)", 3, "write *"),
        ("t.real", 2, "'.'"),
        ("t.__class__", 2, "'.'"),
        ("__import__('os')", 12, '"\'"'),
        ("sin", 4, "sin(t)"),
        ("sin(t", 6, "')'"),
        ("(1 + t", 7, "character 1"),
        ("min(t)", 1, "takes 2"),
        ("1 +", 4, "ends here"),
        ("foo(t)", 1, "not known"),
        ("x", 1, "use t"),
        ("3 * * t", 5, "expected"),
        ("t ^ 21", 3, "exponent"),
        ("1/t", 2, "t = 0"),
        ("1 + log(t - 2)", 5, "log"),
        ("sqrt(0.5 - t)", 1, "sqrt"),
        ("exp(exp(9*t + 9))", 1, "exp"),
        ("1e99", 1, "too large"),
        ("0.5 + 0,4", 8, "','"),
        ("[1 for i in t]", 1, "'['"),
        ("t\x00", 2, "not part"),
        ("τ", 1, "not part"),
        ("-" * 60 + "t", 42, "flatter"),
        ("(" * 90 + "t" + ")" * 90, 42, "flatter"),
        ("", None, "empty"),
        ("   ", None, "empty"),
        ("t+" * 200 + "t", None, "200"),
    ],
)
def test_sentences(text: str, place: int | None, word: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formula.parse(text).values(T)
    assert caught.value.place == place
    assert word in str(caught.value)
    if place is not None:
        line, mark = formula.pointer(text, caught.value).split("\n")
        assert len(mark) == place and len(line) == len(text)


def test_ten_thousand_strings() -> None:
    """Random characters, shuffled tokens and broken good formulas: a formula or a FormulaError, within a moment each."""
    rng = random.Random(4)
    tokens = [
        *formula.FUNCTIONS,
        *formula.CONSTANTS,
        *"tttt()()(),,+-*/^<>.0123456789 ",
        "**",
        "__",
        "import",
        "lambda",
        "[",
        "]",
        "'",
        "{",
        "}",
    ]
    tokens += ["999999999", "1e308", "**20", "^-20", "t.", "__class__", "eval(", "\x00", "\n", "é", "\U0001f600", "if", ":=", "%", "@"]
    good = ["0.3+0.4*sin(2*pi*3*t)", "gauss(t-0.5,0.1)", "max(0.1,min(t,1-t))^2", "(t>0.3)*(t<0.7)*0.5+0.2", "exp(-t)*square(5*t)"]
    understood, slowest = 0, 0.0
    for i in range(10_000):
        if i % 3 == 0:
            text = "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x2FFF)])) for _ in range(rng.randrange(60)))
        elif i % 3 == 1:
            text = "".join(rng.choice(tokens) for _ in range(rng.randrange(1, 50)))
        else:
            letters = list(rng.choice(good))
            for _ in range(rng.randrange(4)):
                letters[rng.randrange(len(letters))] = rng.choice(tokens)
            text = "".join(letters)
        start = time.perf_counter()
        try:
            values = formula.parse(text).values(T)
            understood += 1
            assert values.shape == T.shape and np.isfinite(values).all()
        except FormulaError as error:
            assert str(error)
            assert len(formula.pointer(text, error).split(chr(10))) == (1 if error.place is None else 2)
        slowest = max(slowest, time.perf_counter() - start)
    assert 500 < understood < 9_500
    assert slowest < 0.5


@pytest.mark.parametrize(
    "text", ["(" * 200, "-" * 200, "2^" * 99 + "2", "sin(" * 50, "t" * 200, "1" * 200, "e" * 200, "1e" + "9" * 100, "+".join(["t"] * 100)]
)
def test_longest_strings_take_no_time(text: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(FormulaError):
        formula.parse(text).values(np.arange(20_000) / 20_000)
    assert time.perf_counter() - start < 1


def test_no_python_is_made_from_the_text() -> None:
    tree = ast.parse(Path(formula.__file__).read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"eval", "exec", "compile", "getattr", "setattr", "globals", "locals", "vars", "__import__", "open"}
