"""Channels and streams: how fibers hand things to each other."""

from .turns import Waiters


class Channel:
    """Hands objects from fibers to fibers, in their order.

    Args:
        size: objects that wait in it at most, 1 or more; who puts another one waits.
    """

    def __init__(self, size=1):
        if size < 1:
            raise ValueError("size: expected 1 or more, found %r" % size)
        self._size = size
        self._items = []
        self._closed = False
        self._changed = Waiters()

    def __len__(self):
        return len(self._items)

    async def put(self, item):
        """Add `item`, when there is room.

        Raises:
            EOFError: the channel was closed.
        """
        while len(self._items) >= self._size and not self._closed:
            await self._changed.wait()
        if self._closed:
            raise EOFError("the channel is closed")
        self._items.append(item)
        self._changed.wake()

    async def get(self):
        """Take the oldest object, when there is one.

        Raises:
            EOFError: the channel was closed, and is empty.
        """
        while not self._items:
            if self._closed:
                raise EOFError("the channel is closed")
            await self._changed.wait()
        item = self._items.pop(0)
        self._changed.wake()
        return item

    def close(self):
        """Nothing more comes: `get` hands out what is there, and raises EOFError then; so does `put` at once."""
        self._closed = True
        self._changed.wake()

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.get()
        except EOFError:
            raise StopAsyncIteration


class Stream:
    """Hands bytes from a fiber to another one, through a buffer that is allocated once.

    Args:
        size: bytes that wait in it at most, 1 or more; who writes more waits.
    """

    def __init__(self, size=64):
        if size < 1:
            raise ValueError("size: expected 1 or more, found %r" % size)
        self._buffer = bytearray(size)
        self._first = 0
        self._count = 0
        self._closed = False
        self._changed = Waiters()

    async def write(self, data):
        """Write all of `data`, as room comes.

        Raises:
            EOFError: the stream was closed.
        """
        size = len(self._buffer)
        data = memoryview(data)
        while data:
            if self._closed:
                raise EOFError("the stream is closed")
            room = size - self._count
            if not room:
                await self._changed.wait()
                continue
            begin = (self._first + self._count) % size
            part = data[: min(room, size - begin)]
            self._buffer[begin : begin + len(part)] = part
            self._count += len(part)
            data = data[len(part) :]
            self._changed.wake()

    async def readinto(self, buffer):
        """Read into `buffer` what there is, at least one byte; how many bytes; 0 when the stream was closed and is empty."""
        while not self._count:
            if self._closed or not len(buffer):
                return 0
            await self._changed.wait()
        count = min(self._count, len(buffer), len(self._buffer) - self._first)
        buffer[:count] = memoryview(self._buffer)[self._first : self._first + count]
        self._first = (self._first + count) % len(self._buffer)
        self._count -= count
        self._changed.wake()
        return count

    async def read(self, count):
        """Read `count` bytes; fewer only when the stream was closed."""
        data = bytearray(count)
        view = memoryview(data)
        done = 0
        while done < count:
            part = await self.readinto(view[done:])
            if not part:
                break
            done += part
        return bytes(view[:done])

    async def readline(self):
        """Read up to and with the next newline; less only when the stream was closed."""
        line = bytearray()
        byte = bytearray(1)
        while await self.readinto(byte):
            line += byte
            if byte == b"\n":
                break
        return bytes(line)

    def close(self):
        """Nothing more comes: readers get what is there, and the end then."""
        self._closed = True
        self._changed.wake()
