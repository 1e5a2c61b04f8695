#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a tiny llama-architecture GGUF with weights made here (no download).

The residual stream is a one-hot of the token (attention and FFN weights are zero),
and the output matrix holds log bigram probabilities counted from the toy corpus below,
so llama.cpp runs the whole real path (tokenise, KV cache, sampler, chat template,
tool-call and reasoning parsers) and what it samples is readable, ends by itself
(end-of-turn token), and costs next to nothing.

usage: make_tiny_gguf.py OUT.gguf [--seed N] [--ctx N]
needs nothing but Python 3; writes GGUF v3 by hand
"""
import argparse, random, re, math, struct
from array import array

ap = argparse.ArgumentParser()
ap.add_argument("out")
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--ctx", type=int, default=4096)
ap.add_argument("--merges", type=int, default=260)
ap.add_argument("--plain-template", action="store_true", help="no tools, no thinking")
ap.add_argument("--think", choices=["no", "open", "emit"], nargs="?", default="no", const="open",
                help="open: the chat template opens <think> (llama.cpp); emit: the model says <think> itself (Ollama)")
ap.add_argument("--tool-json", action="append", default=[],
                help='a whole tool call the model says after <tool_call>, e.g. {"name": "leave", "arguments": {}}')
ap.add_argument("--tool-rate", type=float, default=0.0, help="chance that a reply opens with <tool_call> by itself")
ap.add_argument("--arch", default="llama", choices=["llama", "gpt2"])
ap.add_argument("--heads", type=int, default=4)
ap.add_argument("--strict-roles", action="store_true",
                help="template raises unless user/assistant alternate (like Mistral, Gemma)")
A = ap.parse_args()
rnd = random.Random(A.seed)

# ---- toy corpus -----------------------------------------------------------
NAMES = ["Ada", "Ben", "the host", "our guest", "the judge", "the critic"]
VERBS = ["thinks", "says", "asks", "hopes", "doubts", "argues"]
OBJ = ["the sea is calm", "a good plan wins", "tea is better than coffee",
       "the moon is far", "nobody knows", "we should vote", "the answer is simple",
       "it may rain tomorrow", "the café is closed", "the 世界 is wide", "this is fine 🙂"]
THOUGHTS = ["hmm", "let me ponder", "first consider", "wait", "perhaps", "okay"]
def thought():
    return "".join(" " + rnd.choice(THOUGHTS) + "," for _ in range(3 + int(rnd.random() * 6))) + " done:"
LINK = ["and", "but", "so", "because"]
def sentence():
    s = f"{rnd.choice(NAMES)} {rnd.choice(VERBS)} that {rnd.choice(OBJ)}"
    if rnd.random() < .4:
        s += f" {rnd.choice(LINK)} {rnd.choice(OBJ)}"
    return s[0].upper() + s[1:] + rnd.choice([".", ".", ".", "!", "?"])
TURN_END, THINK, END_THINK, TOOL, END_TOOL = "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>"
docs = []
for _ in range(700):
    n = 1 + int(rnd.random() * 3)
    docs.append(" ".join(sentence() for _ in range(n)))
thoughts = [thought() for _ in range(300)]

# ---- byte-level BPE -------------------------------------------------------
def bytes_to_unicode():
    bs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    cs, n = bs[:], 0
    for b in range(256):
        if b not in bs:
            bs.append(b); cs.append(256 + n); n += 1
    return dict(zip(bs, map(chr, cs)))
B2U = bytes_to_unicode()
enc = lambda s: "".join(B2U[b] for b in s.encode())
PRE = re.compile(r" ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+(?!\S)|\s+")
words = {}
EXTRA = ' {"name": "arguments": "text": "reason": "true" "false"}\n' * 20
for d in docs + thoughts + [EXTRA]:
    for w in PRE.findall(d):
        k = tuple(enc(w)); words[k] = words.get(k, 0) + 1
merges = []
for _ in range(A.merges):
    pairs = {}
    for w, c in words.items():
        for a, b in zip(w, w[1:]):
            pairs[a, b] = pairs.get((a, b), 0) + c
    # do not merge across utf-8 sequences so that several-byte characters stay split
    pairs = {p: c for p, c in pairs.items() if all(ord(ch) < 128 or ch in (B2U[32], B2U[10]) for ch in p[0] + p[1])}
    if not pairs: break
    best = max(pairs, key=lambda p: (pairs[p], p)); merges.append(best)
    new = {}
    for w, c in words.items():
        out, i = [], 0
        while i < len(w):
            if i + 1 < len(w) and (w[i], w[i + 1]) == best:
                out.append(w[i] + w[i + 1]); i += 2
            else:
                out.append(w[i]); i += 1
        new[tuple(out)] = new.get(tuple(out), 0) + c
    words = new
rank = {m: i for i, m in enumerate(merges)}
SPECIAL = [("<|endoftext|>", 3), ("<|im_start|>", 3), (TURN_END, 3),
           (THINK, 4), (END_THINK, 4), (TOOL, 4), (END_TOOL, 4)]
SPECIAL += [("\n" + t + "\n", 4) for t in A.tool_json]
tokens = [t for t, _ in SPECIAL] + [B2U[b] for b in range(256)]
for a, b in merges:
    if a + b not in tokens: tokens.append(a + b)
ttype = [k for _, k in SPECIAL] + [1] * (len(tokens) - len(SPECIAL))
while len(tokens) % 64:
    tokens.append(f"<|unused{len(tokens)}|>"); ttype.append(5)
ID = {t: i for i, t in enumerate(tokens)}
def bpe(text):
    out = []
    for w in PRE.findall(text):
        p = list(enc(w))
        while len(p) > 1:
            r, i = min((rank.get((p[i], p[i + 1]), 1 << 30), i) for i in range(len(p) - 1))
            if r == 1 << 30: break
            p[i:i + 2] = [p[i] + p[i + 1]]
        out += [ID[x] for x in p]
    return out

# ---- bigram table ---------------------------------------------------------
V = len(tokens); NS = len(SPECIAL)
C = [[1e-9] * NS + [1e-4] * (V - NS) for _ in range(V)]  # special tokens come only where counted
def count(seq, w=1.0):
    for a, b in zip(seq, seq[1:]): C[a][b] += w
nl = ID[B2U[10]]; quote = ID['"']
for d in docs:
    t = bpe(d)
    count([nl] + t + [ID[TURN_END]])
    # inside JSON strings: a quote opens words and words may close with a quote
    for a in t: C[a][quote] += .05 if A.tool_rate else .0005
    C[quote][t[0]] += 1
for d in thoughts: count([ID[THINK]] + bpe(d) + [ID[END_THINK]])
for d in docs: count([ID[END_THINK]] + (bpe(d)[:1] if A.think == "emit" else [nl]))
for t, _ in SPECIAL[7:]: count([ID[TOOL], ID[t]], 50); count([ID[t], ID[END_TOOL]], 50)
if not A.tool_json: count([ID[TOOL], nl], 50)
count([ID[END_TOOL], ID[TURN_END]], 50)
if A.think == "emit": C[nl][ID[THINK]] = sum(C[nl]) * 50
if A.tool_rate:
    for b in [nl] + [ID[c] for c in ".!?"]: C[b][ID[TOOL]] = sum(C[b]) * A.tool_rate / (1 - A.tool_rate)
for row in C:
    for i in range(V):
        if ttype[i] == 5: row[i] = 1e-9
    row[ID["<|im_start|>"]] = 1e-9
    if sum(row) < 1: row[ID[enc(" the")]] += 1             # never-seen token: a word follows

# ---- weights: one-hot embedding, zero blocks, bigram logits ----------------
E = V; HEADS = A.heads; FF = 64; L = 2
f32 = lambda xs: array("f", xs).tobytes()
zero = lambda *s: bytes(4 * math.prod(s))
emb = b"".join(zero(i) + f32([1.0]) + zero(E - 1 - i) for i in range(V))
logp = [[math.log(x / t) for x in row] for row in C for t in [sum(row)]]
out = b"".join(f32(col) for col in zip(*logp))         # row = next token, column = previous token
norm = f32([1 / math.sqrt(E)] * E)                     # RMSNorm of a one-hot is sqrt(E) at the hot place

TEMPLATE_STRICT = """{%- for m in messages %}{%- if m.role == 'system' and not loop.first %}{{ raise_exception('System message must be at the beginning.') }}{%- endif %}{%- endfor %}
{%- set ns = namespace(last='assistant') %}
{%- for m in messages %}{%- if m.role != 'system' %}{%- if m.role == ns.last %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{%- endif %}{%- set ns.last = m.role %}{%- endif %}{%- endfor %}
"""
TEMPLATE_PLAIN = """{%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{%- endif %}"""
TEMPLATE = """{%- if tools %}
{{- '<|im_start|>system\\n' }}
{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
{{- "# Tools\\n\\nYou may call one or more functions to assist with the user query.\\n\\nYou are provided with function signatures within <tools></tools> XML tags:\\n<tools>" }}
{%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
{{- "\\n</tools>\\n\\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\\n<tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}
{%- else %}
{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}
{%- endif %}
{%- for message in messages %}
{%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
{%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
{{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
{%- elif message.role == "assistant" %}
{{- '<|im_start|>assistant\\n' }}
{%- if message.reasoning_content is string and message.reasoning_content %}{{- '<think>\\n' + message.reasoning_content.strip('\\n') + '\\n</think>\\n\\n' }}{%- endif %}
{{- content }}
{%- if message.tool_calls %}
{%- for tool_call in message.tool_calls %}
{%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
{%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
{{- '<tool_call>\\n{"name": "' }}{{- tool_call.name }}{{- '", "arguments": ' }}
{%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
{{- '}\\n</tool_call>' }}
{%- endfor %}
{%- endif %}
{{- '<|im_end|>\\n' }}
{%- elif message.role == "tool" %}
{%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
{{- '\\n<tool_response>\\n' + content + '\\n</tool_response>' }}
{%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\\n' }}{%- endif %}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- elif OPEN_THINK %}{{- '<think>' }}{%- endif %}
{%- endif %}"""
TEMPLATE = TEMPLATE.replace("OPEN_THINK", "true" if A.think == "open" else "false")
tmpl = TEMPLATE_PLAIN if (A.plain_template or A.strict_roles) else TEMPLATE
if A.strict_roles: tmpl = TEMPLATE_STRICT + tmpl

# ---- GGUF v3 file ---------------------------------------------------------
U32, F32, BOOL, STR, ARR, I32 = 4, 6, 7, 8, 9, 5
st = lambda s: struct.pack("<Q", len(s.encode())) + s.encode()
def val(t, v):
    return {U32: lambda: struct.pack("<I", v), I32: lambda: struct.pack("<i", v), F32: lambda: struct.pack("<f", v),
            BOOL: lambda: struct.pack("<?", v), STR: lambda: st(v)}[t]()
kv = []
def put(k, t, v): kv.append(st(k) + struct.pack("<I", t) + val(t, v))
def arr(k, t, vs): kv.append(st(k) + struct.pack("<IIQ", ARR, t, len(vs)) + b"".join(val(t, v) for v in vs))
a = A.arch
put("general.architecture", STR, a); put("general.name", STR, "tiny-bigram"); put("general.file_type", U32, 0)
for k, v in (("context_length", A.ctx), ("embedding_length", E), ("block_count", L), ("feed_forward_length", FF),
             ("attention.head_count", HEADS), ("attention.head_count_kv", HEADS), ("vocab_size", V)): put(f"{a}.{k}", U32, v)
if a == "llama": put("llama.rope.dimension_count", U32, E // HEADS); put("llama.attention.layer_norm_rms_epsilon", F32, 1e-6)
else: put("gpt2.attention.layer_norm_epsilon", F32, 1e-9)
put("tokenizer.ggml.model", STR, "gpt2"); put("tokenizer.ggml.pre", STR, "gpt-2")
arr("tokenizer.ggml.tokens", STR, tokens); arr("tokenizer.ggml.token_type", I32, ttype)
arr("tokenizer.ggml.merges", STR, [f"{x} {y}" for x, y in merges])
for k, t in (("eos", TURN_END), ("bos", "<|endoftext|>"), ("padding", "<|endoftext|>")): put(f"tokenizer.ggml.{k}_token_id", U32, ID[t])
put("tokenizer.ggml.add_bos_token", BOOL, False); put("tokenizer.chat_template", STR, tmpl)
ts = []
def T(name, data, *shape): ts.append((name, data, shape)); assert len(data) == 4 * math.prod(shape), name
ones = f32([1.0] * E)
T("token_embd.weight", emb, E, V); T("output.weight", out, E, V)
if a == "llama": T("output_norm.weight", norm, E)
else:                                                  # LayerNorm: same trick with its mean and spread
    T("output_norm.weight", f32([math.sqrt((1 / E) * (1 - 1 / E))] * E), E)
    T("output_norm.bias", f32([1 / E] * E), E); T("position_embd.weight", zero(A.ctx, E), E, A.ctx)
for i in range(L):
    b = f"blk.{i}."
    T(b + "attn_norm.weight", ones, E); T(b + "ffn_norm.weight", ones, E)
    if a == "llama":
        for n in ("attn_q", "attn_k", "attn_v", "attn_output"): T(b + n + ".weight", zero(E, E), E, E)
        T(b + "ffn_gate.weight", zero(FF, E), E, FF); T(b + "ffn_up.weight", zero(FF, E), E, FF); T(b + "ffn_down.weight", zero(E, FF), FF, E)
    else:
        T(b + "attn_norm.bias", zero(E), E); T(b + "ffn_norm.bias", zero(E), E)
        T(b + "attn_qkv.weight", zero(3 * E, E), E, 3 * E); T(b + "attn_qkv.bias", zero(3 * E), 3 * E)
        T(b + "attn_output.weight", zero(E, E), E, E); T(b + "attn_output.bias", zero(E), E)
        T(b + "ffn_up.weight", zero(FF, E), E, FF); T(b + "ffn_up.bias", zero(FF), FF)
        T(b + "ffn_down.weight", zero(E, FF), FF, E); T(b + "ffn_down.bias", zero(E), E)
head = struct.pack("<4sIQQ", b"GGUF", 3, len(ts), len(kv)) + b"".join(kv); off = 0
for name, data, shape in ts:
    head += st(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", d) for d in shape) + struct.pack("<IQ", 0, off)
    off += -(-len(data) // 32) * 32
with open(A.out, "wb") as f:
    f.write(head + bytes(-len(head) % 32))
    for _, data, _ in ts: f.write(data + bytes(-len(data) % 32))
print(f"{A.out}: vocab {V}, merges {len(merges)}, embd {E}")
