"""mpymodcore's page on a device whose network, clock and web server are modules.

Run as: /apps/hello.py
"""

from modcore import Module


class Hello(Module):
    depends = ("windup",)

    def mount(self):
        self.modc.modules["windup"].app.get("/app")(self.hello)

    def hello(self, request):
        return "hello world"
