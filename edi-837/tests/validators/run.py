#!/usr/bin/env python3
"""Has independent readers judge what we write: pyx12 (by its map of 005010X222A1) and x12sdk (typed models).

    python3 edi-837/tests/validators/run.py [FILE.edi ...]

Without files, every kind of claim of testdata/encounters/kinds.json is built alone and judged by both. With
files, pyx12 judges those. The first run makes an environment of its own in target/validators.
"""
import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ENVIRONMENT = TARGET / "validators"
PACKAGES = ["pyx12==4.0.0", "x12sdk==2.2.0"]

# Where a reader refuses a claim and is wrong: claim, reader, a part of what it says, why we are right.
JUDGED = [
    ("K05-TERTIARY", "x12sdk", "SE segment count 48 != actual count 44",
     "A line may have 15 loops 2430; the model keeps the last of two, and misses the four segments of the first."),
    ("K14-OXYGEN", "pyx12", "(AD) is not a valid code for Attachment Transmission Code (PWK02)",
     "PWK*CT*AD is the certificate of medical necessity; both PWK of 2400 take CT, and pyx12 only tries the first. "
     "It refuses the guide's own oxygen example for the same reason."),
    ("K14-OXYGEN", "x12sdk", "pwk_segment", "As pyx12: its model has one PWK of 2400."),
    ("K16-LABORATORY", "x12sdk", "loop_2420b.nm1_segment.name_last_or_organization_name",
     "NM103 of 2420B is not used in the guide; the model asks for it."),
    ("K18-REFERRAL", "x12sdk", "loop_2310a.nm1_segment",
     "2310A may stand twice (DN and P3); the model takes one."),
]


def pyx12_faults(path):
    """What pyx12 says; empty where its verdict is true."""
    import pyx12.params
    import pyx12.x12n_document

    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logger = logging.getLogger()
    logger.handlers = [handler]
    logger.setLevel(logging.ERROR)
    # No file for an acknowledgment: its writer fails on some transaction sets.
    accepted = pyx12.x12n_document.x12n_document(pyx12.params.params(), str(path), None, None, None)
    return [] if accepted else said or ["refused without a word"]


def x12sdk_faults(path):
    """What x12sdk says; empty where it yields a typed claim."""
    from x12sdk.io import X12ModelReader

    try:
        with X12ModelReader(path.read_text()) as reader:
            models = [type(model).__name__ for model in reader.models()]
        return [] if models == ["HealthCareClaimProfessional"] else [f"yields {models}"]
    except Exception as error:  # its errors are of many types
        faults = getattr(error, "errors", lambda: [{"loc": (), "msg": str(error)}])()
        return [".".join(str(part) for part in fault["loc"]) + ": " + fault["msg"] for fault in faults]


def build(encounter, folder):
    """The file of one encounter."""
    source = folder / "encounter.json"
    source.write_text(json.dumps([encounter]))
    out = folder / "out"
    command = ["cargo", "run", "-q", "-p", "edi-837", "--example", "build", "--", str(source),
               str(ROOT / "testdata/encounters/practice.toml"), str(out)]
    report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    assert report["written"] == 1, report["problems"]
    return out / report["files"][0]["file"]


def kinds():
    wrong = 0
    for encounter in json.loads((ROOT / "testdata/encounters/kinds.json").read_text()):
        name = encounter["claim_id"]
        with tempfile.TemporaryDirectory() as folder:
            path = build(encounter, pathlib.Path(folder))
            for reader, faults in [("pyx12", pyx12_faults(path)), ("x12sdk", x12sdk_faults(path))]:
                judged = [part for claim, by, part, _ in JUDGED if (claim, by) == (name, reader)]
                unexpected = [fault for fault in faults if not any(part in fault for part in judged)]
                missing = [part for part in judged if not any(part in fault for fault in faults)]
                verdict = "accepted" if not faults else "refused, and judged" if not unexpected else "REFUSED"
                print(f"{name:18} {reader:7} {verdict}", *unexpected, *(f"no longer says: {m}" for m in missing), sep="  ")
                wrong += bool(unexpected or missing)
    return wrong


def main():
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run([str(python), "-m", "pip", "-q", "install", *PACKAGES], check=True)
    if pathlib.Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        os.execv(python, [str(python), *sys.argv])
    if len(sys.argv) == 1:
        sys.exit(kinds() > 0)
    faults = {path: pyx12_faults(pathlib.Path(path)) for path in sys.argv[1:]}
    for path, said in faults.items():
        print(path, "accepted" if not said else "refused", *said[:20], sep="\n  ")
    sys.exit(any(faults.values()))


if __name__ == "__main__":
    main()
