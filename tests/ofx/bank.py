"""A bank that answers OFX Direct Connect, built from the models of `ofxtools`.

It reads every request with `ofxtools`, which refuses what the specification forbids, and answers in
the version that it was asked in. It lives by the clock of whoever asks (DTCLIENT), so that a test may
advance it. One address for each version: `/103`, `/160`, `/203`, `/220`.

Who may log in, with the password `secret`:

| user | the bank |
|---|---|
| `ana…` | lets them in |
| `mia…` | asks two questions (the answers: `1234`, and whatever machine it is) and gives a key that spares them |
| `foe…` | asks each time and gives no key |
| `tom…` | wants a token (`777777`) |
| `lee…` | has locked them out |
| `kim…` | wants a new password first |
| `ned…` | is under maintenance |
"""

import datetime
import json
import sys
import threading
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from ofxtools import models
from ofxtools.header import make_header
from ofxtools.Parser import OFXTree
from ofxtools.utils import UTC, tostring_unclosed_elements

PASSWORD, ANSWER, TOKEN = "secret", "1234", "777777"
VERSIONS = (103, 160, 203, 220)
BANK, CHECKING, CARD = "111000614", "0012345678", "4111111111111111"
EPOCH = datetime.datetime(2020, 1, 1, 12, tzinfo=UTC)
EVERY = datetime.timedelta(days=3)

seen, keys, lock = [], {}, threading.Lock()


def status(code=0, severity=None):
    return models.STATUS(code=code, severity=severity or ("ERROR" if code else "INFO"))


