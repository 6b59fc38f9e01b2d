# What LX106_SIM runs to tell the heap of esp8266_default, all imported and started: "heap: started BYTES". MicroPython's
# own, the mounted file systems among it, was there before.

import gc


def used():
    gc.collect()
    return gc.mem_alloc()


before = used()
import asyncio  # noqa: E402


async def report():
    await asyncio.sleep_ms(1000)
    print("heap: started", used() - before - own)
    print("heap: before", before)
    raise SystemExit


own = 0
own = used()
asyncio.create_task(report())  # noqa: RUF006  the loop keeps it
own = used() - own
try:
    import modcore_main  # noqa: F401  runs until the report is there
finally:
    print("heap end")
