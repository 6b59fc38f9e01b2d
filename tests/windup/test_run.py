"""`app.run()` on the booted firmware: without asyncio at first, and again after it ended."""

import time

from host import PATIENCE, free_port

MAIN = """
import asyncio
from windup import WindUp

app = WindUp()

@app.get('/')
def index(request):
    return 'hello'

@app.get('/later')
async def later(request):
    await asyncio.sleep_ms(20)
    return 'later'

@app.get('/stop')
def stop(request):
    raise KeyboardInterrupt

for turn in range(2):
    print('turn', turn)
    try:
        app.run(port=%d, keep_alive=2)
    except KeyboardInterrupt:
        asyncio.new_event_loop()
"""


def reach(host):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return host.connect()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, host.output
            time.sleep(0.05)


def test_an_application_runs_again_after_it_was_stopped(make_host):
    port = free_port()
    host = make_host(files={"/main.py": MAIN % port})
    host.port = port
    host.start(ready=False)
    for turn in range(2):
        host.wait_for(f"turn {turn}")
        reach(host).close()
        for path in ("/", "/later", "/"):
            assert host.get(path).text == (path[1:] or "hello")
        with host.connect() as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: device\r\n\r\n")
            assert sock.recv(1000).endswith(b"hello")
            assert sock.recv(1000) == b""  # asyncio watches the deadline of an idle connection
        with host.connect() as sock:
            sock.sendall(b"GET /stop HTTP/1.1\r\nHost: device\r\n\r\n")
            assert sock.recv(1000) == b""
