"""Writes tests/data/regex/re2.jsonl: what RE2 makes of many patterns, byte by byte as in Envoy.

    pip install google-re2==1.1.20251105
    python3 tests/dialect/sweep.py > tests/data/regex/re2.jsonl
    python3 tests/dialect/sweep.py --seed 7 --generated 50000 > /tmp/more.jsonl   # SERIN_RE2_ROWS=/tmp/more.jsonl cargo test -p serin-policy

The first line says how the rows were made and lists the haystacks that all patterns share; each further line is one
pattern. `shared` is a number in hexadecimal digits: bit n is set where the pattern matches haystack n in full;
`matches` and `misses` are haystacks of its own. Strings stand for bytes, in Latin-1.
"""

import argparse
import importlib.metadata
import json
import random
import sys

import re2

from generate import mutate, pattern_and_samples
from handwritten import PATTERNS, VALUES

TRICKY = ["", "\r\n", "a\n", "\na", "a\nb", "\n\n", "aa", "aaa", "aab", "ab", "abab", "ba", "abc", "aB", "AB", "a b",
          " a", "a ", "a-", "-a", "a--b", "--", "-]", "a]", "[]", "[a", "b]", "^a", "&&", "a&", "~~", "<a", "<>", "k_",
          "K9", "sS", "ks", "9z", "a.b", "a;b", "k=s", "\\E", "\\d", "s{2}", "a{2}", "a{,2}", "a**", "aaaaaaaaaa",
          "\x00\x00", "\x7f\x80", "\xb5\xdf", "\xc0\xe0", "\xe0\xff", "a\xe0", "\xe0a", "\xff\n", "\x0b\x0c", "\xc3\xa9"]
SHARED = [chr(byte) for byte in range(256)] + TRICKY
OWN_MAX = 12


def compile_as_envoy(pattern, ignore_case):
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not ignore_case
    options.never_nl = False
    options.log_errors = False
    try:
        return re2.compile(pattern.encode("latin-1"), options)
    except re2.error:
        return None


def row(pattern, own, ignore_case):
    regex = compile_as_envoy(pattern, ignore_case)
    out = {"pattern": pattern, **({"ignoreCase": True} if ignore_case else {}), "accepted": regex is not None}
    if regex is None:
        return out

    def hit(value):
        return regex.fullmatch(value.encode("latin-1")) is not None

    out["shared"] = f"{sum(1 << n for n, value in enumerate(SHARED) if hit(value)):x}"
    own = [value for value in dict.fromkeys(own) if value not in SHARED and len(value) <= 60]
    out["matches"] = [value for value in own if hit(value)][:OWN_MAX]
    out["misses"] = [value for value in own if not hit(value)][:OWN_MAX]
    return out


def rows(rng, generated):
    for pattern in PATTERNS:
        own = VALUES if len(pattern) > 8 else []
        own = own + [mutate(rng, "".join(c for c in pattern if c not in "^$*+?()[]{}|\\")) for _ in range(6)]
        yield row(pattern, own, False)
        yield row(pattern, own, True)
    for _ in range(generated):
        pattern, samples = pattern_and_samples(rng)
        own = [changed for sample in samples for changed in (sample, mutate(rng, sample))]
        yield row(pattern, own[:OWN_MAX], rng.random() < 0.15)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--generated", type=int, default=3500, help="how many patterns beside the hand-written ones")
    args = parser.parse_args()
    write = lambda value: sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.reconfigure(encoding="utf-8")
    write({"made by": "tests/dialect/sweep.py", "google-re2": importlib.metadata.version("google-re2"),
           "options": "Latin-1, full match", "seed": args.seed, "generated": args.generated, "haystacks": SHARED})
    seen = set()
    for out in rows(random.Random(args.seed), args.generated):
        key = (out["pattern"], "ignoreCase" in out)
        if key not in seen:
            seen.add(key)
            write(out)


if __name__ == "__main__":
    main()
