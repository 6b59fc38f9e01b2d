"""Files sent by clients that others wrote, saved by a device, on the heap of an ESP8266 too."""

import re
import subprocess
import time

import httpx
import pytest
from host import PATIENCE

APP = """
import gc
import os
from modcore import Module
from windup.multipart import Parts

class Uploads(Module):
    name = "uploads"
    depends = ("windup",)

    def mount(self):
        app = self.modc.modules["windup"].app
        app.post("/upload/<int:most>", stream=True, body_max=3000000)(self.upload)
        app.get("/free")(self.free)

    async def upload(self, request, most):
        parts = Parts(request)
        while True:
            part = await parts.next()
            if part is None:
                return "done"
            if part.filename is None:
                print("note:", await part.text())
            else:
                count = await part.save("/" + part.filename, most)
                print("saved:", part.filename, count, self.sum("/" + part.filename))

    def sum(self, path):
        total = 0
        with open(path, "rb") as file:
            while True:
                data = file.read(128)
                if not data:
                    return total
                total = (7 * total + sum(data)) % 1000003

    def free(self, request):
        gc.collect()
        return "%d %s" % (gc.mem_free(), os.listdir("/"))

def setup(modc):
    modc.add(Uploads())
"""

CHIPS = [(64, "esp32"), (32, "esp8266")]


def summed(data):
    """The check sum that the application makes."""
    total = 0
    for at in range(0, len(data), 128):
        total = (7 * total + sum(data[at : at + 128])) % 1000003
    return total


def uploading(make_host, bits, profile, *settings):
    files = {"/apps/uploads.py": APP}
    return make_host(bits=bits, profile=profile, files=files, settings=settings).start()


@pytest.mark.parametrize(("bits", "profile"), CHIPS)
def test_files_are_saved_whole(make_host, bits, profile):
    host = uploading(make_host, bits, profile)
    data = bytes(range(256)) * 800  # 200 KiB
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        for _ in range(3):
            answer = client.post(
                "/upload/300000",
                data={"note": "Hello"},
                files={"file": ("../dir/data.bin", data), "empty": ("empty", b"")},
            )
            assert answer.text == "done"
    for line in ("note: Hello", f"saved: data.bin {len(data)} {summed(data)}", "saved: empty 0 0"):
        host.wait_for(line, count=3)
    assert not re.search(r"^E ", host.output, re.M)


@pytest.mark.parametrize(("bits", "profile"), CHIPS)
def test_curl_sends_a_file(make_host, tmp_path, bits, profile):
    host = uploading(make_host, bits, profile)
    data = b"line\r\n--boundary\r\n" * 3000
    (tmp_path / "a;b.txt").write_bytes(data)
    for options in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
        subprocess.run(
            ["curl", "-sSf", *options, "-F", 'file=@"a;b.txt"', host.url + "/upload/60000"],
            cwd=tmp_path,
            check=True,
            timeout=PATIENCE,
        )
    host.wait_for(f"saved: a;b.txt {len(data)} {summed(data)}", count=3)


def abandon(host):
    """Begin an upload, and go when its file has been begun."""
    with host.connect() as sock:
        sock.sendall(
            b"POST /upload/1000 HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="gone"\r\n\r\n' + b"x" * 300
        )


def fill(host, count):
    """Have as many connections at once as there will be: the device keeps what each of them took."""
    socks = [host.connect() for _ in range(count)]
    for data in (b"GET /fr", b"ee HTTP/1.1\r\nHost: x\r\n\r\n"):
        for sock in socks:
            sock.sendall(data)
            time.sleep(0.05)  # the device shall see the request in two pieces
    for sock in socks:
        assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
        sock.close()


# An ESP8266 has the memory for one upload at a time
@pytest.mark.parametrize(("bits", "profile", "connections"), [(64, "esp32", 4), (32, "esp8266", 1)])
def test_what_is_too_long_or_stops_leaves_nothing(make_host, bits, profile, connections):
    host = uploading(make_host, bits, profile, f"windup.connections={connections}")
    fill(host, connections)
    levels = []
    for _ in range(8):
        for size in (1001, 60000):
            files = {"file": ("big", b"x" * size)}
            answer = httpx.post(host.url + "/upload/1000", files=files, timeout=PATIENCE)
            assert answer.status_code == 413
            abandon(host)
        while ".part" in (told := host.get("/free").text):  # the device has not noticed yet
            time.sleep(0.05)
        levels.append(int(told.split()[0]))
    files = {"file": ("good", b"x" * 1000)}
    assert httpx.post(host.url + "/upload/1000", files=files, timeout=PATIENCE).text == "done"
    while ".part" in (left := host.get("/free").text):
        time.sleep(0.05)
    assert "good" in left and "big" not in left and "gone" not in left
    # With an upload on its way or without, it is the same each time
    assert max(levels[-3:]) > max(levels[2:5]) - 512, levels
