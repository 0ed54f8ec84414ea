"""Chromium without a window: it opens a page of the test's, and the page reports by HTTP."""
import http.server
import os
import shutil
import threading
import urllib.parse

from .process import Process

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage",
         "--no-default-browser-check", "--disable-domain-reliability", "--disable-client-side-phishing-detection",
         "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider", "--no-proxy-server",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


def chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """Serves one page on a free port and keeps the lines that it posts back."""

    def __init__(self, html):
        self._lines = []
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(html.encode() if self.path == "/" else b"")

            def do_POST(self):
                page._lines.append(urllib.parse.unquote(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self.answer(b"")

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def lines(self):
        return list(self._lines)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def open_page(page, profile_folder):
    """A Chromium with nothing of the user's in it, showing the page."""
    home = {"HOME": str(profile_folder), "XDG_RUNTIME_DIR": str(profile_folder)}
    return Process([chromium(), *QUIET, f"--user-data-dir={os.path.join(profile_folder, 'profile')}", page.origin + "/"], env=home)
