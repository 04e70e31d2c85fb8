"""Our reader of OFX beside `ofxtools` and `ofxparse`: processor time and peak memory, in one run.

    bench.py READER FOLDER

Each reader reads the same file of 10,000 movements in a process of its own, several times; the least
time counts. What a process needs before it has read anything is taken off its memory.
"""

import random
import resource
import subprocess
import sys
import time

COUNT = 10_000
HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:103
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""


def write(path):
    """A statement of a year, as a bank writes it."""
    chance = random.Random(1)
    rows = []
    for number in range(COUNT):
        day = f"2026{number * 12 // COUNT + 1:02}{number % 28 + 1:02}"
        rows.append(
            f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}120000[-3:BRT]<TRNAMT>-{chance.randint(1, 999)}"
            f".{number % 100:02}<FITID>{day}{number:06}<CHECKNUM>{number}<NAME>SHOP {number}"
            f"<MEMO>CARD PURCHASE SHOP {number} SAO PAULO</STMTTRN>\n"
        )
    with open(path, "w") as file:
        file.write(HEADER)
        file.write(
            "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261231"
            "<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0"
            "<SEVERITY>INFO</STATUS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>0341<ACCTID>1"
            "<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<DTEND>20261231\n"
        )
        file.writelines(rows)
        file.write(
            "</BANKTRANLIST><LEDGERBAL><BALAMT>1.00<DTASOF>20261231</LEDGERBAL></STMTRS></STMTTRNRS>"
            "</BANKMSGSRSV1></OFX>\n"
        )


def with_ofxtools(path):
    from ofxtools.Parser import OFXTree
    tree = OFXTree()
    tree.parse(path)
    return len(tree.convert().statements[0].transactions)


def with_ofxparse(path):
    import warnings
    warnings.simplefilter("ignore")
    from ofxparse import OfxParser
    with open(path, "rb") as file:
        return len(OfxParser.parse(file).account.statement.transactions)


READERS = {"ofxtools": with_ofxtools, "ofxparse": with_ofxparse}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def child(name, path, small, times):
    """In a process of its own: warms up on a small file, then reads the large one."""
    READERS[name](small)
    before, best = peak(), float("inf")
    for _ in range(times):
        begun = time.process_time()
        count = READERS[name](path)
        best = min(best, time.process_time() - begun)
    print(count, f"{best:.6f}", peak() - before)


def peak_of(command):
    """The peak memory of a program, in KiB, the seconds it worked, and what it printed."""
    script = (
        "import resource, subprocess, sys;"
        "out = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout;"
        "usage = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime, out)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, *command], check=True, capture_output=True, text=True
    ).stdout.split()
    return int(answer[0]), float(answer[1]), answer[2:]


def main(reader, folder):
    path, small = f"{folder}/large.ofx", f"{folder}/small.ofx"
    write(path)
    with open(path) as whole:
        text = whole.read()
    with open(small, "w") as file:
        begin, end = text.index("<STMTTRN>"), text.index("</BANKTRANLIST>")
        file.write(text[:begin] + text[begin:end].split("\n")[0] + text[end:])
    before, idle, _ = peak_of([reader, small, "20"])
    after, worked, (count, _) = peak_of([reader, path, "20"])
    assert int(count) == COUNT
    ours = (worked - idle) / 20
    print(f"{COUNT} movements, {len(text) / 1e6:.1f} MB")
    print(f"{'reader':<12}{'ms':>10}{'MiB more':>10}{'times ours':>12}")
    print(f"{'statements':<12}{ours * 1000:>10.2f}{(after - before) / 1024:>10.1f}{1:>12}")
    for name in READERS:
        answer = subprocess.run(
            [sys.executable, __file__, "child", name, path, small, "2"],
            check=True, capture_output=True, text=True,
        ).stdout.split()
        assert int(answer[0]) == COUNT, answer
        seconds = float(answer[1])
        print(
            f"{name:<12}{seconds * 1000:>10.0f}{int(answer[2]) / 1024:>10.1f}"
            f"{seconds / ours:>12.0f}"
        )


if __name__ == "__main__":
    if sys.argv[1] == "child":
        child(*sys.argv[2:5], int(sys.argv[5]))
    else:
        main(*sys.argv[1:3])
