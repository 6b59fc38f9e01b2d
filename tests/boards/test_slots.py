"""Two app slots, switched by hand as an update does: try, confirm, or fall back."""

COPY = """
from esp32 import Partition
def copy(label):
    source = Partition(Partition.RUNNING)
    if label == 'www':
        source = Partition.find(1, label='www_' + source.info()[4][-1])[0]
        target = Partition.find(1, label='www_1' if source.info()[4] == 'www_0' else 'www_0')[0]
    else:
        target = source.get_next_update()
    block = bytearray(4096)
    for n in range(source.ioctl(4, 0)):
        source.readblocks(n, block)
        target.writeblocks(n, block)
    return target
copy('www')
copy('app').set_boot()
"""
RUNNING = "from esp32 import Partition; print(Partition(Partition.RUNNING).info()[4])"
CONFIRM = "from esp32 import Partition; Partition.mark_app_valid_cancel_rollback()"


def running(host):
    return host.mpremote("exec", RUNNING).strip()


def reset(host, boots):
    host.mpremote("exec", "--no-follow", "import machine; machine.reset()")
    host.wait_for("bytes free", boots)


def test_an_app_that_is_not_confirmed_is_left_again(make_host):
    host = make_host().start()
    assert running(host) == "ota_0"
    host.mpremote("exec", COPY)
    reset(host, 2)
    assert running(host) == "ota_1"
    assert host.get("/").status_code == 200
    reset(host, 3)
    assert running(host) == "ota_0"


def test_a_confirmed_app_stays(make_host):
    host = make_host().start()
    host.mpremote("exec", COPY)
    reset(host, 2)
    host.mpremote("exec", CONFIRM)
    reset(host, 3)
    assert running(host) == "ota_1"
    host.unplug()
    host.start()
    assert running(host) == "ota_1"


def test_a_damaged_app_is_not_chosen(make_host):
    host = make_host().start()
    damage = COPY.rsplit("copy('app').set_boot()", 1)[0] + (
        "target = copy('app')\nblock = bytearray(4096)\ntarget.readblocks(50, block)\n"
        "block[7] ^= 1\ntarget.writeblocks(50, block)\n"
        "try:\n    target.set_boot()\nexcept OSError as exc:\n    print('refused', exc)\n"
    )
    assert "refused" in host.mpremote("exec", damage)
    reset(host, 2)
    assert running(host) == "ota_0"
