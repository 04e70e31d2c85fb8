"""The shop's server with the Python SDK: prints where it listens, and ends with its standard input."""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from belvo.client import Client

URL = os.environ["VINCULO_URL"]
PAGE = Path(__file__).with_name("page.html").read_text().replace("{{vinculo}}", URL)
KEYS = os.environ["VINCULO_SECRET_ID"], os.environ["VINCULO_SECRET_PASSWORD"]
BRANDING = {"branding": {"company_name": "A shop"}}
UPDATE = "read_institutions,write_links,read_links"

client = Client(*KEYS, URL)


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path != "/get-access-token":
            return self.answer("text/html; charset=utf-8", PAGE)
        link = parse_qs(asked.query).get("link", [None])[0]
        more = {"link": link, "scopes": UPDATE} if link else {}
        token = client.WidgetToken.create(widget=BRANDING, raise_exception=True, **more)
        self.answer("application/json", json.dumps(token))

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        link = client.Links.get(told["link"])
        self.answer("application/json", json.dumps(link))

    def answer(self, media, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
