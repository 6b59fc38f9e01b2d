"""MicroPie's class whose methods are pages, with arguments from path, query and form.

Run as: /main.py
"""

from windup import WindUp
from windup.pages import Pages


class Site:
    def index(self, request):
        return "Welcome"

    def greet(self, request, name):
        return f"Hello, {name}!"

    def submit(self, request, username):
        return f"Form submitted by: {username}"


app = WindUp()
app.mount("/", Pages(Site(), index="", greet="name=Guest", submit="POST username=Anonymous"))
app.run(port=80)
