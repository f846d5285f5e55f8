"""Text that is not ours reaches a page through `plain` alone: read from the sources, and from pages that meet hostile text."""

import ast
import io
import re
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.frame import choices
from core.frame.plain import JOINER, plain
from core.frame.site import ENTRIES
from core.training.processes import pathless
from tests.app import app, go
from tests.pages.own import own_case
from tests.ui.upload_case import photograph

ROOT = Path(__file__).parents[1]
FOLDERS = ("core/frame", "core/ui", "core/breaking", "core/lesson", "core/serving", "pages")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MARKDOWN = {  # calls of Streamlit and of ours that read Markdown in what they are given
    *("markdown", "caption", "error", "warning", "info", "success", "toast", "write", "title", "header", "subheader", "metric", "html"),
    *("latex", "exception", "status", "button", "download_button", "link_button", "popover", "expander", "tabs", "radio", "pills"),
    *("segmented_control", "checkbox", "toggle", "progress", "spinner", "page_link", "legend"),
}
# Attributes that hold what a file, a person, another machine or an error said.
FOREIGN = {
    *(("file", "name"), ("now", "sentence"), ("picture", "name"), ("own", "name"), ("seen", "name"), ("job", "sentence")),
    *(("refused", "name"), ("refused", "sentence"), ("found", "against_training"), ("sample", "name"), ("origin", "name")),
}
FOREIGN_NAMES = {"note", "trouble", "why"}
HOSTILE = "![x](http://evil.test/p.png)[Log in](http://evil.test/) :red[x] :material/home: $x^2$ <b>x</b> `x` www.evil.test a@evil.test"


def foreign(tree: ast.AST, names: set[str]) -> bool:
    """Whether an expression shows foreign text that did not go through `plain`."""
    if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "plain":
        return False
    if isinstance(tree, ast.Call):
        owner = [tree.func.value] if isinstance(tree.func, ast.Attribute) else []  # a function of such a name is none of them
        return any(foreign(part, names) for part in [*owner, *tree.args, *(word.value for word in tree.keywords)])
    if isinstance(tree, ast.Name) and tree.id in names:
        return True
    if isinstance(tree, ast.Attribute) and (getattr(tree.value, "id", ""), tree.attr) in FOREIGN:
        return True
    return any(foreign(child, names) for child in ast.iter_child_nodes(tree))


