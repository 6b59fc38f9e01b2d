"""Users and sessions as a module of modcore."""

from modcore.module import Module

from . import auth


class AuthService(Module):
    """Gives the web server's application an `Auth` and login pages, as `etc/auth.json` says.

    A device has it as soon as the user's `/etc` has an `auth.json` or a `users.json`. The methods of `windup.auth.Auth` are
    this module's too, at the prompt: `from modcore import modc; modc.modules["auth"].add_user("admin", "PASSWORD", ("admin",))`. What an audit wants to know it
    fires as events `auth.…`.

    Attributes:
        auth: the `windup.auth.Auth`.
    """

    name = "auth"
    depends = ("windup",)
    schema = auth.schema
    auth = None

    def config(self, values):
        if self.auth is None:
            self.auth = values  # until `mount`
        else:
            self.auth.settings.update(values)

    def mount(self):
        app = self.modc.modules["windup"].app
        values = self.auth
        self.auth = auth.Auth(app, self.modc.config.user, self.fire, values)
        if values["login"]:
            from .login import Login

            Login(app, values["login"], values["logout"], "/", values["stylesheet"] or None)

    def stop(self):
        if isinstance(self.auth, auth.Auth):
            self.auth.save()

    def __getattr__(self, name):
        return getattr(self.auth, name)
