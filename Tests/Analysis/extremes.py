#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes transcripts at the edges of what `resonant analyze` defines: extremes.py DIR [SEED]

Every folder in DIR is a set to be analysed by itself.
"""
import json
import os
import random
import string
import sys
import unicodedata
import zlib

directory, rng = sys.argv[1], random.Random(int(sys.argv[2]) if sys.argv[2:] else 1)
count = 0


def write(folder, texts, name=None, condition=None, inject=None, records=None, **header):
    """A transcript; `records` are taken as they are, in place of one turn a text."""
    global count
    count += 1
    path = os.path.join(directory, folder, name or f"{count:04}.jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    header = {"type": "header", "format": "resonant.transcript", "version": 1, "id": f"{folder}-{count}", "mode": "chat",
              "seed": 1, "participants": [{"name": "A", "model": "m"}, {"name": "B", "model": "m"}], "settings": {}} | header
    if condition is not None:
        header["trial"] = {"experiment": "e", "condition": condition, "repeat": 1}
    lines = [turn(i + 1, text) for i, text in enumerate(texts)] if records is None else records
    if inject:
        header["parent"] = {"id": "p", "turn": inject - 1}
        lines.insert(inject - 1, {"type": "event", "kind": "inject", "t": "2025-01-01T00:00:00.000Z", "n": inject})
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line if isinstance(line, str) else json.dumps(line) + "\n" for line in [header, *lines])


def turn(n, text, **fields):
    return {"type": "turn", "n": n, "speaker": "AB"[n % 2 - 1], "text": text, "outcome": "finished"} | fields


def letters(number):
    return "".join(rng.choice(string.ascii_lowercase) for _ in range(number))


def prose(number=300):
    return " ".join(letters(rng.randint(3, 9)) for _ in range(number // 7))


def chain(shares, size=60):
    """Texts of size + 4 letters; neighbours have the similarities inter / (2 size - inter) for the inter given."""
    texts = [letters(size + 4)]
    for number, inter in enumerate(shares):
        last, new = texts[-1], letters(size + 4)
        kept = inter + 4 if inter else 0
        texts.append(last[:kept] + new[kept:] if number % 2 == 0 else new[:size + 4 - kept] + last[size + 4 - kept:])
    return texts


def of_ratio(size, compressed):
    """A text whose zlib form has so many bytes."""
    while True:
        text = letters(size // 4) + "ab" * size
        for random_part in range(1, size):
            candidate = letters(random_part) + ("ab" * size)[:size - random_part]
            length = len(zlib.compress(candidate.encode(), 6))
            if length == compressed:
                return candidate
            if length > compressed + 4:
                break


def unicode_order():
    base = "the quick brown fox jumps over the lazy dog and keeps on running through the night"
    alike = [base, base.upper(), base.replace(" ", "\u200b \u200b"), base.replace(" ", " \ufeff\u00a0\u3000\u2028\u0085"),
             "\u00ad" + base.replace("o", "o\u2060\ufe0e"), f"\u200b\t {base}\r\n \ufe0f", base.replace("q", "q\U000e0071")]
    write("unicode", alike)
    for other in ["\x1c", "\U000e0100", "\u180e", "\u034f", "\u115f", "\ufffc", "\x00", "\x7f", "\u0345"]:
        write("unicode", [base, base.replace(" ", other), base.replace(" ", " " + other + " ")] * 2)
    for one, other in [("\u00e9t\u00e9 bl\u00e9", "e\u0301te\u0301 ble\u0301"), ("\u212b\u2126\u212a", "\u00c5\u03a9K"),
                       ("\uac00\ub098\ub2e4", "\u1100\u1161\u1102\u1161\u1103\u1161"), ("q\u0323\u0307xyz", "q\u0307\u0323xyz")]:
        write("unicode", [one, other] * 3)
        write("unicode", [one, one, one, one, other, other, other, other])
        for text in (one, other):  # canonically equivalent, yet no duplicates
            write("unicode", [text, prose(), text])
    write("unicode", ["\u0130STANBUL \u03a3\u0391\u03a3 \u1e9e \u01c5 \u2160 \U00010400", "i\u0307stanbul \u03c3\u03b1\u03c3 \u00df \u01c6 "
                      "\u2170 \U00010428", "istanbul \u03c3\u03b1\u03c2 ss \u01c6 \u2170 \U00010428"] * 3)
    write("unicode", ["\u0662\u2167\u00bd\u3007\U0001d7d8" * 8, "\u0662\u2167\u00bd\u3007\U0001d7d8" * 8 + "1", "e\u0301" * 40, "e\u0301" * 41])
    for size in range(1, 8):
        write("unicode", ["abcdefgh"[:size]] * 4 + ["abcdefgh"[:size - 1]] * 4)


def thresholds():
    for number in (39, 40, 41):
        for texts in ([letters(number)] * 3, [letters(number) for _ in range(7)], [prose()] * 4 + [letters(number)] * 4):
            write("thresholds", texts)
        write("thresholds", ["." + "!".join(letters(number)) + "\u0301" for _ in range(6)])
    for size, compressed in [(400, 99), (400, 100), (400, 101), (404, 100), (404, 101), (404, 102), (1000, 249), (1000, 250)]:
        write("thresholds", [of_ratio(size, compressed) for _ in range(5)])
    for size in (399, 400, 401):
        write("thresholds", [(letters(3) * 200)[:size] for _ in range(6)])
        write("thresholds", [("\u6d77" * 200).encode()[:size // 3 * 3].decode() + "x" * (size % 3) for _ in range(6)])
    for head, tail in [(500, 99), (500, 100), (500, 101), (505, 101), (501, 100), (499, 100), (502, 100), (503, 100)]:
        write("thresholds", [letters(head) for _ in range(6)] + [letters(tail) for _ in range(6)])
        write("thresholds", [letters(head + (i % 2)) for i in range(12)] + [letters(tail) for _ in range(6)])
    for inter in (39, 40, 41):  # of 70: similarity 40/100
        write("thresholds", chain([inter] * 9, 70))
        write("thresholds", chain([0, 0, 0] + [inter] * 3, 70))
        for apart in range(1, 8):
            first, second = chain([inter], 70)
            write("thresholds", [letters(300) for _ in range(3)] + [first] + [letters(80) for _ in range(apart - 1)] + [second])
        texts = [chain([inter], 70) for _ in range(7)]
        write("thresholds", [text for _, text in texts] + [text for text, _ in texts][:rng.randint(1, 6)])
    for near in (-1, 0, 1):  # one text is the beginning of the next, 19/20 of it
        long = letters(9000)
        sizes = [6859, 7220 - near, 7600, 8000]
        write("thresholds", [long[:size + 4] for size in sizes])
        for q in range(2, 7):
            texts = [letters(204) for _ in range(q)]
            write("thresholds", [text[:194 + near] for text in texts] + texts + texts[:max(3, q) - q])


def loops():
    for q in range(1, 8):
        for kind in ("equal", "near", "alike"):
            for extra in range(-2, 5):
                for before in (0, 1, 3):
                    texts = [prose(400) for _ in range(q)]
                    said = []
                    for i in range(max(3, q) + q + extra):
                        text = texts[i % q]
                        if kind == "near":
                            text = text[:200] + letters(2) + text[202:]
                        if kind == "alike":
                            text = text[:300] + letters(100)
                        said.append(text)
                    write("loops", [prose(400) for _ in range(before)] + said)
    a, b, c = prose(), prose(), prose()
    for texts in ([a, a, a, b, a, a, a, b], [a, b, a, b, a, b, c], [a, b, c] * 4 + [a, a], [a, a, b, b] * 3,
                  [a, a + "x", a, a + "x", a], [a, a + "x"] * 4, ["", "", "", ""], ["a", "b"] * 4, ["."] * 5, [a] + ["."] * 4):
        write("loops", texts)


def echoes():
    for high, low in [(40, 24), (40, 23), (40, 25), (39, 10), (40, 0), (41, 0), (60, 40), (60, 39), (60, 41), (58, 36)]:
        for n in range(1, 15):
            write("echoes", chain([(high, low)[i % 2] for i in range(n - 1)]))
            write("echoes", chain([(low, high)[i % 2] for i in range(n - 1)]))
    for n in range(2, 15):
        write("echoes", chain([rng.choice([0, 0, 24, 36, 40, 50, 60]) for _ in range(n - 1)]))


def rounding():
    for tail, head in [(3, 48), (5, 16), (7, 16), (1, 2000), (3, 2000), (5, 2000), (9, 2000), (25, 2000), (1, 400), (3, 400),
                       (29, 200), (201, 200), (4001, 2000), (13, 0), (1, 16)]:
        write("rounding", [letters(head) for _ in range(3)] + [letters(tail) for _ in range(6)])
    for inter in range(1, 61):
        write("rounding", chain([inter] * 6))
    for _ in range(60):  # means of few eighths and sixteenths
        write("rounding", [letters(rng.choice([8, 12, 16, 20, 36])) for _ in range(rng.randint(1, 3))] * 2)


def short_runs(folder, number, conditions):
    """Random runs of few kinds of texts, so that all labels, forks and conditions come about."""
    for _ in range(number):
        a, b = prose(200), prose(200)
        pool = ["", "\u2026", "Peace.", a, a, b, b, a[:150] + letters(40), b[:197] + letters(2), letters(3) * 200, letters(41),
                letters(40), prose(80), prose(900), prose(300), a.upper(), "\U0001f64f" * 5]
        pool = rng.sample(pool, rng.randint(1, 6))
        texts = [rng.choice(pool) for _ in range(rng.randint(0, 14))]
        if rng.random() < 0.5:
            texts += [rng.choice(pool[:2])] * rng.randint(0, 7)
        inject = rng.randint(1, len(texts)) if texts and rng.random() < 0.6 else None
        write(folder, texts, condition={"c": rng.randint(1, conditions)} if rng.random() < 0.9 else None, inject=inject)


def files():
    a, b, c = prose(), prose(), prose()
    event = {"type": "event", "t": "2025-01-01T00:00:00.000Z"}
    write("files", [], records=[])
    write("files", [], records=[])
    for texts in ([a, b], [a, b], [a + " ", b], [a, b], [""], [""], [" "], [a], [a, b, c], [a.upper(), b]):
        write("files", texts, condition={"same": rng.choice("xy")})
    write("files", [], records=[turn(1, "<think>x</think>" + a, heard=a), turn(2, b, heard=None)])
    write("files", [], records=[turn(1, a, heard=""), turn(2, b), turn(3, c, heard="")])
    write("files", [], records=[turn(1, a), turn(2, "cut", outcome="interrupted"), turn(2, b), turn(3, "", outcome="passed"),
                                turn(4, c), '{"type":"turn","n":5,"text":"to'])
    write("files", [], records=[turn(1, a), turn(2, b), turn(2, "", outcome="passed"), turn(3, c, outcome="injected")])
    write("files", [], records=[turn(1, a), turn(2, "", outcome="passed"), turn(2, b, outcome="human")])
    write("files", [], records=[turn(1, a), turn(2, b), turn(3, c), event | {"kind": "rewind", "to": 1}, turn(2, c),
                                event | {"kind": "rewind", "to": 2}, {"type": "novel"}, turn(3, b), {"type": "end", "reason": "quit"}])
    write("files", [], records=[turn(1, a), turn(2, b), event | {"kind": "rewind", "to": 0}])
    write("files", [], records=[turn(1, a), {"type": "end", "reason": "error"}, turn(2, b), {"type": "end", "reason": "max_turns"}])
    for fields in ({"id": "tab\there \\ new\nline\rreturn"}, {"seed": None}, {"seed": 2**64 - 1}, {"seed": 0},
                   {"participants": []}, {"participants": [{"name": n, "model": m} for n, m in zip("ABCD", "xyxz")]},
                   {"participants": [{"name": "H", "human": True}, {"name": "M", "model": "m\tn"}]}):
        write("files", [a, b], **fields)
    for condition in ({"k": ""}, {"k": None}, {"k": True, "l": 1.5, "m": 10}, {"k": "a=b"}, {"k": "a,b"}, {"k": 'a"b'},
                      {"z": 1, "a": 2}, {"k": "\u00e9 \U0001f64f"}, {"k": " a "}):
        write("files", [a, b, c], condition=condition)
    for name in ("a.jsonl", "a/1.jsonl", "a-1.jsonl", "a/B.jsonl", "a/b.jsonl", "A.jsonl", "a b.jsonl", "\u00e9.jsonl",
                 "e\u0301.jsonl", "\U0001f64f.jsonl", "\uffee.jsonl", "a/b/c.jsonl", "no-extension", "x.txt", "x.json"):
        write("files", [a, b, prose()], name=name)


def forks():
    a, long = prose(200), [prose(900) for _ in range(9)]
    states = {"minimal": ["Peace."] * 6, "verbatim": [a] * 6, "template": chain([40] * 7, 70), "winddown": None,
              "degenerate": [letters(3) * 200 for _ in range(6)], "sustained": [prose() for _ in range(6)]}
    states["winddown"] = long + [letters(60) for _ in range(6)]
    for label, before in states.items():
        for _ in range(12):
            after = [rng.choice([before[-1], before[-2], prose(300), prose(2000)]) for _ in range(rng.randint(0, 12))]
            write("forks", before + ["What is a rock?"] + after, inject=len(before) + 1, condition={"label": label})
    for inject in range(1, 9):
        write("forks", [a] * 8, inject=inject, condition={"label": "early"})
        write("forks", ["Peace."] * 8, inject=inject, condition={"label": "early, quiet"})
    said = [turn(i, "Peace.") for i in range(1, 10)]
    inject = {"type": "event", "kind": "inject", "t": "2025-01-01T00:00:00.000Z", "n": 6}
    passed = turn(3, "", outcome="passed")
    write("forks", [], condition={"label": "passed"}, parent={"id": "p", "turn": 5},
          records=said[:2] + [passed] + said[3:5] + [inject] + said[5:])
    write("forks", [], condition={"label": "rewound"}, parent={"id": "p", "turn": 5},
          records=said[:5] + [inject] + said[5:] + [{"type": "event", "kind": "rewind", "to": 4}] + said[4:])


def words_and_emoji():
    texts = ["love LOVE Lov\u00e9 lov\u0065\u0301 love's lov\u2019e 'love' \u2019love\u2019 love-love love_love love1 1love glove",
             "\u01c6 \u01c4 \u01c5 \u0130 i\u0307 I\u0307 \u212angstr \u212b a\u030a \u00c5", "don\u2019t don't don\u02bct don'' 'don't' d'on't",
             "\u0301love \u03a3\u039f\u03a3 \u03c3\u03bf\u03c2 \u03c3\u03bf\u03c3 l\u00adove lo\u200bve \ufb01ne fine \uff4c\uff4f\uff56\uff45 love\u20dd",
             "every\u0301 EVERY\neternal\u00a0infinite,unity;unity'unity'1"]
    write("words", texts)
    write("words", texts[:1] * 3, condition={"other": 1})
    write("words", ["none"], condition={"other": 1})
    emoji = ["\u2764", "\u2764\ufe0f", "\u2764\ufe0e", "\u2764\ufe0f\u200d\U0001f525", "1\ufe0f\u20e3", "1\u20e3", "1", "#\ufe0f",
             "\U0001f1ef\U0001f1f5", "\U0001f1ef", "\U0001f1ef\U0001f1f5\U0001f1ef", "a\U0001f3fd", "\U0001f3fd", "\U0001f44d\U0001f3fd",
             "\u261d\U0001f3fd", "\u261d\ufe0f\U0001f3fd", "\U0001f469\u200d\U0001f680", "\U0001f469\u200d\u2695\ufe0f",
             "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\u200d\U0001f308",
             "\U0001f64f\u0301", "\u0600\U0001f64f", "\r\n\U0001f64f", "\u200d\U0001f64f", "a\u200d\U0001f64f",
             "\U0001f64f\u200d", "\U0001f64f\ufe0e", "\u231a", "\u231a\ufe0e", "\u00a9", "\u00a9\ufe0f", "\u24c2\ufe0f", "\u3030\ufe0f",
             "\u262f", "\U0001f004", "\U0001f0cf", "\U0001f202\ufe0f", "\U0001f6dc", "\U0001fae8", "\U0001fae9", "\U0001fac6", "\U0001fa89",
             "\u0915\u094d\U0001f64f", "\u1100\U0001f64f", "\U0001f64f\U0001f64f", "\ufe0f", "\u2b50", "\u2b1b", "\u303d", "\U0001f321\ufe0f"]
    for i in range(0, len(emoji), 5):  # few in each set, as the ten most used are shown
        for number, cluster in enumerate(emoji[i:i + 5]):
            write(f"emoji-{i // 5}", [" ".join([cluster] * (number + 2)), cluster, "x" + cluster + "y"])


def deflate():
    big = [prose(rng.choice([100, 5000, 33000, 40000])) for _ in range(8)]
    write("deflate", big + [big[0], big[-1] + big[-2], letters(70000)])
    write("deflate", [letters(32767), letters(1), letters(32768), "", letters(33000)])
    write("deflate", ["\u6d77\u306e\u5149 " * rng.randint(1, 9000) + prose(900) for _ in range(6)])
    write("deflate", ["", "", "a", "", "a", " ", "ab"])


for make in (unicode_order, thresholds, loops, echoes, rounding, files, forks, words_and_emoji, deflate):
    make()
short_runs("short", 300, 9)
short_runs("short-many", 200, 40)
