"""Speaks the connector protocol with as little as Python can do for each record."""

import json
import sys

MOVEMENT = {
    "internal_identification": "0123456789abcdef", "value_date": "2026-01-14", "amount": 123.45,
    "currency": "MXN", "description": "PAGO CON TARJETA OXXO REFORMA 0042 MEXICO CDMX",
    "type": "OUTFLOW", "status": "PROCESSED", "reference": "8812340042", "balance": 9876.55,
}
RECORD = json.dumps({
    "jsonrpc": "2.0", "method": "record",
    "params": {"account": "acc-1", "page": 0, "item": MOVEMENT},
}).encode() + b"\n"
MANIFEST = json.load(open("connector.json", encoding="utf-8"))

out = sys.stdout.buffer
for line in sys.stdin:
    message = json.loads(line)
    result = {}
    if message["method"] == "initialize":
        connector = {"id": MANIFEST["id"], "version": MANIFEST["version"]}
        result = {"version": 1, "connector": connector}
    if message["method"] == "login":
        result = {"user": "ana", "state": None}
    if message["method"] == "fetch":
        for _ in range(int(message["params"]["options"]["records"])):
            out.write(RECORD)
        result = {"window": None, "complete": True}
    out.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode() + b"\n")
    out.flush()
