"""Random patterns over the grammar of RE2 and its neighbours, each with strings that it should match.

A node is (text, sample): what is written, and a function that draws a string which it may match. Flags and
assertions are not followed in the strings: they only have to be interesting.
"""

CHARS = "abkKsSzZ09_-.;=/ &~<>]}#@%,:!'\"\t"
META = r"\.+*?()|[]{}^$"
BYTES = "\x00\t\n\x0b\x0c\r \x7f\x80\xb5\xdf\xe0\xffaAkKsS09_-;"
ESCAPES = {r"\d": "05", r"\D": "a-\xe0", r"\w": "aK_9", r"\W": "- \xe0\xb5", r"\s": " \t\n", r"\S": "a\x0b\xe0",
           r"\.": ".", r"\-": "-", r"\/": "/", r"\_": "_", r"\ ": " ", r"\&": "&", r"\~": "~", r"\x41": "A",
           r"\x0b": "\x0b", r"\x7F": "\x7f", r"\x{6b}": "k", r"\t": "\t", r"\n": "\n", r"\v": "\x0b", r"\f": "\x0c",
           r"\r": "\r", r"\a": "\x07", r"\]": "]", r"\[": "[", r"\^": "^"}
ODD_ESCAPES = [r"\<", r"\>", r"\Qa.b\E", r"\pL", r"\PN", r"\p{Greek}", r"\C", r"\1", r"\0", r"\012", r"\12", r"\xe9",
               r"\x{e9}", r"\x{100}", r"\Z", r"\h", r"\u0041", r"\U00000041", r"\k", r"\e", r"\x4", r"\b{start}",
               r"\b{end-half}", r"\G", r"\c", r"\R", r"\X", "\xe9", "{", "a{", "a{,2}", "a{ 2}", "a{02}", "a{2", "[", "(",
               ")", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", "(?#a)", "(?)", "(?x)", "(?u)", "(?-u)", "(?R)",
               "(?ii)", "(?i-)", "(?P=n)", "*", "a**", "a++", "a{2}{3}", "(?:a{40}){40}", "a{1001}", "[z-a]"]
ASSERTIONS = ["^", "$", r"\b", r"\B", r"\A", r"\z"]
POSIX = {"alnum": "a0", "alpha": "aZ", "ascii": "\x00~", "blank": " \t", "cntrl": "\x01\x7f", "digit": "07",
         "graph": "!z", "lower": "ak", "print": " ~", "punct": "!~", "space": "\x0b ", "upper": "AK", "word": "_k",
         "xdigit": "fA"}
FLAGS = ["i", "s", "m", "U", "is", "ms", "-i", "i-s", "-s", "im-sU"]
SETS = ["&&", "--", "~~", "&&b", "--b", "~~b", "[", "[b]", "[^b]", "[:", "[=a=]", "[:foo:]", "&", "~", "^", "-"]


def chance(rng, percent):
    return rng.randrange(100) < percent


def literal(rng):
    char = rng.choice(CHARS)
    text = "\\" + char if char in META and not (char in "]}" and chance(rng, 50)) else char
    return text, lambda r: char


def escape(rng):
    text = rng.choice(sorted(ESCAPES))
    return text, lambda r: r.choice(ESCAPES[text])


def class_item(rng):
    kind = rng.randrange(20)
    if kind < 7:
        char = rng.choice([c for c in CHARS if c not in "]-"] + ["*", "+", ".", "(", "$", "|"])
        return char, char
    if kind < 12:
        low, high = sorted([rng.choice("!+.09:AKSZ_akz~"), rng.choice("!+.09:AKSZ_akz~")])
        return f"{low}-{high}", low + high
    if kind < 15:
        text = rng.choice(sorted(ESCAPES))
        return text, ESCAPES[text]
    if kind < 18:
        name = rng.choice(sorted(POSIX))
        return (f"[:{name}:]", POSIX[name]) if chance(rng, 70) else (f"[:^{name}:]", "\xe0-")
    return (rng.choice(SETS), "a&") if chance(rng, 15) else ("-", "-")


def bracket(rng):
    first = rng.choice(["", "", "", "^", "^"]) if chance(rng, 85) else rng.choice(["-", "]", "^]", "^-", "--", "]-"])
    items = [class_item(rng) for _ in range(rng.randrange(1, 4))]
    last = rng.choice(["", "", "", "-", "^"])
    chars = "".join(chars for _, chars in items)
    return "[" + first + "".join(text for text, _ in items) + last + "]", lambda r: r.choice(chars)


def group(rng, depth):
    text, sample = alternation(rng, depth - 1)
    name = f"g{rng.randrange(1000)}"
    opening = rng.choice(["(", "(", "(", "(?:", "(?:", f"(?P<{name}>", f"(?<{name}>", f"(?{rng.choice(FLAGS)}:"])
    if chance(rng, 8):
        more, sample_more = concatenation(rng, 0)
        return f"({text}(?{rng.choice(FLAGS)}){more})", lambda r: sample(r) + sample_more(r)
    return f"{opening}{text})", sample


def atom(rng, depth):
    kind = rng.randrange(100)
    if kind < 38:
        return literal(rng)
    if kind < 50:
        return escape(rng)
    if kind < 65:
        return bracket(rng)
    if kind < 73:
        return ".", lambda r: r.choice("ak\xe0\x80;-")
    if kind < 79:
        return rng.choice(ASSERTIONS), lambda r: ""
    if kind < 81:
        return rng.choice(ODD_ESCAPES), lambda r: "a"
    return group(rng, depth) if depth > 0 else literal(rng)


def repeated(rng, depth):
    text, sample = atom(rng, depth)
    if not chance(rng, 35):
        return text, sample
    low, more = rng.randrange(4), rng.randrange(3)
    operator = rng.choice(["*", "+", "?", "*", "+", "?", f"{{{low}}}", f"{{{low},}}", f"{{{low},{low + more}}}"])
    times = {"*": (0, 3), "+": (1, 3), "?": (0, 1)}.get(operator, (low, low if "," not in operator else low + more))
    lazy = "?" if chance(rng, 20) else ""
    return text + operator + lazy, lambda r: "".join(sample(r) for _ in range(r.randint(*times)))


def concatenation(rng, depth):
    nodes = [repeated(rng, depth) for _ in range(rng.choice([1, 1, 2, 2, 3, 4]))]
    return "".join(text for text, _ in nodes), lambda r: "".join(sample(r) for _, sample in nodes)


def alternation(rng, depth):
    nodes = [concatenation(rng, depth) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    if chance(rng, 7):
        nodes.insert(rng.randrange(len(nodes) + 1), ("", lambda r: ""))
    return "|".join(text for text, _ in nodes), lambda r: r.choice(nodes)[1](r)


def swap_case(text):
    return "".join(c.swapcase() if c.isascii() else c for c in text)


def mutate(rng, text):
    at = rng.randrange(len(text) + 1)
    return rng.choice([text[:at] + rng.choice(BYTES) + text[at:], text[:at] + text[at + 1:], swap_case(text),
                       text[:at] + rng.choice(BYTES) + text[at + 1:], text + text, text + "\n", text[::-1]])


def pattern_and_samples(rng):
    text, sample = alternation(rng, 2)
    if chance(rng, 12):
        text = rng.choice(["(?i)", "(?s)", "(?m)", "(?U)", "(?is)"]) + text
    if chance(rng, 12):
        text = rng.choice([".*", "^", "^.*"]) + text + rng.choice([".*", "$", ""])
    return text, [sample(rng) for _ in range(6)]
