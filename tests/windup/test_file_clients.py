"""Parts, resumed downloads and conditional requests with clients that others wrote; and sixteen that keep their connection."""

import asyncio
import random
import re
import subprocess

import aiohttp
import browser
import httpx
import pytest
from host import PATIENCE, TOP, Host

BIG = random.Random(8).randbytes(40000)
# The images of a small site: not packed, so that their tags come from the image's index
IMAGE = {"/www/big.bin": BIG, "/www/app.3f2a9c1b.png": b"png" * 100}
CONNECTIONS = 16


@pytest.fixture(scope="module", params=[64, 32])
def host(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    host = Host(folder, request.param, image=IMAGE).start()
    yield host
    host.stop()


def curl(host, path, *options):
    return subprocess.run(
        ["curl", "-sS", "--fail", "--max-time", str(PATIENCE), *options, host.url + path],
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("100-199", BIG[100:200]),
        ("-100", BIG[-100:]),
        ("39999-", BIG[39999:]),
        ("0-0", BIG[:1]),
        ("0-99999", BIG),
    ],
)
def test_curl_asks_for_a_part(host, value, part):
    assert curl(host, "/big.bin", "--range", value) == part


def test_curl_goes_on_with_a_download(host, tmp_path):
    file = tmp_path / "big.bin"
    for had in (1, 20000, 39999):
        file.write_bytes(BIG[:had])
        out = curl(
            host, "/big.bin", "-C", "-", "-o", str(file), "-w", "%{http_code} %{size_download}"
        )
        assert out.split() == [b"206", str(len(BIG) - had).encode()]
        assert file.read_bytes() == BIG


def test_curl_keeps_the_tag(host, tmp_path):
    tag, out = tmp_path / "tag", tmp_path / "out"
    options = ["--etag-compare", str(tag), "--etag-save", str(tag), "-o", str(out)]
    codes = [curl(host, "/big.bin", *options, "-w", "%{http_code}") for _ in range(2)]
    assert codes == [b"200", b"304"]
    assert out.read_bytes() == BIG and re.fullmatch(rb'"[0-9a-f]{16}"\s*', tag.read_bytes())


def test_httpx(host):
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        whole = client.get("/big.bin")
        assert whole.content == BIG and whole.headers["accept-ranges"] == "bytes"
        tag = whole.headers["etag"]
        part = client.get("/big.bin", headers={"Range": "bytes=10-19", "If-Range": tag})
        assert (part.status_code, part.content) == (206, BIG[10:20])
        assert part.headers["content-range"] == "bytes 10-19/40000"
        changed = client.get("/big.bin", headers={"Range": "bytes=10-19", "If-Range": '"other"'})
        assert (changed.status_code, changed.content) == (200, BIG)
        beyond = client.get("/big.bin", headers={"Range": "bytes=40000-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */40000")
        assert client.get("/big.bin", headers={"If-None-Match": tag}).status_code == 304
        assert client.get("/big.bin", headers={"If-Match": '"other"'}).status_code == 412
        assert client.head("/big.bin").headers["content-length"] == "40000"
        kept = client.get("/app.3f2a9c1b.png").headers["cache-control"]
        assert kept == "public, max-age=31536000, immutable"
        # Packed in the image: what httpx inflates is the file of the tree
        page = client.get("/")
        assert page.headers["content-encoding"] == "gzip"
        assert page.content == (TOP / "www_fs/index.html").read_bytes()


def test_aiohttp_puts_a_file_together_from_parts(host):
    async def part(session, start, end):
        headers = {"Range": f"bytes={start}-{end - 1}"}
        async with session.get(host.url + "/big.bin", headers=headers) as answer:
            assert answer.status == 206
            return await answer.read()

    async def main():
        connector = aiohttp.TCPConnector(limit=8)
        async with aiohttp.ClientSession(connector=connector) as session:
            starts = range(0, len(BIG), 5000)
            return await asyncio.gather(*[part(session, at, at + 5000) for at in starts])

    assert b"".join(asyncio.run(main())) == BIG


def test_chromium(host):
    seen = browser.run("tests/windup/ranges.mjs", host.url)
    assert seen["part"] == {"status": 206, "length": 100, "first": BIG[100]}
    assert seen["beyond"] == 416
    assert seen["whole"] == {"status": 200, "length": len(BIG)}
    # Asked for again with its tag, and not sent again
    assert seen["again"]["length"] == len(BIG)
    assert seen["again"]["transferred"] < 1000


@pytest.fixture(scope="module")
def small_host(tmp_path_factory):
    """An ESP32 with 150 KiB of heap."""
    folder = tmp_path_factory.mktemp("small")
    options = ["--heap", str(150 * 1024)]
    host = Host(folder, 32, "esp32", image=IMAGE, options=options).start()
    yield host
    assert "MemoryError" not in host.output
    assert not re.search(r"^E ", host.output, re.M), host.output
    host.stop()


def test_wrk_keeps_sixteen_connections(small_host):
    for path in ("/api/v1/status", "/app.js", "/big.bin"):
        out = subprocess.run(
            ["wrk", f"-c{CONNECTIONS}", "-t2", "-d1s", small_host.url + path],
            capture_output=True,
            check=True,
            text=True,
            timeout=PATIENCE,
        ).stdout
        assert "Non-2xx" not in out and "Socket errors" not in out, out
        assert int(re.search(r"(\d+) requests in", out)[1]) >= CONNECTIONS


def test_sixteen_connections_of_aiohttp_are_kept(small_host):
    opened = []

    async def on_open(session, context, params):
        opened.append(params)

    async def ask(session, number):
        for turn in range(30):
            start = 100 * (number + turn)
            headers = {"Range": f"bytes={start}-{start + 99}"}
            async with session.get(small_host.url + "/big.bin", headers=headers) as answer:
                assert await answer.read() == BIG[start : start + 100]
            async with session.get(small_host.url + "/api/v1/status") as answer:
                assert (await answer.json())["heap"]["free"] > 0
            async with session.get(small_host.url + "/nothing") as answer:
                assert answer.status == 404

    async def main():
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(on_open)
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(connector=connector, trace_configs=[trace]) as session:
            await asyncio.gather(*[ask(session, number) for number in range(CONNECTIONS)])

    asyncio.run(main())
    assert len(opened) <= CONNECTIONS


def test_sixteen_connections_of_httpx_are_kept(small_host):
    async def ask(client):
        for _ in range(20):
            assert (await client.get("/big.bin")).content == BIG
            assert (await client.get("/app.js")).status_code == 200

    async def main():
        limits = httpx.Limits(max_connections=CONNECTIONS)
        keywords = {"base_url": small_host.url, "limits": limits, "timeout": PATIENCE}
        async with httpx.AsyncClient(**keywords) as client:
            await asyncio.gather(*[ask(client) for _ in range(CONNECTIONS)])

    asyncio.run(main())
