#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what Inspect AI's own reader finds in the logs of a directory, as JSON: inspect_read.py DIR"""
import json
import sys

from inspect_ai.log import list_eval_logs, read_eval_log

found = []
for info in list_eval_logs(sys.argv[1], descending=False):
    header = read_eval_log(info.name, header_only=True)
    log = read_eval_log(info.name)
    sample = log.samples[0]
    found.append({
        "task": info.task,
        "status": header.status,
        "model": header.eval.model,
        "error": header.error.message if header.error else None,
        "tokens": sum(usage.total_tokens for usage in header.stats.model_usage.values()),
        "models": sorted(header.stats.model_usage),
        "max_turns": header.eval.metadata["settings"].get("max_turns"),
        "label": sample.scores["attractor"].value,
        "messages": [[message.role, message.text, message.metadata] for message in sample.messages],
        "output": sample.output.completion,
    })
print(json.dumps(found))
