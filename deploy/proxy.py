"""nginx before the app: its configuration, Streamlit's own files laid out for it, and the command that starts it."""

import base64
import gzip
import hashlib
import os
import pwd
import re
import shutil
import socket
import subprocess
from pathlib import Path

TEMPLATE = Path(__file__).with_name("nginx.conf")
MIME = Path("/etc/nginx/mime.types")
COMPRESSED = {".js", ".css", ".svg", ".json", ".txt", ".wasm", ".map"}
ENVELOPE = 1  # MB around an upload's bytes


EMBED = "KERNEL_EXPLORER_EMBED"
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?")


class Trouble(Exception):
    """Why it cannot be served, as a sentence with the cure."""


def configuration(
    servers: list[str],
    address: str,
    port: int,
    work: Path,
    cookie: str,
    upload: int,
    scripts: tuple[str, ...] = (),
    embed: tuple[str, ...] = (),
) -> str:
    """nginx's configuration for these addresses of servers, as text.

    Args:
        cookie: its name; nginx in front of nginx needs another one.
        upload: MB that a file may have.
        scripts: hashes of the scripts inside Streamlit's page.
        embed: origins of the sites that may show the app in a frame, beside itself.
    """

    def place(index: int) -> str:
        # Tried first each time, however often it failed, so that nobody is moved while it lives.
        others = "".join(f"        server {server} backup;\n" for server in servers if server != servers[index])
        return f"    upstream place{index} {{\n        server {servers[index]} max_fails=0;\n{others}    }}\n"

    indices = range(len(servers))
    values = {
        "work": str(work),
        "mime": str(MIME),
        "address": address,
        "port": str(port),
        "most": str(upload),
        "upload": str(upload + ENVELOPE),
        "cookie": cookie,
        "policy": policy(scripts, embed),
        "framing": "" if embed else "add_header X-Frame-Options SAMEORIGIN always;",
        "anywhere": "\n".join(f"        server {server} fail_timeout=2s;" for server in servers),
        "places": "".join(place(i) for i in indices),
        "known": "\n".join(f"        place{i} place{i};" for i in indices),
        "answered": "\n".join(f'        "~{re.escape(servers[i])}$" place{i};' for i in indices),
    }
    text = re.sub(r"(?<!@)@([a-z]+)@", lambda found: values[found[1]], TEMPLATE.read_text(encoding="utf-8"))
    return text.replace("@@", "@")


def policy(scripts: tuple[str, ...], embed: tuple[str, ...]) -> str:
    """The Content-Security-Policy of every page: what it loads comes from the server that it came from.

    Streamlit writes styles into the page and runs the browser parts' scripts from blobs; files that are saved are blobs too.
    """
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'{one}'" for one in scripts)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self' ws://$http_host wss://$http_host data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *embed]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def inline_scripts() -> tuple[str, ...]:
    """SHA-256 hashes of the scripts that stand inside Streamlit's page, as a policy names them."""
    import streamlit

    text = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    return tuple(f"sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}" for one in found)


def embedding() -> tuple[str, ...]:
    """The sites that KERNEL_EXPLORER_EMBED lets show the app in a frame.

    Raises:
        Trouble: one is not of the form https://site.
    """
    sites = tuple(os.environ.get(EMBED, "").split())
    for site in sites:
        if not _ORIGIN.fullmatch(site):
            raise Trouble(f"{EMBED} holds {site[:80]!r}; write sites as https://moodle.school.example, with spaces between them.")
    return sites


def lay_out_static(folder: Path) -> None:
    """Streamlit's own files, each beside its compressed form, so that nginx compresses nothing twice."""
    import streamlit

    source = Path(streamlit.__file__).parent / "static" / "static"
    shutil.rmtree(folder, ignore_errors=True)
    for path in source.rglob("*"):
        target = folder / path.relative_to(source)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path)
        if path.suffix in COMPRESSED:
            target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6))


def find() -> str:
    """Where nginx is.

    Raises:
        Trouble: it is not installed.
    """
    path = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Trouble("nginx is not installed; on Debian and Ubuntu: apt install nginx-light.")
    return path


def command(work: Path) -> list[str]:
    """The command that starts nginx with the configuration in `work`, checked.

    Raises:
        Trouble: it is not installed, or does not take the configuration.
    """
    words = [find(), "-e", "stderr", "-p", str(work), "-c", str(work / "nginx.conf")]
    if os.getuid() == 0:  # else it would give up its rights and could not read the folder
        words += ["-g", f"user {pwd.getpwuid(0).pw_name};"]
    tried = subprocess.run([*words, "-t"], capture_output=True, text=True)
    if tried.returncode:
        raise Trouble(f"nginx does not take its configuration: {tried.stderr.strip()}")
    return words


def numbered(server: str) -> str:
    """HOST:PORT with the host's number for its name: nginx says by number who answered.

    Raises:
        Trouble: it is no such address, or nobody has that name.
    """
    host, _, port = server.rpartition(":")
    if not (host and port.isdigit()):
        raise Trouble(f"{server!r} is no server; write it as HOST:PORT, such as 10.0.0.2:8501.")
    try:
        return f"{socket.gethostbyname(host)}:{port}"
    except OSError as error:
        raise Trouble(f"The server {host!r} cannot be found ({error.strerror}); check its name, or write its number.") from error
