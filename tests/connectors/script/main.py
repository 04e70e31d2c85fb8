"""A connector that does what its user's name says. Only for tests: it reaches no institution."""

import datetime
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

MANIFEST = json.load(open("connector.json", encoding="utf-8"))
OTP = "123456"
requests = queue.Queue()
answers = queue.Queue()
cancelled = threading.Event()
writing = threading.Lock()


class Failed(Exception):
    def __init__(self, kind, message="", **data):
        super().__init__(message or kind)
        self.data = {"kind": kind, **data}


def send(message):
    with writing:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def say(method, **params):
    send({"method": method, "params": params})


def listen(deaf):
    """Answers what must be answered at any time; passes the rest on."""
    for line in sys.stdin:
        message = json.loads(line)
        method = message.get("method")
        if method is None:
            answers.put(message)
        elif deaf.is_set() and method in ("ping", "cancel"):
            continue
        elif method == "ping":
            send({"id": message["id"], "result": {}})
        elif method == "cancel":
            cancelled.set()
            answers.put(None)
            send({"id": message["id"], "result": {}})
        else:
            requests.put(message)
    requests.put(None)
    if not deaf.is_set():
        os._exit(0)


def challenge(prompt, kind="otp", attempt=1):
    send({"id": f"c{attempt}", "method": "challenge", "params": {
        "kind": kind, "prompt": prompt, "hint": "six digits", "expires_in_seconds": 300,
        "attempt": attempt}})
    answer = answers.get()
    if answer is None:
        raise Failed("cancelled")
    if "error" in answer:
        raise Failed(answer["error"]["data"]["kind"])
    return answer["result"]["answer"]


def token():
    """Asks twice at most."""
    for attempt in (1, 2):
        if challenge("Enter the code.", attempt=attempt) == OTP:
            return
    raise Failed("wrong_token")


class Session:
    def __init__(self, deaf):
        self.deaf = deaf
        self.user = self.password = self.state = None

    def initialize(self, params):
        self.begun = params
        connector = {"id": MANIFEST["id"], "version": MANIFEST["version"]}
        return {"version": params["versions"][0], "connector": connector}

    def describe(self, _):
        bank = MANIFEST["institutions"][0]
        return {"institutions": [bank["name"]], "resources": bank["resources"],
                "challenges": MANIFEST["challenges"]}

    def login(self, params):
        credentials = params["credentials"]
        self.user, self.password = credentials["username"], credentials["password"]
        self.state = params["state"]
        user, state = self.user, None
        if self.password == "wrong":
            raise Failed("invalid_credentials")
        if user == "locked":
            raise Failed("login_error", problem="locked")
        if user == "down":
            raise Failed("institution_down")
        if user == "vague":
            raise Failed("bad_weather", "the moon is wrong")
        if user == "otp":
            token()
        if user == "sms" and not params["interactive"]:
            raise Failed("token_required")
        if user == "sms":
            token()
        if user == "stumbles":
            try:
                token()
            except Failed:
                raise Failed("unexpected", "something broke")
        if user == "undeclared":
            challenge("Which colour?", "question")
        if user in ("trusted", "mortal", "fragile"):
            if user == "trusted" and self.state is None:
                token()
            state = f"device of {self.password}"
        if user == "moves":
            # Knows the device, and then the password was changed at the bank.
            if self.state is not None:
                raise Failed("invalid_credentials")
            state = "known"
        if user == "unreadable":
            challenge("Your statement, please.", "file")
            raise Failed("unreadable", remark={"line": 3, "problem": f"{self.password} is no day"})
        if user == "file":
            say("log", message=f"a file of {len(challenge('Your statement, please.', 'file'))}")
        if user == "leaks":
            sys.stderr.write(f"logging in with {self.password}\n")
            sys.stderr.flush()
            say("log", level="warn", message=f"the password is {self.password}")
            answer = challenge("Enter the code.")
            raise Failed("unexpected", f"{self.password} and {answer} do not fit")
        if user == "garbage":
            sys.stdout.write("Traceback (most recent call last):\n")
            sys.stdout.flush()
        if user == "endless line":
            while True:
                sys.stdout.write("x" * 65536)
        if user == "early record":
            say("record", item={})
        if user == "quits":
            sys.exit(3)
        if user == "sleeps":
            say("progress", done=0)
            cancelled.wait()
            raise Failed("cancelled")
        if user == "stubborn":
            # Neither it nor what it starts goes by being asked.
            self.deaf.set()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "1000"])
            say("log", message=f"pids {os.getpid()} {child.pid}")
            say("progress", done=0)
            while True:
                time.sleep(1)
        return {"user": f"user {user}", "state": state}

    def fetch(self, params):
        if params["resource"] == "ACCOUNTS":
            return self.accounts()
        if params["resource"] == "TRANSACTIONS":
            return self.transactions(params["window"], params["cursor"])
        raise Failed("unsupported")

    def accounts(self):
        say("record", account="acc-1", page=0, item={
            "internal_identification": "acc-1", "name": "Cuenta", "number": "4242",
            "category": "CHECKING_ACCOUNT", "currency": "MXN", "type": "Cheques",
            "balance": {"current": "100.50", "available": "100.50"}})
        return {"window": None, "complete": True}

    def transactions(self, window, cursor):
        if self.user == "puzzled":
            raise Failed("unexpected", "the page is not understood")
        if self.user == "flood":
            number = 0
            while not cancelled.is_set():
                self.transaction(number, window["to"])
                number += 1
            raise Failed("cancelled")
        last = datetime.date.fromisoformat(window["to"])
        first = datetime.date.fromisoformat(window["from"])
        begin = 0 if cursor is None else int(cursor) + 1
        for number in range(begin, 10):
            day = last - datetime.timedelta(days=number)
            if day < first:
                break
            self.transaction(day.toordinal(), day.isoformat())
            if self.user == "fragile" and self.state is None and number == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.user != "fragile":
                say("checkpoint", cursor=str(number))
            if self.user == "mortal" and self.state is None and number == 4:
                os.kill(os.getpid(), signal.SIGKILL)
        say("progress", done=10, total=10)
        if self.user == "remarks":
            return {"window": window, "complete": False, "format": "ofx", "remarks": [
                {"line": 7, "column": 2, "problem": f"{self.password} is no amount"}],
                "accounts": {"acc-1": {"window": window, "complete": True}}}
        return {"window": window, "complete": True}

    def transaction(self, number, day):
        say("record", account="acc-1", page=0, item={
            "internal_identification": f"tx-{number}", "value_date": day, "amount": "12.50",
            "currency": "MXN", "description": f"Café {number}", "type": "OUTFLOW",
            "status": "PROCESSED"})

    def revoke(self, _):
        if self.user is None:
            raise Failed("unexpected")
        if self.user == "clings":
            raise Failed("institution_unavailable")
        return {}

    def logout(self, _):
        return {}


def main():
    deaf = threading.Event()
    threading.Thread(target=listen, args=(deaf,), daemon=True).start()
    session = Session(deaf)
    while (message := requests.get()) is not None:
        cancelled.clear()
        try:
            handler = getattr(session, message["method"], None)
            if handler is None:
                send({"id": message["id"], "error": {"code": -32601, "message": "what?"}})
                continue
            send({"id": message["id"], "result": handler(message["params"])})
        except Failed as failed:
            send({"id": message["id"], "error": {
                "code": -32000, "message": str(failed), "data": failed.data}})


main()
