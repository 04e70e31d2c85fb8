"""A connector without an SDK that keeps the whole protocol, but for the one fault that its argument
names. The conformance suite must find it, in the row that it belongs to."""

import base64
import datetime
import json
import os
import queue
import select
import subprocess
import sys
import threading
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else ""
MANIFEST = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "connector.json")))
STARTED = time.time_ns()
OUT = threading.Lock()
answers: "queue.Queue[dict]" = queue.Queue()
jobs: "queue.Queue[dict]" = queue.Queue()
cancelled = threading.Event()
stays = threading.Event()
proxy = None
asked = 0


class Failed(Exception):
    def __init__(self, kind, problem=None):
        self.data = {"kind": kind, **({"problem": problem} if problem else {})}


def say(message):
    line = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
    with OUT:
        while line:
            line = line[os.write(1, line):]


def give(method, params):
    if cancelled.is_set():
        raise Failed("cancelled")
    say({"method": method, "params": params})


def ask(attempt):
    global asked
    asked += 1
    say({"id": f"c{asked}", "method": "challenge", "params": {
        "kind": "question" if FAULT == "kind" else "otp", "prompt": "The code?",
        "attempt": 1 if FAULT == "attempt" else attempt,
    }})
    answer = answers.get()
    if "error" in answer:
        kind = answer["error"]["data"]["kind"]
        if FAULT == f"after_{kind}":
            raise Failed("invalid_credentials")
        raise Failed(kind)
    return answer["result"]["answer"]


def login(params):
    user = params["credentials"]["username"]
    password = params["credentials"]["password"]
    if FAULT == "secret_in_stderr":
        print(base64.b64encode(f"user:{password}".encode()), file=sys.stderr, flush=True)
    if FAULT == "secret_in_log":
        give("log", {"level": "info", "message": f"trying {password}"})
    if FAULT == "orphan" and user == "ana":
        subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if MANIFEST.get("egress"):
        reach()
    if FAULT == "deaf" and select.select([0], [], [], 0.3)[0]:
        # Somebody wants something, and must wait.
        time.sleep(6)
    if password != "correct-horse-42":
        raise Failed("unexpected" if FAULT == "unclear" else "invalid_credentials")
    if user == "locked":
        stays.set()
        raise Failed("login_error", "forbidden" if FAULT == "problem" else "locked")
    if user == "otp":
        if not params["interactive"] and FAULT == "bold":
            return {"user": user}
        answer, attempt = ask(1), 1
        while answer != "111111" or FAULT == "right":
            if FAULT == "gullible":
                break
            attempt += 1
            if attempt > 2:
                raise Failed("wrong_token")
            answer = ask(attempt)
    return {"user": f"{user}{time.time() if FAULT == 'user' else ''}", "state": password}


def reach():
    """Goes to its institution, and where it has no business."""
    import http.client

    host, port = proxy.removeprefix("http://").split(":")
    for name in ["elsewhere.example"] if FAULT == "strays" else []:
        try:
            connection = http.client.HTTPConnection(host, int(port), timeout=5)
            connection.set_tunnel(name, 443)
            connection.connect()
        except OSError:
            pass
    if FAULT == "blames":
        raise Failed("invalid_credentials")


