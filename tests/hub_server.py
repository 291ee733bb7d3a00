"""A hub on this machine: the few answers that asking for a commit and streaming a data set need.

Repositories are folders `ROOT/OWNER/NAME`; a file `.gated` in one makes it gated, and every request without the token
`good` is refused.
"""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse


def commit_of(folder):
    """What stands for a commit: a digest of names and contents."""
    told = hashlib.sha1()
    for path in files(folder):
        told.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return told.hexdigest()


def files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".gated")


class Answers(BaseHTTPRequestHandler):
    root: Path
    asked: list[str]

    def do_GET(self):
        self.asked.append(f"{self.command} {self.path}")
        words = [unquote(w) for w in urlparse(self.path).path.strip("/").split("/")]
        if words[0] == "api":
            self.api(words[1:])
        elif words[:1] == ["datasets"] and words[3:4] == ["resolve"]:
            self.file(self.root / "/".join(words[1:3]), "/".join(words[5:]))
        else:
            self.refuse(404, "")

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def do_POST(self):
        self.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = json.loads(body) if body[:1] == b"{" else parse_qs(body.decode())
        words = [unquote(w) for w in urlparse(self.path).path.strip("/").split("/")]
        folder = self.root / "/".join(words[2:4])
        wanted = told["paths"] if isinstance(told["paths"], list) else [told["paths"]]
        self.tell([e for e in entries(folder) if e["path"] in wanted])

    def api(self, words):
        if words == ["whoami-v2"]:
            self.tell({"name": "somebody"}) if self.may() else self.refuse(401, "InvalidToken")
        elif words[:1] != ["datasets"] or not (folder := self.root / "/".join(words[1:3])).is_dir():
            self.refuse(404, "RepoNotFound")
        elif (folder / ".gated").exists() and words[3] == "auth-check" and not self.may():
            self.refuse(403, "GatedRepo")
        elif words[3] == "auth-check":
            self.tell({})
        elif words[3] == "tree":
            below = "/".join(words[5:])
            self.tell([e for e in entries(folder) if e["path"].startswith(below)])
        elif words[3] == "revision" and words[4] not in ("main", commit_of(folder)):
            self.refuse(404, "RevisionNotFound")
        else:
            gated = "auto" if (folder / ".gated").exists() else False
            told = {"id": "/".join(words[1:3]), "sha": commit_of(folder), "gated": gated, "private": False, "tags": []}
            self.tell(told | {"siblings": [{"rfilename": e["path"]} for e in entries(folder) if e["type"] == "file"]})

    def may(self):
        return self.headers.get("Authorization") == "Bearer good"

    def file(self, folder, name):
        path = folder / name
        if (folder / ".gated").exists() and not self.may():
            return self.refuse(403, "GatedRepo")
        if not path.is_file():
            return self.refuse(404, "EntryNotFound", commit_of(folder))
        data = path.read_bytes()
        start, end = 0, len(data) - 1
        if told := self.headers.get("Range"):
            first, _, last = told.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or end), end)
        part = data[start : end + 1]
        self.send_response(206 if told else 200)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit_of(folder))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(part)
        return None

    def tell(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def refuse(self, status, code, commit=""):
        self.send_response(status)
        self.send_header("X-Repo-Commit", commit)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", f"{code}: access to it is restricted" if code == "GatedRepo" else code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def entries(folder):
    """Folders and files as the hub lists them."""
    found = {}
    for path in files(folder):
        name = path.relative_to(folder)
        for parent in list(name.parents)[:-1]:
            found[parent.as_posix()] = {"type": "directory", "path": parent.as_posix(), "size": 0, "oid": "0" * 40}
        data = path.read_bytes()
        oid = hashlib.sha1(data).hexdigest()
        found[name.as_posix()] = {"type": "file", "path": name.as_posix(), "size": len(data), "oid": oid}
    return list(found.values())


@contextmanager
def serving(root):
    """The address of a hub of the repositories below `root`, and the list of what it was asked."""
    answers = type("Bound", (Answers,), {"root": root, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers.asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
