#!/usr/bin/env python3
"""Compares our CSV tables of remittances with what oxedi (PyPI, an independent 835 reader) reads in the same files:
remittances, claims, lines, adjustments, PLB pairs, and the sums of BPR02, CLP03, CLP04, SVC02, SVC03, CAS and PLB.

    python3 -m venv V && V/bin/pip install oxedi polars
    V/bin/python edi-cli/tests/oxedi_remits.py target/debug/edi FILE...

Exit status: 0 all agree or differ as judged below, 1 not. Judged by the bytes of the files.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile
from decimal import Decimal

import oxedi

# Where the two differ, and what the bytes of the file say.
JUDGED = {
    "mixed.835": "one of its three transaction sets is an 835; oxedi counts the 837 and the 999 as payments too",
}
# What oxedi does not read at all: it wants an ISA in the first byte, where these files have text or an ST.
NO_ISA = "input does not start with an ISA segment"

OURS = {
    "remittances": {"payment": "BPR02"},
    "claims": {"charge": "CLP03", "paid": "CLP04"},
    "lines": {"charge": "SVC02", "paid": "SVC03"},
    "adjustments": {"amount": "CAS"},
    "plb": {"amount": "PLB"},
}
THEIRS = {
    "payments": ("remittances", {"total_payment_amount": "BPR02"}),
    "claims": ("claims", {"charge_amount": "CLP03", "payment_amount": "CLP04"}),
    "services": ("lines", {"charge_amount": "SVC02", "payment_amount": "SVC03"}),
    "adjustments": ("adjustments", {"amount": "CAS"}),
    "provider_adjustments": ("plb", {"amount": "PLB"}),
}


def ours(edi, path):
    with tempfile.TemporaryDirectory() as folder:
        command = [edi, "remit", "show", "-q", "--format", "csv", "--output", folder, path]
        run = subprocess.run(command, capture_output=True)
        if run.returncode > 1:  # 1 says that it does not balance, or has faults: both read it all the same
            run.check_returncode()
        facts = {}
        for table, sums in OURS.items():
            with open(pathlib.Path(folder, table + ".csv"), newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            facts["count of " + table] = len(rows)
            for column, name in sums.items():
                facts["sum of " + name] = sum((Decimal(row[column]) for row in rows if row[column]), Decimal(0))
        return facts


def theirs(path):
    frames = oxedi.parse_file(path).tables.to_polars()
    facts = {}
    for theirs_name, (table, sums) in THEIRS.items():
        frame = frames[theirs_name]
        facts["count of " + table] = frame.height
        for column, name in sums.items():
            facts["sum of " + name] = sum((v for v in frame[column].to_list() if v is not None), Decimal(0))
    return facts


def main():
    edi, paths = sys.argv[1], sys.argv[2:]
    failed = agreed = judged = 0
    for path in paths:
        try:
            peer = theirs(path)
        except Exception as error:  # whatever stops the peer is a difference to judge
            peer = {"error": str(error)[:120]}
        try:
            own = ours(edi, path)
        except subprocess.CalledProcessError as error:
            own = {"error": error.stderr.decode()[:120]}
        differences = {k: (own.get(k), peer.get(k)) for k in own.keys() | peer.keys() if own.get(k) != peer.get(k)}
        name = pathlib.Path(path).name
        if not differences:
            agreed += 1
        elif name in JUDGED or NO_ISA in peer.get("error", ""):
            judged += 1
            print(f"{name}: judged: {JUDGED.get(name, NO_ISA)}")
        else:
            failed += 1
            print(f"{name}: ours, theirs: {differences}")
    print(f"{agreed} files agree, {judged} differ as judged, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
