"""Media types by the ends of file names, under the names that IANA has registered."""

# One constant, searched as it lies in flash: a dict of these would take 3 KiB of heap
_TYPES = b"""
7z application/x-7z-compressed
aac audio/aac
apng image/apng
atom application/atom+xml
avif image/avif
bmp image/bmp
css text/css; charset=utf-8
csv text/csv; charset=utf-8
flac audio/flac
geojson application/geo+json
gif image/gif
glb model/gltf-binary
gltf model/gltf+json
gz application/gzip
htm text/html; charset=utf-8
html text/html; charset=utf-8
ico image/vnd.microsoft.icon
ics text/calendar; charset=utf-8
jpeg image/jpeg
jpg image/jpeg
js text/javascript; charset=utf-8
json application/json
jsonld application/ld+json
jxl image/jxl
log text/plain; charset=utf-8
m4a audio/mp4
map application/json
md text/markdown; charset=utf-8
mjs text/javascript; charset=utf-8
mp3 audio/mpeg
mp4 video/mp4
mpg video/mpeg
oga audio/ogg
ogg audio/ogg
ogv video/ogg
opus audio/ogg
otf font/otf
pdf application/pdf
pem application/x-pem-file
png image/png
py text/plain; charset=utf-8
rss application/rss+xml
rtf application/rtf
stl model/stl
svg image/svg+xml
tar application/x-tar
tif image/tiff
tiff image/tiff
toml application/toml
tsv text/tab-separated-values; charset=utf-8
ttf font/ttf
txt text/plain; charset=utf-8
vtt text/vtt; charset=utf-8
wasm application/wasm
wav audio/vnd.wave
weba audio/webm
webm video/webm
webmanifest application/manifest+json
webp image/webp
woff font/woff
woff2 font/woff2
xhtml application/xhtml+xml
xml application/xml
yaml application/yaml
yml application/yaml
zip application/zip
"""


def media_type(name):
    """The media type of the file `name`, a `str`, as `bytes`; application/octet-stream when its end says nothing."""
    key = b"\n%s " % name[name.rfind(".") + 1 :].lower().encode()
    at = _TYPES.find(key) + len(key)
    if at < len(key):
        return b"application/octet-stream"
    return _TYPES[at : _TYPES.find(b"\n", at)]
