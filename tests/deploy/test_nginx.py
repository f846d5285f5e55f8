"""nginx's configuration as it is filled in: accepted by nginx itself, and each place tried first for its people."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy import proxy, serve

SERVERS = ["127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"]


def filled(work: Path, servers: list[str] = SERVERS) -> str:
    return proxy.configuration(servers, "127.0.0.1", 9000, work, "kernel_explorer_process", 60)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_nginx_takes_it(count: int, tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(filled(tmp_path, SERVERS[:count]), encoding="utf-8")
    try:
        command = proxy.command(tmp_path)
    except proxy.Trouble as trouble:
        if "not installed" in str(trouble):
            pytest.skip(str(trouble))
        raise
    assert "-t" not in command and str(tmp_path / "nginx.conf") in command


def test_a_person_keeps_to_one_process_and_the_others_stand_in(tmp_path: Path) -> None:
    text = filled(tmp_path)
    assert not re.search(r"@[a-z]*@|@@", text), "all is filled in"
    for index, server in enumerate(SERVERS):
        (block,) = re.findall(rf"upstream place{index} {{(.*?)}}", text, re.DOTALL)
        lines = [line.strip() for line in block.strip().splitlines()]
        assert lines[0] == f"server {server} max_fails=0;"
        assert sorted(lines[1:]) == [f"server {other} backup;" for other in SERVERS if other != server]
        assert f"place{index} place{index};" in text
    assert "client_max_body_size 61m;" in text and "listen 127.0.0.1:9000;" in text


def test_a_configuration_that_nginx_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("events {} nonsense;", encoding="utf-8")
    with pytest.raises(proxy.Trouble, match=r"nginx is not installed|does not take its configuration: .*nonsense"):
        proxy.command(tmp_path)


def test_what_cannot_be_served_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import socket

    assert serve.main(["--processes", "0", "--work", str(tmp_path)]) == 1
    assert "At least one process must serve" in capfd.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.main(["--processes", "1", "--port", str(port), "--work", str(tmp_path)]) == 1
        assert f"Port {port} cannot be had" in capfd.readouterr().err
    monkeypatch.setenv("KERNEL_EXPLORER_PEOPLE", "some")
    with pytest.raises(SystemExit, match="KERNEL_EXPLORER_PEOPLE is 'some'"):
        serve.main(["--processes", "1", "--port", str(port), "--work", str(tmp_path)])


def test_a_page_loads_from_its_server_alone_and_stands_in_no_foreign_frame(tmp_path: Path) -> None:
    rules = dict(rule.split(" ", 1) for rule in proxy.policy(proxy.inline_scripts(), ()).split("; "))
    assert rules["default-src"] == "'self'" and rules["frame-ancestors"] == "'self'" and rules["object-src"] == "'none'"
    assert "unsafe" not in rules["script-src"] and re.search(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert not [word for value in rules.values() for word in value.split() if "//" in word and "$http_host" not in word]
    text = filled(tmp_path)
    assert "frame-ancestors 'self'\"" in text and "X-Frame-Options SAMEORIGIN" in text


def test_a_host_says_who_may_embed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxy.EMBED, "https://moodle.school.example https://*.uni.example:8443")
    text = proxy.configuration(SERVERS, "127.0.0.1", 9000, tmp_path, "c", 60, (), proxy.embedding())
    assert "frame-ancestors 'self' https://moodle.school.example https://*.uni.example:8443\"" in text
    assert "X-Frame-Options SAMEORIGIN" not in text


@pytest.mark.parametrize(
    "sites", ["moodle.school.example", "*", "https://a.example;", "https://a.example/path", 'https://a"', "javascript:x"]
)
def test_a_site_that_is_none_is_a_sentence(sites: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxy.EMBED, sites)
    with pytest.raises(proxy.Trouble, match="write sites as https://"):
        proxy.embedding()


def test_servers_are_known_by_number() -> None:
    assert proxy.numbered("localhost:8501") == "127.0.0.1:8501"
    for text, says in (("localhost", "write it as HOST:PORT"), ("localhost:http", "write it"), ("no-such.invalid:80", "cannot be found")):
        with pytest.raises(proxy.Trouble, match=says):
            proxy.numbered(text)


def test_a_process_that_dies_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PAUSE_SECONDS", 0.0)
    part = serve.Part("sleeper", ["sleep", "60"], {})
    part.start()
    try:
        assert part.process is not None
        first = part.process
        part.tend()
        assert part.process is first
        first.kill()
        first.wait()
        part.tend()
        assert part.process is not first and part.process.poll() is None
    finally:
        part.stop()
    assert part.ended and isinstance(part.process, subprocess.Popen)
