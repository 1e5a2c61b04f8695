# SPDX-License-Identifier: MIT
"""Files for check.py: transcripts, and what other tools write."""
import json
import os
import re
import sys

from check_text import strip_thinking


def own(path, records):
    header, turns, inject = records[0], {}, None
    for record in records[1:]:
        if record["type"] == "turn":
            turns[record["n"]] = record
        elif record["type"] == "event" and record.get("kind") == "rewind":
            turns = {n: turn for n, turn in turns.items() if n <= record["to"]}
            inject = inject if inject and inject <= record["to"] else None
        elif record["type"] == "event" and record.get("kind") == "inject":
            inject = record["n"]
    kept = [n for n in sorted(turns) if turns[n].get("outcome") != "passed"]
    texts = [turns[n]["text"] if turns[n].get("heard") is None else turns[n]["heard"] for n in kept]
    trial, parent = header.get("trial"), header.get("parent")
    models = [participant.get("model") for participant in header.get("participants", [])]
    yield dict(raws=texts, id=header.get("id"), models=models, seed=header.get("seed"),
               condition=trial and named(path, trial["condition"]), fork=fork(path, trial, parent, kept, inject))


def named(path, values):
    """Reading: where no key but `perturb` tells conditions apart, the folder does."""
    names = [f"{key}={shown(value)}" for key, value in values.items()]
    return ",".join(names if set(values) - {"perturb"} else [os.path.dirname(path) or ".", *names])


def fork(path, trial, parent, kept, inject):
    """The arm, the turn from which on a fork is its own, what it is a fork of, and the condition without `perturb`."""
    if not parent:
        return None
    base = trial and named(path, {key: value for key, value in trial["condition"].items() if key != "perturb"})
    origin = parent["id"], parent["turn"]
    if inject is not None:
        return ("disturbed", kept.index(inject) + 1, origin, base) if inject in kept else None
    if trial and "fork" in trial and "inject" not in trial:
        return "control", sum(n <= parent["turn"] for n in kept) + 1, origin, base
    return None


def shown(value):
    """Reading: a text with a comma or quotation mark is quoted, lest two conditions look the same."""
    return value if isinstance(value, str) and not re.search('[,"]', value) else json.dumps(value, ensure_ascii=False)


def imported(path, values):
    """Conversations of other tools' JSON; None if it is not theirs."""
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if not values or not all(isinstance(value, dict) for value in values):
        return None
    # A conversation is not read if a text is missing in it, rather than null; the numbers of the others stay.
    first, found = values[0], []
    if isinstance(first.get("conversation"), list):
        for value in values:
            models = [agent.get("model") for agent in value.get("agents", [])]
            found.append(readable([m["content"] or "" if "content" in m else None for m in value["conversation"]], models))
    elif isinstance(first.get("messages"), list):
        for value in values:
            found.append(readable([joined(m) for m in value["messages"] if m["role"] != "tool"],
                                  [value.get("model")], [said(m["role"]) for m in value["messages"] if m["role"] != "tool"]))
    elif isinstance(first.get("conversations"), list):
        if any("full_conversation" in conversation for conversation in first["conversations"]):
            if os.path.basename(path) != "conversations.json":
                return None
            models = [first.get("model_a"), first.get("model_b")]
            for c in first["conversations"]:
                texts = [m["content_clean"] if m.get("content_clean") is not None
                         else m["content"] or "" if "content" in m else None for m in c["full_conversation"]]
                found.append(readable(texts, models if any(models) else [first.get("model")]))
        else:
            for value in values:
                texts = [m["value"] or "" if "value" in m else None for m in value["conversations"] if m["from"] != "tool"]
                found.append(readable(texts, [value.get("model")],
                                      [said(m["from"]) for m in value["conversations"] if m["from"] != "tool"]))
    return found if any(found) else None


def readable(texts, models, turns=None):
    """None if a text is missing; `turns` tells which of the texts are turns."""
    if None in texts:
        return None
    return dict(raws=[text for text, turn in zip(texts, turns or [True] * len(texts)) if turn], models=models)


def said(role):
    return role not in ("system", "tool")


def joined(message):
    content = message.get("content")
    if "content" not in message and "tool_calls" not in message:
        return None
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return content or ""


def imported_text(text):
    if re.search("^=== Conversation ===$", text, re.M):
        head, body = re.split("^=== Conversation ===$", text, 1, re.M)
        names = sorted(re.findall("^Name: (.*)$", head, re.M), key=len, reverse=True)
        pieces = re.split("\n\n?" + "\u2500" * 80 + "\n\n?", body.removeprefix("\n").removeprefix("\n"))
        name = re.compile("|".join(re.escape(n + ": ") for n in names) or "[^\n]*?: ")
        texts = [name.sub("", piece, 1) if name.match(piece) else piece for piece in pieces]
        models = re.findall("^Model: (.*)$", head, re.M)
        return [dict(raws=[t.removesuffix("\n") for t in texts] if body.strip() else [], models=models)]
    for header in (r"### .+ ###", r".+ \d+:|CLI:"):
        begins = r"(?:\A\n*|(?<=\n\n))(?:%s)(?:\n|\Z)" % header
        if re.match(begins, text):
            text = re.sub(r"\n\n(.+ has ended the conversation with \^C\^C\.|Reached maximum number of turns \(.*\)\. "
                          r"Conversation ended\.)\n*\Z", "\n", text)
            return [dict(raws=[turn.strip() for turn in re.split(begins, text)[1:]])]
    return None


def read(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except UnicodeDecodeError:
        return None
    try:
        values = [json.loads(text)]
    except ValueError:
        values, lines = [], [line for line in text.split("\n") if line.strip()]
        for number, line in enumerate(lines):
            try:
                values.append(json.loads(line))
            except ValueError:
                if number + 1 < len(lines) or not values:  # a torn last line is left out
                    return imported_text(text)
    first = values[0]
    if isinstance(first, dict) and first.get("format") == "resonant.transcript":
        return list(own(path, values))
    return imported(path, values)


def load(paths, strip):
    files = {}
    for path in paths:
        inside = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        files |= dict.fromkeys(inside, True) if os.path.isdir(path) else {path: False}
    for path in sorted(files, key=os.fsencode):
        found = read(path)
        if found is None and not files[path]:
            sys.exit(f"{path}: not recognised")
        for index, conversation in enumerate(found or []):
            if conversation is None:
                continue
            texts = [strip_thinking(raw) for raw in conversation["raws"]] if strip else conversation["raws"]
            yield {"path": path, "index": index, "texts": texts, **conversation}