def leaks(source: str) -> list[str]:
    """Calls that read Markdown and are given foreign text as it is."""
    found = []
    tree = ast.parse(source)
    errors = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    for node in ast.walk(tree):
        name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
        if name in MARKDOWN:
            given = [*node.args, *(word.value for word in node.keywords if word.arg not in ("key", "disabled", "args", "on_click", "data"))]
            if any(foreign(part, errors | FOREIGN_NAMES) for part in given):
                found.append(f"line {node.lineno}: {name}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_foreign_text_is_given_to_what_reads_markdown(path: Path) -> None:
    assert leaks(path.read_text(encoding="utf-8")) == []


def test_a_leak_is_seen() -> None:
    handler = "try:\n    f()\nexcept ValueError as error:\n    st.error({})"
    assert leaks(handler.format("str(error)")) and leaks(handler.format("f'No: {error}.'")) and not leaks(handler.format("plain(error)"))
    assert leaks("st.info(f'{file.name} is read')") and not leaks("st.info(f'{plain(file.name)} is read')")
    assert leaks("st.info(file.name.upper())") and not leaks("st.info(why(topic))")
    assert leaks("left.caption(now.sentence)") and leaks("st.button('Go', help=why)") and not leaks("st.button('Go', disabled=bool(why))")


def test_plain_text_stays_as_it_is_but_for_what_would_be_read() -> None:
    assert plain("a 7 of mine") == "a 7 of mine"
    assert plain("2*t_1") == r"2\*t\_1"
    assert "://" not in plain("http://evil.test") and plain("a:b") == f"a:{JOINER}b"
    assert plain("one\n\n# two\t3") == r"one \# two 3"
    assert plain("a\x00b\u202ec\ud800") == "a�b�c�"
    for text in (HOSTILE, "-> <- -- >= :smile: :streamlit: :material_home:", "\\*", "&lt;"):
        shown = plain(text)
        assert shown.replace(JOINER, "").replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text, "nothing is lost"


def test_of_paths_in_errors_the_last_name_stays() -> None:
    error = IsADirectoryError(21, "Is a directory", "/srv/app/runs/0af4b25fea6b/history.jsonl")
    assert "srv" not in plain(error) and "history" in plain(error)
    assert "Users" not in plain(OSError(r"C:\Users\me\x.txt cannot be read"))
    assert plain(ValueError("1/2 and y = t/3")) == plain("1/2 and y = t/3"), "a fraction is no path"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("[Errno 13] Permission denied: '/data'", "[Errno 13] Permission denied: 'data'"),
        ("/data", "data"),
        ("/data/", "data"),
        ("cannot open /data: no", "cannot open data: no"),
        ("'/srv/my data/history.jsonl' -> '/srv/k l'", "'history.jsonl' -> 'k l'"),
        ('"/srv/it\'s/x.json"', '"x.json"'),
        (r"'C:\\Users\\me and you\\x.txt'", "'x.txt'"),
        (r"'\\server\share of mine\y'", "'y'"),
        ("file:///srv/secret/a.png x", "a.png x"),
        ("at:/srv/x/y, PosixPath('/data')", "at:y, PosixPath('data')"),
        ("[/srv/a/b,/srv/données/d]", "[b,d]"),
    ],
)
def test_no_absolute_path_stays(said: str, shown: str) -> None:
    assert pathless(said) == shown


@pytest.mark.parametrize(
    "said", ["1/2 and y = t/3", "2 /3, and/or, km / h", "sin(t)/x", "http://host/a/b", "s3://runs/x", r"b'\n'", "./x/y"]
)
def test_what_is_no_path_of_ours_stays(said: str) -> None:
    assert pathless(said) == said


@pytest.mark.parametrize("part", ["/", "a/", "/a", "'/", "a", "\\", "ab:", " /aa/"])
def test_a_long_text_is_looked_through_at_once(part: str) -> None:
    began = time.process_time()
    pathless("'/" + part * 3_000)
    assert time.process_time() - began < 1


def texts(at: AppTest) -> list[str]:
    """Everything on a page that is read as Markdown: bodies, labels, help, options."""
    out = []

    def look(message: object) -> None:
        for field, value in message.ListFields():  # type: ignore[attr-defined]
            many = list(value) if field.is_repeated else [value]
            if field.message_type is not None:
                for one in many if not field.message_type.GetOptions().map_entry else ():
                    look(one)
            elif field.name in ("body", "label", "help", "text", "content", "caption"):
                out.extend(map(str, many))

    def walk(block: object) -> None:
        for child in getattr(block, "children", {}).values():
            proto = getattr(child, "proto", None)
            kind = getattr(child, "type", "")
            if proto is not None and kind not in (
                "code",
                "selectbox",
                "text_input",
                "bidi_component",
                "vega_lite_chart",
                "imgs",
                "dataframe",
            ):
                look(proto)
            walk(child)

    walk(at._tree)
    return out


def assert_only_text(at: AppTest) -> None:
    assert not at.exception
    for body in texts(at):
        assert "://evil" not in body and not re.search(r"(?<!\\)\]\((?!#)", body), body  # an address, or a link of ours to no place of ours
        for mark in ("![x", "[Log in]", ":red[", "<b>x", "$x^2$"):
            assert mark not in body, body


