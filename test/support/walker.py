"""A walker of the audit chain, written from the description of the original format alone: one JSON object a line, `hash` is
SHA-256 over the object without its `hash`, in insertion order, without white space, non-ASCII literal; `prev_hash` is the `hash`
of the row before, 64 zeros at the first. Prints one line for each file named: ok or bad, the rows walked, the last hash."""
import hashlib
import json
import sys


def walk(path):
    previous = "0" * 64
    rows = 0
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row = json.loads(line)
            claimed = row.pop("hash")
            hashed = json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
            if row["prev_hash"] != previous or hashlib.sha256(hashed).hexdigest() != claimed:
                return "bad", rows, previous
            previous = claimed
            rows += 1
    return "ok", rows, previous


for name in sys.argv[1:]:
    try:
        print(*walk(name))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        print("bad", 0, "-")
