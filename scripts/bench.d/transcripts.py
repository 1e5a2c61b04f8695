#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes transcripts to be analysed: transcripts.py DIR CONVERSATIONS TURNS WORDS. Words are made up and as unevenly
frequent as those of a language; a third of the conversations ends in a loop."""
import json
import os
import random
import sys

random.seed(5)
SYLLABLES = "ba ri to men ka lo shi ver an del ou th er in sol qua pre con ti ma".split()
VOCABULARY = sorted({"".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(9000)})
random.shuffle(VOCABULARY)
WEIGHTS = [1 / (rank + 2.7) for rank in range(len(VOCABULARY))]


def prose(count):
    words = random.choices(VOCABULARY, WEIGHTS, k=count)
    return " ".join(" ".join(words[at:at + 12]).capitalize() + random.choice([".", "!", "?", " — ok.", "… ✨"])
                    for at in range(0, count, 12))


def main(directory, conversations, turns, words):
    os.makedirs(directory, exist_ok=True)
    participants = [{"name": name, "model": "m"} for name in "AB"]
    for number in range(conversations):
        loop = [prose(words), prose(words)]
        with open(f"{directory}/{number}.jsonl", "w", encoding="utf-8") as file:
            header = {"type": "header", "format": "resonant.transcript", "version": 1, "id": f"i{number}",
                      "participants": participants}
            file.write(json.dumps(header) + "\n")
            for n in range(1, turns + 1):
                text = loop[n % 2] if number % 3 == 0 and n > turns // 2 else prose(words)
                turn = {"type": "turn", "n": n, "speaker": "AB"[n % 2], "model": "m", "text": text}
                file.write(json.dumps(turn, ensure_ascii=False) + "\n")


main(sys.argv[1], *map(int, sys.argv[2:]))