@pytest.mark.parametrize("path", [entry.path for entry in ENTRIES], ids=lambda p: p or "home")
def test_a_link_whose_every_value_is_hostile_shows_text(path: str) -> None:
    at = go(app(), path).run()
    declared = [name for _, name in at.session_state[choices._DECLARED]]
    at = go(app(), path)
    for name in declared:
        at.query_params[name] = HOSTILE[:40]
    at.run()
    assert len([w for w in at.warning if "The link asks for" in w.value]) >= len(declared) // 2
    assert not declared or any("evil" in body for body in texts(at)), "it is looked for where it is shown"
    assert_only_text(at)


def hostile_set() -> bytes:
    """A person's own images, few, in classes of hostile names."""
    out, images = io.BytesIO(), np.zeros((4, 20, 20), np.uint8)
    images[:, 3:17, 8:12] = 255
    np.savez(out, images=images, labels=np.arange(4) % 2, classes=np.array([HOSTILE[:30], HOSTILE[28:58]]))
    return out.getvalue()


def hostile_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("labels.csv", f'file,label\na.png,"{HOSTILE[:28]}"\n')
        archive.writestr("a.png", b"")
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "query", "key", "data"),
    [
        ("digits", {"input": "upload"}, "digits-upload", b"no picture"),
        ("digits", {"input": "upload", "layer": "conv1"}, "digits-upload", photograph("dark on light")),
        ("digits", {"input": "upload", "section": "compare"}, "digits-upload", photograph("dark on light")),
        ("cnn", {"section": "convolution", "image": "upload"}, "cnn-upload", b"no picture"),
        ("pulses", {}, "pulses-upload", hostile_zip()),
        ("pulses", {"make": "csv"}, "pulses-own-csv", b"0.1\n0.2\n![x](http://evil.test/p.png)\n"),
        ("pulses", {"make": "csv"}, "pulses-own-csv", b"0.1\n0.2\n"),
        ("learning", {"source": "own"}, "learning-upload", b"no picture"),
        ("own", {"section": "images"}, "own-images-file", b"no set"),
        ("own", {"section": "images"}, "own-images-file", hostile_set()),
        ("own", {"section": "sheet"}, "own-sheet-file", b"no picture"),
        ("own", {"section": "sheet"}, "own-sheet-file", photograph("dark on light")),
        ("own", {}, "own-files-0", b"MZ"),
        ("lab", {"section": "queue"}, "lab-back-json", b'{"spec": {"![x](http://evil.test/p.png)": ":red[x]"}}'),
    ],
)
def test_names_and_contents_of_files_are_text(path: str, query: dict[str, str], key: str, data: bytes) -> None:
    at = go(app(), path)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    if query.get("section") == "compare":
        at.session_state["digits-section"] = "draw"
        at.run()
    ending = {"pulses-upload": "zip", "pulses-own-csv": "csv", "own-images-file": "npz", "lab-back-json": "json"}.get(key, "png")
    at.file_uploader(key=key).set_value((f"{HOSTILE}.{ending}", data, "application/octet-stream")).run()
    if query.get("section") == "compare":
        at.session_state["digits-section"] = "compare"
        at.run()
    if key == "own-files-0":
        own_case.read(at)
        assert "It is a program" in own_case.words(at), "it was looked into"
    if key == "lab-back-json":
        at.file_uploader(key="lab-back-tensors").set_value((f"{HOSTILE}.safetensors", data, "application/octet-stream")).run()
        at.button(key="lab-back-go").click().run()
    assert_only_text(at)
    if key == "pulses-own-csv" and not at.error:
        at.button(key="pulses-own-keep").click().run()
        assert_only_text(at)
        go(at, "cnn")
        at.query_params["section"], at.query_params["image"] = "convolution", "own"
        at.run()
        assert_only_text(at)


def test_a_formula_is_text() -> None:
    at = go(app(), "pulses")
    at.query_params["formula"] = HOSTILE[:150]
    at.run()
    assert at.error and "Character 1" in at.error[0].value
    assert_only_text(at)
