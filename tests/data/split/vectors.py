#!/usr/bin/env python3
"""Makes vectors.json: splits computed from DESIGN.md section 3 by another implementation than Serin's.

XXH3 is PyPI's `xxhash` (the reference C code), SplitMix64's finalizer and the scores are below. `math.log` is the
C library's and may differ from libm's (FDLIBM e_log.c, which Serin uses) in the last bit: `ln` below is FDLIBM's
algorithm, and an identity for which the two differ in any score is passed over, so that a vector holds for both.
The file that is committed never changes: a program that disagrees with it moves users. With arguments
(`vectors.py COHORT IDENTITY KEY=HUNDREDTHS …`) it prints where that user goes.
"""
import json
import math
import pathlib
import random
import struct
import sys

import xxhash

MASK = (1 << 64) - 1
LN2_HI, LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
LG = [6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
      1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01]


def bits(number):
    return struct.unpack(">Q", struct.pack(">d", number))[0]


def ln(x):
    """FDLIBM e_log.c for 0 < x < 1, normal, as musl and libm write it."""
    raw = bits(x)
    high, low = raw >> 32, raw & 0xFFFFFFFF
    high += 0x3FF00000 - 0x3FE6A09E
    k = (high >> 20) - 0x3FF
    high = (high & 0x000FFFFF) + 0x3FE6A09E
    x = struct.unpack(">d", struct.pack(">Q", high << 32 | low))[0]
    f = x - 1.0
    hfsq = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (LG[1] + w * (LG[3] + w * LG[5]))
    t2 = z * (LG[0] + w * (LG[2] + w * (LG[4] + w * LG[6])))
    r = t2 + t1
    return s * (hfsq + r) + k * LN2_LO - hfsq + f + k * LN2_HI


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def draw(cohort, identity):
    return xxhash.xxh3_64_intdigest(identity, seed=xxhash.xxh3_64_intdigest(cohort))


def scores(h, split, log):
    """By key: x, and the score's bits."""
    found = {}
    for key, weight in split.items():
        x = mix(h ^ xxhash.xxh3_64_intdigest(key.encode()))
        t = ((x >> 12) + 0.5) / 2.0**52
        found[key] = (x, weight / -log(t))
    return found


def winner(split, scored):
    positive = [key for key in split if split[key] > 0]
    best = max(scored[key][1] for key in positive)
    return min((key for key in positive if scored[key][1] == best), key=str.encode)


def vector(cohort, identity, split):
    """The vector, or None where the logarithms differ."""
    h = draw(cohort.encode(), identity)
    exact, libc = scores(h, split, ln), scores(h, split, math.log)
    if exact != libc:
        return None
    candidates = [
        {"key": key, "weight": split[key], "x": f"{x:016x}", "score": f"{bits(score):016x}"}
        for key, (x, score) in exact.items()
    ]
    return {
        "cohort": cohort, "identity": identity.hex(), "h": f"{h:016x}", "candidates": candidates,
        "expected": winner(split, exact),
    }


COHORTS = ["bookinfo", "bookinfo/reviews", "default/reviews@5f4dcc3b5a", "größe/日本", "c", "x" * 300]
SPLITS = [
    {"stable": 9000, "v2": 1000},
    {"stable": 9999, "v2": 1},
    {"stable": 1, "v2": 9999},
    {"stable": 5000, "canary": 5000},
    {"stable": 8000, "v2": 1000, "v3": 1000},
    {"stable": 7000, "v2": 2000, "v3": 1000},
    {"a": 3333, "b": 3333, "c": 3334},
    {"stable": 10000, "v2": 0},
    {"only": 10000},
    {"stable": 1000, **{f"s{n}": 1000 for n in range(9)}},
    {"stable": 2500, "Ü": 2500, "k" * 200: 2500, " ": 2500},
]
# XXH3 takes another way for 1-3, 4-8, 9-16, 17-128, 129-240 and more bytes, and again after 1024.
LENGTHS = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 32, 33, 64, 65, 96, 97, 127, 128, 129, 200, 240, 241, 512, 1023, 1024, 1025, 4096]


def vectors():
    source = random.Random(20260101)
    made = []
    plain = [lambda n=n: f"user-{n}".encode() for n in range(60)]
    odd = [b"\x00", b"\xff\xfe", b"\x00\x00", " ü ".encode(), b"01", b"a" * 37, b"%41", b"\"", b"A"]
    odd = [lambda identity=identity: identity for identity in odd]
    sized = [lambda length=length: source.randbytes(length) for length in LENGTHS]
    for index, identity in enumerate(plain + odd + sized):
        cohort, split = COHORTS[index % len(COHORTS)], SPLITS[index % len(SPLITS)]
        tries = (vector(cohort, identity(), split) for _ in range(9))
        found = next((one for one in tries if one), None)
        if found is None:
            print(f"passed over {cohort[:40]} {identity()[:40]!r}: the logarithms differ", file=sys.stderr)
        else:
            made.append(found)
    return made


def main():
    if len(sys.argv) > 3:
        split = {key: int(weight) for key, weight in (part.rsplit("=", 1) for part in sys.argv[3:])}
        identity = sys.argv[2].encode("utf-8", "surrogateescape")
        print(winner(split, scores(draw(sys.argv[1].encode(), identity), split, ln)))
        return
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in vectors())
    pathlib.Path(__file__).with_name("vectors.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
