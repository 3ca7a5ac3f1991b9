"""A real HTTP server that receives webhooks."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Keeps what it is sent as `(headers, body)`; `status` is what it answers, held it answers nothing."""

    def __init__(self):
        self.status, self.got = 200, []
        self.free = threading.Event()
        self.free.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                receiver.free.wait(60)
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

            def handle(self):
                # Who asked may be dead by the time it is answered.
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hold(self):
        self.free.clear()

    def let_go(self):
        self.free.set()

    def told(self):
        return [json.loads(body) for _headers, body in self.got]

    def close(self):
        self.let_go()
        self.server.shutdown()
        self.server.server_close()
