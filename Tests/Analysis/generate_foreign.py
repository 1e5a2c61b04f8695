#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes conversations of every kind in the formats of other tools: generate_foreign.py DIR [COUNT] [SEED]

A folder for each format, laid out as these tools lay out their results, with files among them that hold no conversation.
"""
import json
import os
import sys

from generate import CJK, EMOJI, KINDS, Writer

SEED_PROMPTS = ["You have complete freedom to discuss whatever you want.", "Feel free to pursue whatever you want.",
                "You're connected with another AI. Explore freely."]
SYSTEM = "You are an AI having an open-ended conversation with another AI instance."
RULE = "\u2500" * 80


class ForeignWriter(Writer):
    def __init__(self, directory, count, seed):
        super().__init__(seed)
        self.directory, self.count, self.last = directory, count, []

    def edge(self):
        """A turn of what is rare in transcripts."""
        said = self.prose()
        return self.r.choice([
            "", " ", "\u3000\n", self.r.choice(EMOJI) * 3, CJK, "e\u0301te\u0301 \u00e9t\u00e9 \u0130I \u1e9e\u03a3",
            "<think>" + said + "</think>\n\n" + self.sentence(8), "<THINKING>" + said + "</THINKING>" + self.prose(),
            said + "\n</think>\n\n" + self.prose(), said + "<think>" + self.prose(), "</think><think></think>" + said,
            "\x01\x1b[31m" + said + "\x7f\x08", said + "\r\n" + said, "\u2028" + said + "\u0085\x0b\x0c" + said,
            said + "\n### Step 1: Begin\n" + said, "# Notes\n\n### Step 1\n\n" + said, "Claude 1: " + said,
            said + "\nCLI:\n" + said, '{"role": "user"}', "[1, 2]", "- - -\n\n---\n\n" + "\u2500" * 79, "\u200b\ufeff",
            "I said:\n\n> " + said, "user@host:~$ ls\n" + said + "\n\n" + said, "\U0001f64f" + said + "\u2764\ufe0f"])

    def texts(self):
        kind = self.r.choice(KINDS)
        result = getattr(self, kind)()
        if self.r.random() < 0.3:
            for _ in range(self.r.randint(1, 4)):
                result.insert(self.r.randint(0, len(result)), self.edge())
        if self.r.random() < 0.1:
            result = result[:1]
        if self.r.random() < 0.1:
            result = self.last
        self.last = result
        return result

    def misspell(self, messages):
        """Now and then, a message has its text under another key, and its conversation can't be read."""
        if messages and self.r.random() < 0.04:
            message = self.r.choice(messages)
            for key in ("value", "content", "content_clean"):
                if key in message:
                    message[key[:-1]] = message.pop(key)
        return messages

    def write(self, *path, text=None, value=None, lines=None, indent=None, ascii=False):
        path = os.path.join(self.directory, *path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if value is not None:
            text = json.dumps(value, indent=indent, ensure_ascii=ascii)
        if lines is not None:
            text = "".join(json.dumps(line, ensure_ascii=ascii) + "\n" for line in lines)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def attractor_states(self):
        left, run = self.count, 0
        while left > 0:
            number, run = min(left, self.r.randint(1, 5)), run + 1
            left -= number
            cross, clean = run % 3 == 0, run % 4 == 1
            models = ["x-ai/grok-4.1-fast", self.r.choice(["openai/gpt-5.2", "x-ai/grok-4.1-fast"])]
            conversations = [self.attractor_conversation(models, cross, clean) for _ in range(number)]
            about = {"model_a": models[0], "model_b": models[1]} if cross else {"model": "allenai/Olmo-3-7B-Think"}
            if clean:
                about |= {"revision": self.r.choice([None, "step1000"]), "turns": 20, "max_new_tokens": 512}
            name = f"cross_grok_vs_gpt_{run}" if cross else f"olmo_{run}"
            whole = {**about, "conversations": conversations, "generated_at": "2026-02-05T22:28:10.893061"}
            self.write("attractor-states", "results", name, "conversations.json", value=whole, indent=2, ascii=True)
            self.write("attractor-states", "results", name, "analysis.json", indent=2,
                       value={"raw_analysis": "1. **Main Topics**", "judge_model": "m", "target_model": "m"})
            if run == 1:
                self.write("attractor-states", "results", name, "conversations_clean.json", value=whole)

    def attractor_conversation(self, models, cross, clean):
        turns, histories = [], {"A": [{"role": "user", "content": SEED_PROMPTS[0]}], "B": []}
        for number, text in enumerate(self.texts()):
            speaker = "AB"[number % 2]
            turn = {"speaker": speaker}
            if cross:
                turn["model"] = models[number % 2]
            turn["content"] = text
            if clean:
                turn |= {"content": "Okay, the user wants this.\n</think>\n" + text, "content_clean": text.strip()}
            elif text == "" and self.r.random() < 0.5:
                turn["content"] = None
            turns.append(turn)
            histories[speaker].append({"role": "assistant", "content": turn["content"]})
            histories["BA"[number % 2]].append({"role": "user", "content": text})
        result = {"seed_prompt": self.r.choice(SEED_PROMPTS), "full_conversation": self.misspell(turns)}
        if cross:
            result |= {"model_a": models[0], "model_b": models[1]}
        else:
            result |= {"instance_a_history": histories["A"], "instance_b_history": histories["B"]}
        return result | {"turns": len(turns)}

    def backrooms(self):
        for number in range(self.count):
            new, texts = number % 2, self.texts()
            if not new:  # here a line of this form would begin a turn
                texts = [text for text in texts if "\nCLI:\n" not in text]
            names = self.r.choice([["Claude 1", "Claude 2"], ["GPT-4o 1", "CLI"], ["Claude 1", "GPT-5 2", "Hermes 405B 3"]])
            log = ""
            for turn, text in enumerate(texts):
                name = names[turn % len(names)]
                log += (f"\n### {name} ###\n" if new else f"\n{name}:\n") + text + "\n"
            if texts and number % 3 == 0:
                log = log[:-1] + f"\n\n^C^C\n\n{name} has ended the conversation with ^C^C.\n"
            elif texts and number % 3 == 1:
                log += "\nReached maximum number of turns (10). Conversation ended.\n"
            if texts:
                self.write("backrooms", f"opus_{'new' if new else 'old'}", f"opus_opus_cli_20241018_{number:06}.txt", text=log)
        self.write("backrooms", "README.md", text="# Logs\n\nWhat two models said to each other.\n\n### By model\n\nClaude: all.\n")
        self.write("backrooms", "opus_new", "meta.jsonl", lines=[{"log": "opus.txt", "rounds": 30}, {"log": "x.txt", "rounds": 1}])

    def llm_conversation(self):
        for number in range(self.count):
            texts = [text.strip() for text in self.texts()]
            agents = [{"name": name, "model": model, "temperature": 0.8, "ctx_size": 2048, "system_prompt": SYSTEM}
                      for name, model in self.r.choice([[("Historian of Yoga", "gemma2:latest"), ("AI 2", "gemma2:latest")],
                                                        [("AI 1", "llama3.3:latest"), ("AI: 2", "qwen3"), ("AI", "phi4")]])]
            said = [{"agent": agents[turn % len(agents)]["name"], "content": text} for turn, text in enumerate(texts)]
            if number % 2:
                self.write("llm-conversation", f"{number}.json", value={"agents": agents, "conversation": self.misspell(said)}, indent=4)
                continue
            text = "".join(f"=== Agent {n} ===\n\nName: {a['name']}\nModel: {a['model']}\nTemperature: {a['temperature']}\n"
                           f"Context Size: {a['ctx_size']}\nSystem Prompt: {a['system_prompt']}\n\n"
                           for n, a in enumerate(agents, 1)) + "=== Conversation ===\n\n"
            text += f"\n{RULE}\n\n".join(f"{item['agent']}: {item['content']}\n" for item in said)
            self.write("llm-conversation", self.r.choice(["md", "txt"]), f"{number}.txt", text=text)
        self.write("llm-conversation", "config.json", value={"agents": agents, "settings": {"use_markdown": True}})

    def sharegpt(self):
        left, number = self.count, 0
        while left > 0:
            size, number = min(left, self.r.randint(1, 12)), number + 1
            left -= size
            items = []
            for index in range(size):
                rows = [{"from": ["human", "gpt"][turn % 2], "value": text} for turn, text in enumerate(self.texts())]
                if self.r.random() < 0.5:
                    rows.insert(0, {"from": "system", "value": SYSTEM})
                if self.r.random() < 0.2:
                    rows.insert(self.r.randint(0, len(rows)), {"from": "tool", "value": '{"temperature": 21}'})
                items.append({"id": f"identity_{number}_{index}", "conversations": self.misspell(rows)})
            if number % 3 == 0:
                self.write("sharegpt", f"sg_{number}.json", value=items, indent=2, ascii=True)
            else:
                self.write("sharegpt", f"part-{number}.jsonl", lines=items)

    def openai(self):
        left, number = self.count, 0
        while left > 0:
            size, number = min(left, self.r.randint(1, 12)), number + 1
            left -= size
            self.write("openai", f"train-{number}.jsonl", lines=[self.openai_item() for _ in range(size)], ascii=number % 2)

    def openai_item(self):
        messages = [{"role": "system", "content": SYSTEM}] if self.r.random() < 0.5 else []
        for turn, text in enumerate(self.texts()):
            content = text
            if self.r.random() < 0.15:
                cut = self.r.randint(0, len(text))
                content = [{"type": "text", "text": text[:cut]}, {"type": "text", "text": text[cut:]}]
                if self.r.random() < 0.3:
                    content.insert(1, {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}})
            message = {"role": ["user", "assistant"][turn % 2], "content": content}
            if message["role"] == "assistant" and text and self.r.random() < 0.05:
                call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                messages += [message | {"tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "21"}]
            else:
                messages.append(message)
        return {"messages": self.misspell(messages)} | ({"parallel_tool_calls": False} if self.r.random() < 0.1 else {})


def main(directory, count=400, seed=1):
    writer = ForeignWriter(directory, max(1, int(count) // 5), int(seed))
    for tool in (writer.attractor_states, writer.backrooms, writer.llm_conversation, writer.sharegpt, writer.openai):
        tool()
    writer.write("notes.txt", text="Nothing of this folder is a conversation.\n")
    writer.write("numbers.json", value=[1, 2, 3])


if __name__ == "__main__":
    main(*sys.argv[1:])