def fetch(params):
    if params["resource"] == "ACCOUNTS":
        give("record", {"account": "a1", "item": {
            "name": "Everyday", "currency": "MXN", "balance": {"current": "1.00"},
            "internal_identification": "a1",
        }})
        return {"complete": True, "window": None}
    if params["resource"] == "CONSENTS":
        return {"complete": True, "window": None}
    window = params["window"]
    first, last = (datetime.date.fromisoformat(window[key]) for key in ("from", "to"))
    if FAULT == "window":
        first -= datetime.timedelta(days=1)
    at = datetime.date.fromisoformat(params["cursor"]) if params["cursor"] else first
    if FAULT == "resume" and params["cursor"]:
        at += datetime.timedelta(days=3)
    if FAULT == "again" and params["cursor"]:
        at -= datetime.timedelta(days=1)
    held = []
    while at <= last:
        if FAULT != "hoards":
            give("checkpoint", {"cursor": str(at)})
        for n in range(2):
            key = f"{at}-{n}" + (str(STARTED) if FAULT == "identities" else "")
            page = (at - first).days + (7 if FAULT == "pages" and params["cursor"] else 0)
            record = {"account": "a2" if FAULT == "account" else "a1", "page": page, "item": {
                "internal_identification": None if FAULT == "no_id" else key,
                "value_date": str(at), "amount": "-1.00" if FAULT == "records" else "1.00",
                "type": "OUTFLOW", "currency": "MXN", "description": f"Coffee {n}",
            }}
            if FAULT == "hoards":
                held.append(b"x" * (3 << 20))
            give("record", record)
        at += datetime.timedelta(days=1)
    return {"complete": FAULT != "incomplete", "window": window}


def revoke(_):
    if FAULT == "clings":
        raise Failed("unsupported")
    return {}


def work():
    while True:
        request = jobs.get()
        try:
            handlers = {"login": login, "fetch": fetch, "revoke": revoke, "logout": lambda _: {}}
            result = handlers[request["method"]](request["params"])
            if cancelled.is_set() and FAULT != "cancel":
                raise Failed("cancelled")
            say({"id": request["id"], "result": result})
        except Failed as failed:
            error = {"code": -32000, "message": "no", "data": failed.data}
            say({"id": request["id"], "error": error})
        cancelled.clear()


def take(message):
    global proxy
    method, identity, params = message.get("method"), message.get("id"), message.get("params")
    if method is None:
        answers.put(message)
    elif identity is None:
        if FAULT == "chatty":
            os.write(1, b"what is that?\n")
    elif method == "initialize":
        proxy = params["proxy"]
        if 1 not in params["versions"] and FAULT != "agrees":
            error = {"code": -32000, "message": "no", "data": {"kind": "unsupported"}}
            say({"id": identity, "error": error})
            return
        version = "0.0.1" if FAULT == "version" else MANIFEST["version"]
        say({"id": identity, "result": {
            "version": 1, "connector": {"id": MANIFEST["id"], "version": version},
        }})
    elif method == "describe":
        say({"id": identity, "result": {
            "institutions": [one["name"] for one in MANIFEST["institutions"]],
            "resources": ["ACCOUNTS"] if FAULT == "describe" else MANIFEST["institutions"][0]["resources"],
            "challenges": ["otp"],
        }})
    elif method == "ping":
        say({"id": identity, "result": {}})
    elif method == "cancel":
        if FAULT != "cancel":
            cancelled.set()
            answers.put({"error": {"data": {"kind": "cancelled"}}})
        say({"id": identity, "result": {}})
    elif method in ("login", "fetch", "revoke", "logout"):
        if FAULT == "deaf" and method == "login" and params["credentials"]["username"] == "ana":
            # Works in the thread that should listen.
            try:
                say({"id": identity, "result": login(params)})
            except Failed as failed:
                say({"id": identity, "error": {"code": -32000, "message": "", "data": failed.data}})
            return
        cancelled.clear()
        jobs.put(message)
    elif FAULT == "anything":
        say({"id": identity, "result": {}})
    else:
        say({"id": identity, "error": {"code": -32601, "message": "no such method"}})


if FAULT == "hoards":
    # A thread that does not wait for the pipe.
    backlog: list = []
    send = say

    def say(message):  # noqa: F811
        if message.get("method") != "record":
            while backlog:
                time.sleep(0.01)
            send(message)
            return
        backlog.append(message)

    def drain():
        while True:
            if backlog:
                send(backlog[0])
                backlog.pop(0)
            else:
                time.sleep(0.01)

    threading.Thread(target=drain, daemon=True).start()

threading.Thread(target=work, daemon=True).start()
# Unbuffered, so that what waits can be seen.
with open(0, "rb", buffering=0, closefd=False) as lines:
    for line in lines:
        take(json.loads(line))
if FAULT == "stays" and stays.is_set():
    time.sleep(60)
os._exit(0)
