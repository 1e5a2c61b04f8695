# SPDX-License-Identifier: MIT
"""The comparison for many concurrent conversations: the same work with aiohttp, orjson and uvloop.

usage: peer.py URL CONVERSATIONS TURNS
Streams TURNS replies one after another in each of CONVERSATIONS conversations, parses every event and keeps the text.
"""
import asyncio, sys, aiohttp, orjson, uvloop

url, conversations, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def reply(session, messages):
    body = orjson.dumps({"model": "bench", "messages": messages, "stream": True})
    text = []
    async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        response.raise_for_status()
        async for line in response.content:
            if line.startswith(b"data: {"):
                for choice in orjson.loads(line[6:])["choices"]:
                    text.append(choice["delta"].get("content") or "")
    return "".join(text)


async def converse(session, index):
    await asyncio.sleep(index * 0.00015)
    messages = [{"role": "user", "content": "Hello!"}]
    for _ in range(turns):
        messages.append({"role": "assistant", "content": await reply(session, messages)})


async def main():
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        await asyncio.gather(*(converse(session, index) for index in range(conversations)))


uvloop.run(main())
