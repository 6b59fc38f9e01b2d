"""A page over TLS, and the way there from plain HTTP.

Shows: certificate and key, the redirect, request.secure.
Run as: /apps/garden.py, on an ESP32 or HOST; `modcore cert garden.local --etc etc` makes all three files

    /etc/windup.json  {"port": 443, "tls_cert": "tls.crt", "tls_key": "tls.key", "tls_redirect_port": 80}
"""

from modcore import Module


class Garden(Module):
    depends = ("windup",)

    def mount(self):
        self.modc.modules["windup"].app.get("/garden")(self.page)

    def page(self, request):
        return {"secure": request.secure, "url": request.url}
