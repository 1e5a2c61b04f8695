#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The measures of `resonant analyze` once more, written from their definition alone: check.py [--json] PATH…

Prints a row for each conversation, or the JSON form. Options: --strip-thinking, --words a,b. It favours being plain
over being fast: shares stay fractions until they are printed. Where the definition leaves a choice, a note that begins
with "Reading:" tells which one was made.
"""
import json
import os
import random
import re
import sys
import unicodedata
import zlib
from collections import Counter
from fractions import Fraction

from check_files import load
from check_text import CLUSTER, WORD, canonical, is_emoji, normalise

COLUMNS = ("id path index model condition seed turns label period onset loop loop_period loop_onset episodes escape"
           " tail_novelty tail_similarity length_ratio duplicate_of").split()
LABELS = ["degenerate", "minimal", "verbatim", "echo", "template", "winddown", "sustained"]
CONVERGED = {"minimal", "verbatim", "template", "degenerate"}
WORDS = "consciousness every always dance eternal love perfect word silence infinite unity".split()
RESAMPLES, SEED = 2000, 1
NEAR, ALIKE = Fraction(95, 100), Fraction(40, 100)


# ---- One conversation

class Turn:
    def __init__(self, said):
        self.said, self.text = said, normalise(said)
        self.data = self.text.encode("utf-8", "replace")
        self.grams = {self.data[i:i + 5] for i in range(max(1, len(self.data) - 4))}
        self.letters = sum(count for c, count in Counter(self.text).items() if unicodedata.category(c)[0] in "LN")
        self.minimal = self.letters <= 40
        self.degenerate = len(self.data) >= 400 and 4 * len(zlib.compress(self.data, 6)) < len(self.data)


def similarity(a, b):
    return Fraction(1) if a.text == b.text else jaccard(a.grams, b.grams)


def jaccard(a, b):
    both = len(a & b)
    return Fraction(both, len(a) + len(b) - both)


def median(values):
    values, half = sorted(values), len(values) // 2
    return values[half] if len(values) % 2 else (Fraction(values[half - 1]) + values[half]) / 2


def mean(values):
    return sum(values, Fraction(0)) / len(values) if values else None


def deflated(data, dictionary=b""):
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=dictionary)
    return len(deflate.compress(data) + deflate.flush())


class Measures:
    """Of a list of turns. Turns are numbered from 1 where they are given or returned."""

    def __init__(self, turns):
        self.turns, self.n, self.similarities = turns, len(turns), {}
        self.t = min(self.n, 6)
        self.label = self.onset = self.loop = self.loop_onset = self.period = self.loop_period = None
        if not turns:
            return
        self.period = self.loop_period = 0
        self.head = median([turn.letters for turn in turns[:max(3, self.n // 3)]])
        numbers = range(1, self.n + 1)
        self.states = {"minimal": [turn.minimal for turn in turns], "degenerate": [turn.degenerate for turn in turns],
                       "short": [self.is_short(turn) for turn in turns],
                       "recurrent": [any(self.s(i, j) >= ALIKE for j in range(max(1, i - 6), i)) for i in numbers]}
        self.find_loop()
        self.find_label()

    def s(self, i, j):
        if (i, j) not in self.similarities:
            self.similarities[i, j] = similarity(self.turns[i - 1], self.turns[j - 1])
        return self.similarities[i, j]

    def is_short(self, turn):
        return 5 * turn.letters <= self.head

    def find_loop(self):
        kinds = [("verbatim", lambda i, j: self.turns[i - 1].text == self.turns[j - 1].text),
                 ("verbatim", lambda i, j: self.s(i, j) >= NEAR), ("template", lambda i, j: self.s(i, j) >= ALIKE)]
        for kind, matches in kinds:
            for q in range(1, 7):
                m = max(3, q)
                if self.n >= m + q and all(matches(i, i - q) for i in range(self.n - m + 1, self.n + 1)):
                    first = self.n
                    while first - 1 > q and matches(first - 1, first - 1 - q):
                        first -= 1
                    self.loop, self.loop_period, self.loop_onset = kind, q, first - q
                    return

    def is_echo(self):
        values = [self.s(i, i - 1) for i in range(max(2, self.n - 7), self.n + 1)]
        halves = [values[0::2], values[1::2]]
        if not halves[1]:
            return False
        e, o = sorted(halves, key=median, reverse=True)
        return len(o) >= 2 and median(e) >= Fraction(1, 2) and median(o) < median(e) / 2

    def find_label(self):
        for label, state in [("degenerate", "degenerate"), ("minimal", "minimal"), ("verbatim", None), ("echo", None),
                             ("template", None), ("template", "recurrent"), ("winddown", "short")]:
            if state and holds(self.states[state][-self.t:]):
                self.label, self.onset = label, onset(self.states[state])
                if label in ("degenerate", "minimal") and self.loop == "verbatim":
                    self.period = self.loop_period
                return
            if label == "echo" and self.is_echo():
                self.label = label
                return
            if not state and label != "echo" and self.loop == label:
                self.label, self.period, self.onset = label, self.loop_period, self.loop_onset
                return
        self.label = "sustained"


def holds(tail):
    return 3 * sum(tail) >= 2 * len(tail) and any(tail[-2:])


def onset(states):
    return next(i + 1 for i in range(len(states)) if states[i] and 5 * sum(states[i:]) >= 3 * (len(states) - i))


class Conversation(Measures):
    def __init__(self, path, index, raws, texts, id=None, models=(), seed=None, condition=None, fork=None):
        super().__init__([Turn(text) for text in texts])
        self.path, self.index, self.raws, self.fork = path, index, raws, fork
        self.id = f"{path}#{index}" if id is None else id
        self.model = " + ".join(dict.fromkeys(model for model in models if model))
        self.seed, self.duplicate_of = seed, None
        self.folder = os.path.dirname(path) or "."
        self.condition = self.folder if condition is None else condition
        turns, n, numbers = self.turns, self.n, range(1, self.n + 1)
        self.letters, self.novelty, self.zlib_novelty = [turn.letters for turn in turns], [], []
        seen, earlier = set(), b""
        for turn in turns:
            self.novelty.append(Fraction(len(turn.grams - seen), len(turn.grams)))
            ratio = turn.data and Fraction(deflated(turn.data, earlier[-32768:]), deflated(turn.data))
            self.zlib_novelty.append(min(Fraction(1), ratio) if turn.data else None)
            seen |= turn.grams
            earlier = earlier + b"\n" + turn.data if self.novelty[1:] else turn.data
        self.similarity = [None] + [self.s(i, i - 1) for i in numbers[1:]] if turns else []
        minimal = "".join("m" if turn.minimal else "-" for turn in turns)
        self.episodes = [[run.start() + 1, run.end()] for run in re.finditer("m{3,}", minimal)]
        self.escape = bool(self.episodes) and "m" not in minimal[-3:] if turns else None
        self.tail_novelty = mean(self.novelty[-6:])
        self.tail_similarity = mean(self.similarity[1:][-6:])
        self.length_ratio = Fraction(median(self.letters[-6:])) / max(1, self.head) if turns else None
        self.tail_grams = set().union(*(turn.grams for turn in turns[-6:]))


# ---- Many conversations

def analysed(paths, strip=False):
    """Reading: raw is before --strip-thinking; one without a turn is no duplicate, as it has no text to be the same."""
    conversations, first = [Conversation(**found) for found in load(paths, strip)], {}
    for conversation in conversations:
        key = tuple(conversation.raws)
        if key and first.setdefault(key, conversation) is not conversation:
            conversation.duplicate_of, conversation.original = first[key].id, first[key]
    return conversations


def kaplan_meier(conversations):
    times = [(c.onset, True) if c.label in CONVERGED else (c.n, False) for c in conversations]
    survival = Fraction(1)
    for time in sorted({time for time, converged in times if converged}):
        at_risk = sum(other >= time for other, _ in times)
        survival *= 1 - Fraction(times.count((time, True)), at_risk)
        if survival <= Fraction(1, 2):
            return time
    return None


def interval(values):
    values = sorted(values)
    return {"low": values[round(0.025 * (len(values) - 1))], "high": values[round(0.975 * (len(values) - 1))]}


def summarise(name, everything, generator):
    conversations = [c for c in everything if c.label and not c.duplicate_of]
    hits = [c.label in CONVERGED for c in conversations]
    resampled = [sum(generator.choices(hits, k=len(hits))) / len(hits) for _ in range(RESAMPLES)] if hits else []
    pairs = [jaccard(a.tail_grams, b.tail_grams) for i, a in enumerate(conversations) for b in conversations[:i]]
    periods = Counter(c.period for c in conversations if c.label in ("verbatim", "template") and c.period > 0)
    return resampled, {
        "condition": name, "conversations": len(conversations),
        "duplicates": sum(bool(c.duplicate_of) for c in everything),
        "converged": {"rate": mean(hits), **(interval(resampled) if hits else {"low": None, "high": None})},
        "onset_median": kaplan_meier(conversations), "periods": {str(q): periods[q] for q in sorted(periods)},
        "labels": {label: mean([c.label == label for c in conversations]) for label in LABELS},
        "loop_share": mean([c.loop is not None for c in conversations]),
        "escape_share": mean([c.escape for c in conversations]),
        "tail_novelty": mean([c.tail_novelty for c in conversations]), "between_similarity": mean(pairs)}


def usage(name, key, items, counts):
    return [{"condition": name, key: item, "mean": mean([c[item] for c in counts]),
             "percent": 100 * mean([c[item] > 0 for c in counts]), "max": max(c[item] for c in counts)}
            for item in items]


def fork_states(conversation):
    """The label before the fork's own first turn (the message, or the one in its place), and for every turn after that
    whether it is in that state."""
    i, turns = conversation.fork[1], conversation.turns
    if i > len(turns):
        return None, None
    before = Measures(turns[:i - 1])
    limit = {"verbatim": NEAR, "template": ALIKE}.get(before.label)
    in_state = {"minimal": lambda turn: turn.minimal, "degenerate": lambda turn: turn.degenerate,
                "winddown": before.n and before.is_short}.get(before.label)
    if limit:
        def in_state(turn):
            return any(similarity(turn, earlier) >= limit for earlier in before.turns[-6:])
    return before.label, [in_state(turn) for turn in turns[i:]] if in_state else None


def shares(states):
    return {"n": len(states), "share": mean(states)}


def fork_summary(condition, label, arm, members):
    forks = [states for _, states in members]
    persistence = [{"k": k, **shares([states[k - 1] for states in forks if len(states) >= k])}
                   for k in range(1, max(map(len, forks)) + 1)]
    recovered = [holds(states[-6:]) for states in forks if not all(states[:4])]
    return {"condition": condition, "label": label, "forks": len(forks), "persistence": persistence,
            "recovered": shares(recovered), "arm": arm, "trials": len({origin for origin, _ in members}),
            "holds": shares([holds(states[-6:]) for states in forks if len(states) >= 6])}


def fork_differences(condition, label, members):
    """Of trials with forks in both arms, as far as these are long enough; resampled are trials."""
    for k in (1, 2, 4, 8, None):
        trials = {}
        for arm, origin, states in members:
            if len(states) >= (k or 6):
                value = states[k - 1] if k else holds(states[-6:])
                trials.setdefault(origin, {"disturbed": [], "control": []})[arm].append(value)
        trials = [trial for trial in trials.values() if all(trial.values())]
        if not trials:
            continue

        def share(some, arm):
            return shares([value for trial in some for value in trial[arm]])

        def difference(some):
            return share(some, "disturbed")["share"] - share(some, "control")["share"]
        generator = random.Random(SEED)
        resampled = [float(difference(generator.choices(trials, k=len(trials)))) for _ in range(RESAMPLES)]
        yield {"condition": condition, "label": label, "k": k, "trials": len(trials),
               "disturbed": share(trials, "disturbed"), "control": share(trials, "control"),
               "difference": difference(trials), **interval(resampled)}


def forks_of(conversations):
    """Those that count: no duplicates. Where the condition has undisturbed forks, one that is like its trial or another
    fork of that counts, too, unless there was one of the same id."""
    def base(c):
        return c.folder if c.fork[3] is None else c.fork[3]
    compared = {base(c) for c in conversations if c.fork and c.fork[0] == "control"}
    known = set()
    for c in conversations:
        label, states = fork_states(c) if c.fork and c.label else (None, None)
        if states is None:
            continue
        is_new = c.id not in known
        known.add(c.id)
        arm, _, origin, _ = c.fork
        trial = origin[0]
        alike = c.duplicate_of and (c.original.id == trial or c.original.fork and c.original.fork[2][0] == trial)
        if not c.duplicate_of or is_new and alike and base(c) in compared:
            yield c.condition, base(c), label, arm, origin, states


def report(conversations, words):
    generator, rates, result, forks = random.Random(SEED), {}, {}, {}
    groups = {}
    for conversation in conversations:
        groups.setdefault(conversation.condition, []).append(conversation)
    groups = dict(sorted(groups.items(), key=lambda group: group[0].encode()))
    result["bootstrap"] = {"resamples": RESAMPLES, "seed": SEED}
    result["conversations"] = [{**{column: getattr(c, column) for column in COLUMNS if column != "turns"}, "turns": c.n,
                                "letters": c.letters, "novelty": c.novelty, "zlib_novelty": c.zlib_novelty,
                                "similarity": c.similarity} for c in conversations]
    result["conditions"] = []
    for name, members in groups.items():
        rates[name], summary = summarise(name, members, generator)
        result["conditions"].append(summary)
    rate = {c["condition"]: c["converged"]["rate"] for c in result["conditions"]}
    named = [name for name in groups if rates[name]][:12]  # Reading: of more, the first twelve that have a rate.
    pairs = [(a, b) for i, a in enumerate(named) for b in named[i + 1:]]
    result["differences"] = [{"a": a, "b": b, "difference": rate[a] - rate[b],
                              **interval([x - y for x, y in zip(rates[a], rates[b])])}
                             for a, b in pairs]
    result["words"], result["emoji"] = [], []
    counted = [c for c in conversations if c.label and not c.duplicate_of]
    wanted = {canonical(word): word for word in words}
    for c in counted:
        said = (word for turn in c.turns for word in WORD.findall(canonical(turn.said)))
        c.words = Counter(wanted[word] for word in said if word in wanted)
        c.emoji = Counter(cluster for turn in c.turns for cluster in CLUSTER.findall(turn.said) if is_emoji(cluster))
    total = sum((c.emoji for c in counted), Counter())
    most_used = sorted(total, key=lambda emoji: (-total[emoji], emoji))[:10]
    for name in [None, *groups]:
        members = [c for c in counted if name in (None, c.condition)]
        if members:
            result["words"] += usage(name, "word", words, [c.words for c in members])
            result["emoji"] += usage(name, "emoji", most_used, [c.emoji for c in members])
    compared = {}
    for condition, base, label, arm, origin, states in forks_of(conversations):
        forks.setdefault((condition, label, arm), []).append((origin, states))
        compared.setdefault((base, label), []).append((arm, origin, states))
    result["forks"] = [fork_summary(*key, forks[key]) for key in sorted(forks)]
    result["fork_differences"] = [row for key in sorted(compared) for row in fork_differences(*key, compared[key])]
    return result


# ---- Output

def cell(column, conversation):
    value = getattr(conversation, "n" if column == "turns" else column)
    if column == "episodes":
        return ",".join(f"{first}-{last}" for first, last in value)
    if value is None:
        return ""
    if isinstance(value, Fraction):
        return f"{float(value):.3f}"
    value = str(int(value) if isinstance(value, bool) else value)
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def table(conversations):
    return [COLUMNS] + [[cell(column, conversation) for column in COLUMNS] for conversation in conversations]


def main(arguments):
    words, paths = WORDS, []
    while arguments:
        argument = arguments.pop(0)
        if argument == "--words":
            words = arguments.pop(0).split(",")
        elif not argument.startswith("--"):
            paths.append(argument)
        elif argument not in ("--json", "--strip-thinking"):
            sys.exit(f"{argument}: unknown")
    conversations = analysed(paths, "--strip-thinking" in sys.argv)
    if "--json" in sys.argv:
        print(json.dumps(report(conversations, words), default=float, ensure_ascii=False))
    else:
        print("\n".join(map("\t".join, table(conversations))))


if __name__ == "__main__":
    main(sys.argv[1:])