def movements(account, start, end):
    """One each three days, the same whenever one looks; a salary every tenth."""
    count = (start - EPOCH) // EVERY
    for number in range(max(count, 0), (end - EPOCH) // EVERY + 1):
        at = EPOCH + number * EVERY
        if start <= at <= end:
            salary = account == CHECKING and number % 10 == 0
            yield models.STMTTRN(
                trntype="CREDIT" if salary else "DEBIT",
                dtposted=at,
                trnamt="1500.00" if salary else f"-{number % 50 + 1}.50",
                fitid=f"{account[-4:]}-{number}",
                name="SALARY" if salary else f"SHOP & CO {number}",
            )


def statement(request, now):
    is_card = isinstance(request, models.CCSTMTRQ)
    account = request.ccacctfrom if is_card else request.bankacctfrom
    known = account.acctid == (CARD if is_card else CHECKING)
    if not known:
        return None
    listed = None
    if request.inctran is not None and request.inctran.include:
        start = request.inctran.dtstart or EPOCH
        end = request.inctran.dtend or now
        assert start <= end <= now + datetime.timedelta(minutes=5), "the days are in order"
        rows = movements(account.acctid, start, end)
        listed = models.BANKTRANLIST(*rows, dtstart=start, dtend=end)
    owed = sum(row.trnamt for row in movements(CARD, now - 10 * EVERY, now))
    balance = dict(dtasof=now, balamt=owed if is_card else "2500.75")
    parts = dict(
        curdef="USD",
        banktranlist=listed,
        ledgerbal=models.LEDGERBAL(**balance),
        availbal=models.AVAILBAL(dtasof=now, balamt="1000.00"),
    )
    if is_card:
        return models.CCSTMTRS(ccacctfrom=account, **parts)
    return models.STMTRS(bankacctfrom=account, **parts)


def let_in(request, version):
    """The status of a login, and a key if it earned one."""
    user = request.userid
    if user[:3] not in ("ana", "mia", "foe", "tom", "lee", "kim", "ned"):
        return 15500, None
    if user.startswith("lee"):
        return 15502, None
    if user.startswith("ned"):
        return 13505, None
    if request.userpass != PASSWORD:
        return 15500, None
    if user.startswith("kim"):
        return 15507, None
    if len(request.clientuid or "") != 36:
        return 15510, None
    answers = {a.mfaphraseid: a.mfaphrasea for a in request}
    if user.startswith("tom"):
        if request.sesscookie == "let-in":
            return 0, None
        return (0 if request.authtoken == TOKEN else 15513 if request.authtoken else 15512), None
    if user[:3] in ("mia", "foe"):
        if request.accesskey and request.accesskey == keys.get(user):
            return 0, None
        if not answers:
            return 3000, None
        if answers.get("MFA13") != ANSWER or "MFA105" not in answers:
            return 3001, None
        if user.startswith("mia"):
            keys[user] = f"key of {user} & co, made for {version}"
            return 0, keys[user]
    return 0, None


def profile():
    core = models.MSGSETCORE(
        "ENG",
        ver=1, url="https://bank.example/ofx", ofxsec="NONE", transpsec=True,
        signonrealm="R", syncmode="LITE", respfileer=True,
    )
    sets = models.MSGSETLIST(
        models.SIGNONMSGSET(signonmsgsetv1=models.SIGNONMSGSETV1(msgsetcore=core)),
    )
    info = models.SIGNONINFO(
        signonrealm="R", min=4, max=32, chartype="ALPHAORNUMERIC", casesen=True, special=True,
        spaces=False, pinch=False, clientuidreq=True, mfachallengesupt=True,
    )
    return models.PROFRS(
        msgsetlist=sets, signoninfolist=models.SIGNONINFOLIST(info), dtprofup=EPOCH,
        finame="Test Bank", addr1="1 Main St", city="Springfield", state="IL", postalcode="62701",
        country="USA",
    )


def accounts(now):
    return models.ACCTINFORS(
        models.ACCTINFO(
            models.BANKACCTINFO(
                bankacctfrom=models.BANKACCTFROM(bankid=BANK, acctid=CHECKING, accttype="CHECKING"),
                suptxdl=True, xfersrc=False, xferdest=False, svcstatus="ACTIVE",
            ),
            desc="Everyday checking",
        ),
        models.ACCTINFO(
            models.CCACCTINFO(
                ccacctfrom=models.CCACCTFROM(acctid=CARD),
                suptxdl=True, xfersrc=False, xferdest=False, svcstatus="ACTIVE",
            ),
            desc="Blue card",
        ),
        dtacctup=now,
    )


def answer(ofx, version):
    sign_on = ofx.signonmsgsrqv1
    request, now = sign_on.sonrq, sign_on.sonrq.dtclient
    nobody = request.userid.startswith("anonymous")
    with lock:
        code, key = (0, None) if nobody else let_in(request, version)
        seen.append({
            "user": request.userid, "version": version, "code": code,
            "client": request.clientuid, "answered": len(request) > 0,
            "asked": [name for name in (
                "profmsgsrqv1", "signupmsgsrqv1", "bankmsgsrqv1", "creditcardmsgsrqv1",
            ) if getattr(ofx, name) is not None],
        })
    wants = sign_on.mfachallengetrnrq
    asks = None
    if wants is not None and code == 3000:
        code = 0
        asks = models.MFACHALLENGETRNRS(
            trnuid=wants.trnuid, status=status(),
            mfachallengers=models.MFACHALLENGERS(
                models.MFACHALLENGE(mfaphraseid="MFA13", mfaphraselabel="Last four digits?"),
                models.MFACHALLENGE(mfaphraseid="MFA105"),
            ),
        )
    sets = {"signonmsgsrsv1": models.SIGNONMSGSRSV1(
        sonrs=models.SONRS(
            status=status(code), dtserver=now, language="ENG",
            fi=models.FI(org="TEST", fid="1234"), accesskey=key,
            sesscookie="let-in" if code == 0 and request.userid.startswith("tom") else None,
        ),
        mfachallengetrnrs=asks,
    )}
    good = code == 0 and not nobody
    if ofx.profmsgsrqv1 is not None:
        wrapped = [models.PROFTRNRS(trnuid=t.trnuid, status=status(), profrs=profile())
                   for t in ofx.profmsgsrqv1]
        sets["profmsgsrsv1"] = models.PROFMSGSRSV1(*wrapped)
    if ofx.signupmsgsrqv1 is not None and good:
        wrapped = [models.ACCTINFOTRNRS(trnuid=t.trnuid, status=status(), acctinfors=accounts(now))
                   for t in ofx.signupmsgsrqv1]
        sets["signupmsgsrsv1"] = models.SIGNUPMSGSRSV1(*wrapped)
    if ofx.bankmsgsrqv1 is not None and good:
        wrapped = []
        for t in ofx.bankmsgsrqv1:
            said = statement(t.stmtrq, now)
            wrapped.append(models.STMTTRNRS(
                trnuid=t.trnuid, status=status(2003 if said is None else 0), stmtrs=said))
        sets["bankmsgsrsv1"] = models.BANKMSGSRSV1(*wrapped)
    if ofx.creditcardmsgsrqv1 is not None and good:
        wrapped = []
        for t in ofx.creditcardmsgsrqv1:
            said = statement(t.ccstmtrq, now)
            wrapped.append(models.CCSTMTTRNRS(
                trnuid=t.trnuid, status=status(2003 if said is None else 0), ccstmtrs=said))
        sets["creditcardmsgsrsv1"] = models.CREDITCARDMSGSRSV1(*wrapped)
    tree = models.OFX(**sets).to_etree()
    # Servers of 1.x leave their elements open.
    body = tostring_unclosed_elements(tree) if version < 200 else ET.tostring(tree)
    return bytes(str(make_header(version=version)), "utf_8") + body


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            assert self.headers["content-type"] == "application/x-ofx", "the media type of OFX"
            version = int(self.path.strip("/"))
            tree = OFXTree()
            tree.parse(BytesIO(body))
            assert tree.header.version == version, f"asked in {tree.header.version}"
            reply, code = answer(tree.convert(), version), 200
        except Exception as error:  # whatever it is, the test must see it
            reply, code = repr(error).encode(), 400
            seen.append({"refused": repr(error)})
        self.say(reply, code, "application/x-ofx")

    def do_GET(self):
        """What was asked so far; `/forget` makes every key worthless."""
        if self.path == "/forget":
            keys.clear()
        self.say(json.dumps(seen).encode(), 200, "application/json")

    def say(self, body, code, kind):
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def institutions(address):
    """The list of this bank, one institution for each version, as an operator writes it."""
    for number, version in enumerate(VERSIONS):
        closes = "false" if version == 103 else "true"
        yield f"""
[[institution]]
id = {7000 + number}
name = "testbank{version}_us_retail"
display_name = "Test Bank ({version})"
url = "{address}/{version}"
org = "TEST"
fid = "1234"
version = {version}
close_tags = {closes}
"""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with open(sys.argv[1], "w") as file:
        file.write("".join(institutions(address)))
    print(f"listening on {address}", flush=True)
    server.serve_forever()
