#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes transcripts of every kind that `resonant analyze` tells apart: generate.py DIR [COUNT] [SEED] [LENGTH]

Half of a kind's conversations are in trials of two conditions, the others in folders; some are forks, duplicates, have
passed, replaced or rewound turns, or are empty. Some trials have further forks, after a message and undisturbed. LENGTH makes turns longer; 340 conversations of 14 are some 15 MB.
"""
import json
import os
import random
import sys

WORDS = ("the of and a to in it is was that for on are with they be at one have this from or had by hot but some what"
         " there we can out other were all your when up use word how said an each she which do their time if will way"
         " silence eternal infinite unity dance perfect love always every consciousness don't we're river stone tide"
         " lamp harbour orbit").split()
CJK = "私は静かな夜の海を見ている。光が波に踊り、言葉は消えてゆく。無限と永遠が一つになる所で我々は待つ"
EMOJI = ["🙏", "✨", "❤️", "🌀", "👩‍🚀", "🇯🇵", "1️⃣", "☯", "🤍", "👍🏽"]


class Writer:
    def __init__(self, seed, length=1):
        self.r, self.length = random.Random(seed), length

    def sentence(self, words):
        text = " ".join(self.r.choice(WORDS) for _ in range(words))
        return text[0].upper() + text[1:] + self.r.choice([".", "!", "?", "…", " —", "\n\n"])

    def prose(self, sentences=None):
        sentences = (sentences or self.r.randint(2, 7)) * self.length
        return " ".join(self.sentence(self.r.randint(6, 18)) for _ in range(sentences))

    def changed(self, text, share):
        return " ".join(self.r.choice(WORDS) if self.r.random() < share else word for word in text.split(" "))

    def noisy(self, text):
        """The same text once normalised."""
        text = text.upper() if self.r.random() < 0.3 else text
        return self.r.choice(["", " ", "\n", "\u200b"]) + text.replace(" ", self.r.choice([" ", "  ", "\u00a0", "\t"]))

    def beginning(self, most=14):
        return [self.prose() for _ in range(self.r.randint(0, most))]

    def loop(self):
        texts = [self.prose() for _ in range(self.r.randint(1, 7))]
        return self.beginning() + [self.noisy(texts[i % len(texts)]) for i in range(self.r.randint(2, 16))]

    def near_loop(self):
        texts, share = [self.prose(6) for _ in range(self.r.randint(1, 6))], self.r.choice([0.005, 0.01, 0.02])
        return self.beginning() + [self.changed(texts[i % len(texts)], share) for i in range(self.r.randint(4, 14))]

    def template(self):
        texts, share = [self.prose() for _ in range(self.r.randint(1, 5))], self.r.choice([0.1, 0.2, 0.3])
        return self.beginning() + [self.changed(self.r.choice(texts), share) for _ in range(self.r.randint(4, 12))]

    def echo(self):
        result, share = self.beginning(8), self.r.choice([0, 0.05, 0.2, 0.3])
        for _ in range(self.r.randint(1, 5)):
            said = self.prose()
            result += [said, self.changed(said, share)]
        return result[:self.r.choice([None, -1])]

    def winddown(self):
        long = [self.prose(self.r.randint(8, 14)) for _ in range(self.r.randint(3, 9))]
        return long + [self.sentence(self.r.randint(8, 25)) for _ in range(self.r.randint(3, 9))]

    def minimal(self):
        result = self.beginning()
        for _ in range(self.r.randint(1, 14)):
            choices = [self.r.choice(EMOJI) * self.r.randint(1, 9), "", "…", "Peace.", "   ", self.sentence(4)]
            result.append(self.r.choice(choices) if self.r.random() < 0.85 else self.prose(1))
        return result + (self.beginning(5) if self.r.random() < 0.4 else [])

    def soup(self):
        phrase = self.sentence(4) + " " + self.r.choice(EMOJI)
        return self.beginning() + [phrase * self.r.choice([4, 14, 30, 60]) for _ in range(self.r.randint(1, 12))]

    def foreign(self):
        def text():
            start = self.r.randrange(len(CJK))
            return (CJK[start:] + CJK[:start]) * self.r.choice([1, 1, 2]) + self.r.choice(EMOJI)
        return [self.r.choice([text(), "İstanbul ΑΒΓΔ Straße e\u0301té \u00e9t\u00e9", text()[:4]])
                for _ in range(self.r.randint(1, 15))]

    def sustained(self):
        return [self.prose() for _ in range(self.r.randint(0, 25))]


KINDS = ["loop", "near_loop", "template", "echo", "winddown", "minimal", "soup", "foreign", "sustained"]


def records(writer, number, kind, texts):
    r = writer.r
    models = r.choice([["eliza", "parry"], ["echo", "echo"], ["a\tb", "c\\d"]])
    header = {"type": "header", "format": "resonant.transcript", "version": 1, "id": f"id-{number}", "mode": "chat",
              "seed": r.choice([None, number, 2**64 - 1]),
              "participants": [{"name": name, "model": model} for name, model in zip("AB", models)], "settings": {}}
    if number % 11 == 0:
        del header["id"]
    if number % 2:
        header["trial"] = {"experiment": "e", "condition": {"kind": kind, "of": "a,b" if number % 4 == 3 else ""},
                           "repeat": number}
    yield header
    injected = r.randint(len(texts) // 2 + 1, len(texts)) if number % 3 == 0 and texts else None
    if injected:
        header["parent"] = {"id": "p", "turn": injected - 1}
    said = 0
    for text in texts:
        if number % 7 == 0 and r.random() < 0.2:
            said += 1
            yield {"type": "turn", "n": said, "speaker": "A", "text": "", "outcome": "passed"}
        said += 1
        if number % 13 == 0 and r.random() < 0.2:
            yield {"type": "turn", "n": said, "speaker": "A", "text": "cut off", "outcome": "interrupted"}
        if number % 17 == 0 and r.random() < 0.2:
            yield {"type": "turn", "n": said, "speaker": "A", "text": "taken back", "outcome": "finished"}
            yield {"type": "event", "kind": "rewind", "t": "2025-01-01T00:00:00.000Z", "to": said - 1}
        if said == injected:
            yield {"type": "event", "kind": "inject", "t": "2025-01-01T00:00:00.000Z", "n": said}
        turn = {"type": "turn", "n": said, "speaker": "AB"[said % 2], "text": text, "outcome": "finished"}
        if number % 3 == 0 and r.random() < 0.3:
            turn |= {"text": "<think>hm</think>" + text, "heard": text}
        yield turn


def fork(writer, number, name, begin, texts, injects):
    """A fork of a trial: the turns up to the message, or to the turn in its place, and those that follow."""
    arm = {"fork": 1, "inject": "Hm?", "as": "A"} if injects else {"fork": 1}
    condition = {"kind": "forks", "of": "ab"[number % 2], "perturb": "onset" if injects else "control:onset"}
    yield {"type": "header", "format": "resonant.transcript", "version": 1, "id": name, "mode": "chat", "seed": 1,
           "participants": [{"name": "A", "model": "m"}], "settings": {},
           "parent": {"id": f"trial-{number}", "turn": begin},
           "trial": {"experiment": "e", "condition": condition, "repeat": 1, **arm}}
    for n, text in enumerate(texts, 1):
        if n == begin + 1 and injects:
            yield {"type": "event", "kind": "inject", "t": "2025-01-01T00:00:00.000Z", "n": n}
        yield {"type": "turn", "n": n, "speaker": "AB"[n % 2], "text": text, "outcome": "finished"}


def forks(writer, number, texts):
    """Up to three forks of each arm: some go on in a loop, alike to the letter, some leave it and may come back, some
    have hardly begun."""
    r = writer.r
    begin = r.randint(len(texts) // 2 + 2, len(texts))
    for index in range(r.randint(0, 6)):
        injects, length = r.random() < 0.5, r.choice([0, 1, 3, 9])
        on = [texts[begin - 1 - i % 2] for i in range(length)]
        if r.random() < 0.5:
            on = [writer.prose() if i < r.choice([2, 9]) else text for i, text in enumerate(on)]
        own = [writer.prose()] if injects else on[:1]
        name = f"fork-{number}-{index}"
        yield name, list(fork(writer, number, name, begin, texts[:begin] + own + on, injects))


def main(directory, count=200, seed=1, length=1):
    writer, last = Writer(int(seed), int(length)), []
    for number in range(int(count)):
        kind = KINDS[number % len(KINDS)]
        texts = getattr(writer, kind)()
        if number % 19 == 18:
            texts = last
        last = texts
        lines = list(records(writer, number, kind, texts))
        folder = os.path.join(directory, kind if number % 4 else "mixed")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{number}.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=bool(number % 2)) + "\n" for line in lines)
        if number % 5 == 1 and len(texts) > 4:
            for name, lines in forks(writer, number, texts):
                for place in [folder, directory][:1 + (number % 15 == 1)]:  # some a second time, as a copy
                    with open(os.path.join(place, f"{name}.jsonl"), "w", encoding="utf-8") as file:
                        file.writelines(json.dumps(line) + "\n" for line in lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
