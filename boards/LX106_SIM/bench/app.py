# What the device runs while it is measured: the frozen program, and routes to ask for.

from console import Console
from modcore import Controller, Module
from modcore.repl import Repl
from modcore.sysinfo import SysInfo
from windup.service import WebServer

modc = Controller()
web = WebServer()


class Routes(Module):
    depends = ("windup",)

    def mount(self):
        web.app.get("/hello")(self.hello)
        web.app.post("/json")(self.json)

    def hello(self, request):
        return "Hello, world!"

    def json(self, request):
        got = request.json()
        return {"name": got["name"], "sum": sum(got["values"])}


for module in (SysInfo(), web, Console(), Routes(), Repl()):
    modc.add(module)
modc.run()
