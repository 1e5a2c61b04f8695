#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""llama.cpp's own HTTP server, out of the PyPI wheel `xllamacpp`, on loopback.

usage: llama_server.py MODEL.gguf PORT [--alias NAME] [--key KEY] [--ctx N] [--slots N] [--predict N]

Prints `READY URL` when it listens and runs until it is killed.
"""
import argparse
import signal

import xllamacpp

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("port", type=int)
parser.add_argument("--alias", help="name of the model")
parser.add_argument("--key", help="bearer key that requests must carry")
parser.add_argument("--ctx", type=int, default=16384, help="context of all slots together, in tokens")
parser.add_argument("--slots", type=int, default=2, help="requests served at once")
parser.add_argument("--predict", type=int, default=200, help="longest reply, in tokens")
options = parser.parse_args()

params = xllamacpp.CommonParams()
params.model.path = options.model
params.hostnames = ["127.0.0.1"]
params.port = options.port
params.n_ctx = options.ctx
params.n_parallel = options.slots
params.n_predict = options.predict
params.n_batch = params.n_ubatch = 256
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.warmup = False
params.use_jinja = True
params.kv_unified = False
params.cache_ram_mib = 0
params.endpoint_slots = True
if options.alias:
    params.model_alias = {options.alias} if isinstance(params.model_alias, set) else options.alias
if options.key:
    params.api_keys = [options.key]

server = xllamacpp.Server(params)
print("READY", server.listening_address, flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
