"""What stands in a PDF as Chromium writes it: its pages and their text, read from its objects."""

import re
import zlib


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without spaces."""
    objects = {int(number): body for number, body in re.findall(rb"(?ms)^(\d+) 0 obj\s(.*?)\sendobj", pdf)}
    return [_text(body, objects) for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]


def _stream(body: bytes) -> bytes:
    found = re.search(rb"(?s)stream\r?\n(.*?)\r?\n?endstream", body)
    assert found, "no stream"
    return zlib.decompressobj().decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def _text(page: bytes, objects: dict[int, bytes]) -> str:
    """The text of a page and of the forms that it draws, in the order in which they stand."""
    said = []
    for number in re.findall(rb"/Contents\s*\[?\s*(\d+) 0 R", page):
        said.append(_shown(_stream(objects[int(number)]), page, objects))
    return "".join(said)


def _shown(stream: bytes, owner: bytes, objects: dict[int, bytes]) -> str:
    named = {name: objects[int(number)] for name, number in re.findall(rb"/(\w+) (\d+) 0 R", owner) if int(number) in objects}
    letters: dict[int, str] = {}
    said = []
    for font, form, glyphs in re.findall(rb"/(\w+) [\d.-]+ Tf|/(\w+) Do|<([0-9A-Fa-f]+)>", stream):
        if font:
            letters = _letters(named[font], objects)
        elif form and form in named and b"/Form" in named[form]:
            said.append(_shown(_stream(named[form]), named[form], objects))
        elif glyphs:
            said += [letters.get(int(glyphs[at : at + 4], 16), "") for at in range(0, len(glyphs), 4)]
    return "".join("".join(said).split())


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Glyph -> what it stands for, by the font's own table."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if not found:
        return {}
    table = _stream(objects[int(found[1])]).decode("latin-1")
    out: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, sign in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            out[int(glyph, 16)] = bytes.fromhex(sign).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, sign in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for at in range(int(last, 16) - int(first, 16) + 1):
                out[int(first, 16) + at] = chr(int(sign, 16) + at)
    return out
