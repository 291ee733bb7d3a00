"""A small real server that speaks as OpenAI's does, on this machine, with the faults it is told to have."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """What it was asked, and what it does: `faults` are taken one by one, each before the next answer.

    A fault is a status with headers and a body, "cut" (the connection ends in the middle of an answer), "hang", or
    "words" (200 and no JSON), or a mapping that is answered in place of what was asked for.
    """

    def __init__(self):
        self.faults, self.asked, self.keys, self.model, self.most = [], [], [], "small", 99
        self.url, self.lock, self.open_now, self.most_open = "", threading.Lock(), 0, 0
        self.release = threading.Event()
        self.lists, self.usage = True, True

    def answer(self, body):
        """n choices that tell their number, and the seed."""
        n = min(body.get("n", 1), self.most)
        asked = body.get("prompt") or body["messages"][0]["content"]
        texts = [f"{asked}|{body['seed']}|{at}" for at in range(n)]
        kinds = ("length", "stop", "stop")
        choices = [
            {"index": at, "finish_reason": kinds[at % 3]}
            | ({"text": text} if "prompt" in body else {"message": {"role": "assistant", "content": text}})
            for at, text in enumerate(texts)
        ]
        told = {"object": "x", "model": self.model, "choices": choices[::-1]}
        return told | ({"usage": {"prompt_tokens": 7, "completion_tokens": 10 * n}} if self.usage else {})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def say(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        server = self.server.told
        if not server.lists:
            return self.say(404, {"error": {"message": "no such page"}})
        return self.say(200, {"object": "list", "data": [{"id": server.model}, {"id": "other"}]})

    def do_POST(self):
        server = self.server.told
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            server.asked.append((self.path, body))
            server.keys.append(self.headers.get("Authorization"))
            server.open_now += 1
            server.most_open = max(server.most_open, server.open_now)
            fault = server.faults.pop(0) if server.faults else None
        try:
            if fault is None:
                self.say(200, server.answer(body))
            elif fault == "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"choices": [{"te')
                self.close_connection = True
            elif fault == "hang":
                server.release.wait(10)
                self.close_connection = True
            elif fault == "words":
                self.say(200, b"<html>please wait</html>")
            elif isinstance(fault, dict):
                self.say(200, fault)
            else:
                self.say(*fault)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with server.lock:
                server.open_now -= 1


@contextmanager
def endpoint():
    """A server that runs until the end of the block."""
    told = Server()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.told = told
    told.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.release.set()
        server.shutdown()
        server.server_close()
