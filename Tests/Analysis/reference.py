#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The measures of `resonant analyze`, written a second time to check the first: simple, slow, standard library only.

    reference.py PATH…         prints what `resonant analyze --format tsv` is to print of these transcripts
    reference.py --json PATH…  prints the measures of `--format json` that do not depend on random numbers
"""
import json
import os
import re
import statistics
import sys
import unicodedata
import zlib
from collections import Counter
from itertools import combinations

SPACES = ("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
          "\u202f\u205f\u3000")
WORDS = "consciousness every always dance eternal love perfect word silence infinite unity".split()
COLUMNS = ("id path index model condition seed turns label period onset loop loop_period loop_onset episodes escape"
           " tail_novelty tail_similarity length_ratio duplicate_of").split()
LABELS = "degenerate minimal verbatim echo template winddown sustained".split()


# Texts

def normalise(text):
    lower = "".join(c.lower() for c in text)
    kept = "".join(c for c in lower if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f")
    return re.sub(f"[{SPACES}]+", " ", kept).strip(" ")


def letters(text):
    return sum(unicodedata.category(c)[0] in "LN" for c in text)


def grams(text):
    data = text.encode()
    return {data} if len(data) < 5 else {data[i:i + 5] for i in range(len(data) - 4)}


def jaccard(a, b):
    return len(a & b) / len(a | b)


def deflated(data, dictionary=b""):
    if dictionary:
        stream = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, dictionary)
    else:
        stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    return len(stream.compress(data) + stream.flush())


# One conversation

class Conversation:
    """The turns of a conversation; `turns` are numbered from 1, as everywhere below."""

    def __init__(self, raw):
        self.texts = [normalise(text) for text in raw]
        self.n = len(raw)
        self.grams = [grams(text) for text in self.texts]
        self.letters = [letters(text) for text in self.texts]
        self.T = min(self.n, 6)
        self.turns = range(1, self.n + 1)
        self.tail = range(self.n - self.T + 1, self.n + 1)
        self.head = statistics.median(self.letters[:max(3, self.n // 3)]) if self.n else 0

    def S(self, i, j):
        return 1.0 if self.texts[i - 1] == self.texts[j - 1] else jaccard(self.grams[i - 1], self.grams[j - 1])

    def novelty(self):
        seen, result = set(), []
        for own in self.grams:
            result.append(len(own - seen) / len(own))
            seen |= own
        return result

    def zlib_novelty(self):
        result = []
        for t, text in enumerate(self.texts):
            data, earlier = text.encode(), "\n".join(self.texts[:t]).encode()[-32768:]
            result.append(min(1, deflated(data, earlier) / deflated(data)) if data else None)
        return result

    def minimal(self, t):
        return self.letters[t - 1] <= 40

    def degenerate(self, t):
        data = self.texts[t - 1].encode()
        return len(data) >= 400 and len(zlib.compress(data, 6)) / len(data) < 0.25

    def short(self, t):
        return self.letters[t - 1] <= 0.20 * self.head

    def recurrent(self, t):
        return any(self.S(t, j) >= 0.40 for j in range(max(1, t - 6), t))

    def holds(self, state):
        inside = [state(t) for t in self.tail]
        return 3 * sum(inside) >= 2 * self.T and any(inside[-2:])

    def onset(self, state):
        inside = [state(t) for t in self.turns]
        for t in self.turns:
            rest = inside[t - 1:]
            if inside[t - 1] and sum(rest) / len(rest) >= 0.6:
                return t
        return None

    def loop(self):
        for name, match in (("verbatim", lambda a, b: self.texts[a - 1] == self.texts[b - 1]),
                            ("verbatim", lambda a, b: self.S(a, b) >= 0.95),
                            ("template", lambda a, b: self.S(a, b) >= 0.40)):
            for q in range(1, 7):
                m = max(3, q)
                if self.n < m + q or not all(match(t, t - q) for t in range(self.n - m + 1, self.n + 1)):
                    continue
                first = self.n
                while first - 1 - q >= 1 and match(first - 1, first - 1 - q):
                    first -= 1
                return name, q, first - q
        return None

    def echo(self):
        last = min(8, self.n - 1)
        values = [self.S(t, t - 1) for t in range(self.n - last + 1, self.n + 1)]
        halves = sorted((statistics.median(half), len(half)) for half in (values[0::2], values[1::2]) if half)
        if len(halves) < 2:
            return False
        (other, size), (most, _) = halves
        return size >= 2 and most >= 0.50 and other < most / 2

    def label(self):
        """Label, period, onset."""
        loop = self.loop()
        verbatim = loop if loop and loop[0] == "verbatim" else None
        for name, state in (("degenerate", self.degenerate), ("minimal", self.minimal)):
            if self.holds(state):
                return name, verbatim[1] if verbatim else 0, self.onset(state)
        if verbatim:
            return verbatim
        if self.echo():
            return "echo", 0, None
        if loop:
            return loop
        if self.holds(self.recurrent):
            return "template", 0, self.onset(self.recurrent)
        if self.holds(self.short):
            return "winddown", 0, self.onset(self.short)
        return "sustained", 0, None

    def episodes(self):
        result, start = [], None
        for t in range(1, self.n + 2):
            inside = t <= self.n and self.minimal(t)
            if inside and start is None:
                start = t
            elif not inside and start is not None:
                if t - start >= 3:
                    result.append([start, t - 1])
                start = None
        return result

    def measures(self):
        """The columns that are measured."""
        if not self.n:
            return {"label": None, "period": None, "onset": None, "loop": None, "loop_period": None,
                    "loop_onset": None, "episodes": [], "escape": None, "tail_novelty": None, "tail_similarity": None,
                    "length_ratio": None}
        label, period, onset = self.label()
        loop = self.loop() or (None, 0, None)
        episodes, steps = self.episodes(), self.similarity()[1:][-self.T:]
        return {
            "label": label, "period": period, "onset": onset, "loop": loop[0], "loop_period": loop[1],
            "loop_onset": loop[2], "episodes": episodes,
            "escape": bool(episodes) and not any(self.minimal(t) for t in self.turns[-3:]),
            "tail_novelty": statistics.fmean(self.novelty()[-self.T:]),
            "tail_similarity": statistics.fmean(steps) if steps else None,
            "length_ratio": statistics.median(self.letters[-self.T:]) / max(1, self.head)}

    def similarity(self):
        return [None if t == 1 else self.S(t, t - 1) for t in self.turns]


# Files

def transcripts(paths):
    """Path and records of each transcript, by the bytes of its path."""
    found = []
    for path in paths:
        if os.path.isdir(path):
            found += [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        else:
            found.append(path)
    for path in sorted(found, key=os.fsencode):
        try:
            with open(path, encoding="utf-8") as file:
                records = [json.loads(line) for line in file if line.strip()]
        except ValueError:
            continue
        if records and isinstance(records[0], dict) and records[0].get("format") == "resonant.transcript":
            yield path, records


def turns(records):
    """The turns that stand, by number."""
    result = {}
    for record in records:
        if record["type"] == "turn":
            result[record["n"]] = record
        elif record["type"] == "event" and record["kind"] == "rewind":
            result = {n: turn for n, turn in result.items() if n <= record["to"]}
    return [turn for n, turn in sorted(result.items()) if turn.get("outcome") != "passed"]


def shown(value):
    """A value of a condition; text is quoted only where it could be taken for several values."""
    plain = isinstance(value, str) and not re.search('[,"\x00-\x1f]', value)
    return value if plain else json.dumps(value, separators=(",", ":"))


def rows(paths):
    seen = {}
    for path, records in transcripts(paths):
        header, said = records[0], turns(records)
        raw = [turn.get("heard", turn["text"]) for turn in said]
        trial = header.get("trial") or {}
        name = ",".join(f"{k}={shown(v)}" for k, v in trial.get("condition", {}).items())
        models = list(dict.fromkeys(p["model"] for p in header["participants"] if p.get("model")))
        row = {"id": header.get("id") or f"{path}#0", "path": path, "index": 0, "model": " + ".join(models),
               "condition": name or os.path.dirname(path) or ".", "seed": header.get("seed"), "turns": len(raw)}
        conversation = Conversation(raw)
        row |= conversation.measures()
        row["duplicate_of"] = seen.get(tuple(raw)) if raw else None
        seen.setdefault(tuple(raw), row["id"])
        injections = [r["n"] for r in records if r["type"] == "event" and r["kind"] == "inject"]
        place = None
        if header.get("parent") and injections:
            place = next((t for t, turn in enumerate(said, 1) if turn["n"] == injections[-1]), None)
        yield row, raw, conversation, place


# Statistics

def survival_median(observed):
    alive = 1
    for t in sorted({t for t, event in observed if event}):
        at_risk = sum(other >= t for other, _ in observed)
        events = sum(other == t and event for other, event in observed)
        alive *= (at_risk - events) / at_risk
        if alive <= 0.5 + 1e-12:
            return t
    return None


def condition(name, members, duplicates):
    n = len(members)
    rows = [row for row, _, _ in members]
    converged = [row["label"] in ("minimal", "verbatim", "template", "degenerate") for row in rows]
    observed = [(row["onset"] if c else row["turns"], c) for row, c in zip(rows, converged)]
    unions = [set().union(*(c.grams[t - 1] for t in c.tail)) for _, _, c in members]
    pairs = [jaccard(a, b) for a, b in combinations(unions, 2)]
    share = lambda values: sum(values) / n if n else None
    return {
        "condition": name, "conversations": n, "duplicates": duplicates, "rate": share(converged),
        "onset_median": survival_median(observed),
        "periods": dict(sorted(Counter(str(row["period"]) for row in rows if row["label"] in ("verbatim", "template")
                                       and row["period"] > 0).items())),
        "labels": {label: share([row["label"] == label for row in rows]) for label in LABELS},
        "loop_share": share([row["loop"] is not None for row in rows]),
        "escape_share": share([row["escape"] for row in rows]),
        "tail_novelty": statistics.fmean(row["tail_novelty"] for row in rows) if n else None,
        "between_similarity": statistics.fmean(pairs) if pairs else None}


def words(raw):
    """The words of a conversation: runs of letters and marks that begin with a letter, joined by apostrophes."""
    result = Counter()
    for text in raw:
        kinds = "".join({"L": "L", "M": "M"}.get(unicodedata.category(c)[0], "'" if c in "'\u2019" else " ")
                        for c in text)
        for found in re.finditer("L[LM]*(?:'L[LM]*)*", kinds):
            word = text[found.start():found.end()].replace("\u2019", "'").lower()
            result[unicodedata.normalize("NFC", word)] += 1
    return result


def fork(conversation, i):
    """Label, states after turn i, whether the state holds at the end."""
    before = Conversation(conversation.texts[:i - 1])
    label = before.measures()["label"]
    near = lambda t, least: any(conversation.S(t, j) >= least for j in range(max(1, i - 6), i))
    state = {"minimal": conversation.minimal, "degenerate": conversation.degenerate,
             "winddown": lambda t: conversation.letters[t - 1] <= 0.20 * before.head,
             "verbatim": lambda t: near(t, 0.95), "template": lambda t: near(t, 0.40)}.get(label)
    if state is None:
        return None
    inside = [state(t) for t in range(i + 1, conversation.n + 1)]
    tail = inside[-conversation.T:]
    return label, inside, bool(tail) and 3 * sum(tail) >= 2 * len(tail) and any(tail[-2:])


def forks(name, members):
    groups = {}
    for _, conversation, place in members:
        found = fork(conversation, place) if place else None
        if found:
            groups.setdefault(found[0], []).append(found[1:])
    for label in LABELS:
        for_label = groups.get(label)
        if not for_label:
            continue
        persistence = []
        for k in range(1, max(len(inside) for inside, _ in for_label) + 1):
            states = [inside[k - 1] for inside, _ in for_label if len(inside) >= k]
            persistence.append({"k": k, "n": len(states), "share": sum(states) / len(states)})
        left = [holds for inside, holds in for_label if not all(inside[:4])]
        yield {"condition": name, "label": label, "forks": len(for_label), "persistence": persistence,
               "recovered": {"n": len(left), "share": sum(left) / len(left) if left else None}}


def document(paths):
    result = {"conversations": [], "conditions": [], "words": [], "forks": []}
    conditions, everybody = {}, []
    for row, raw, conversation, place in rows(paths):
        result["conversations"].append(row | {
            "letters": conversation.letters, "novelty": conversation.novelty(),
            "zlib_novelty": conversation.zlib_novelty(), "similarity": conversation.similarity()})
        members, duplicates, injected = conditions.setdefault(row["condition"], ([], [], []))
        if row["duplicate_of"]:
            duplicates.append(row)
        elif raw:
            members.append((row, words(raw), conversation))
            injected.append((row, conversation, place))
            everybody.append(members[-1])
    groups = [(None, everybody)]
    for name in sorted(conditions, key=str.encode):
        members, duplicates, injected = conditions[name]
        result["conditions"].append(condition(name, members, len(duplicates)))
        result["forks"] += forks(name, injected)
        if members:
            groups.append((name, members))
    for name, members in groups:
        for word in WORDS:
            counts = [used[word] for _, used, _ in members]
            result["words"].append({
                "condition": name, "word": word, "mean": sum(counts) / len(counts),
                "percent": 100 * sum(c > 0 for c in counts) / len(counts), "max": max(counts)})
    return result


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return ",".join(f"{a}-{b}" for a, b in value)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main(arguments):
    sys.stdout.reconfigure(encoding="utf-8")
    if arguments[:1] == ["--json"]:
        json.dump(document(arguments[1:]), sys.stdout)
        return
    print("\t".join(COLUMNS))
    for row, *_ in rows(arguments):
        print("\t".join(cell(row[column]) for column in COLUMNS))


if __name__ == "__main__":
    main(sys.argv[1:])
