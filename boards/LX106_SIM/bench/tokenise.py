# Measures the tokeniser alone, called from Python as WindUp calls it.

import httptok
import lx106

with open("/chrome.http", "rb") as file:
    buf = bytearray(file.read())


def measure():
    head = httptok.Head(buf)
    end = len(buf)
    lx106.mark("start")
    lx106.mark("nothing")
    head.parse(0, end)
    lx106.mark("parse")
    assert head.count == 15


measure()
