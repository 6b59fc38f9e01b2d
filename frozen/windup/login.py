"""Pages to log in and out, mounted in one line: `Login(app)`. They work without a script."""

from modcore.borrow import borrow

from . import tok


class Login:
    """The login page at `path`, the logout page at `logout`; a content generator that adds itself to `app`.

    A form, or JSON `{"name": …, "password": …, "remember": true}`, is sent to `path` by POST, anything to `logout`.

    Args:
        app: a `WindUp` that has an `Auth`.
        path: of the login page, a `str`; `path`/style.css is its stylesheet.
        logout: path of the logout page.
        home: where a browser goes that wanted nothing else.
        stylesheet: URL of another stylesheet than ours.
        page: `page(request, form)`, for pages of another kind: returns what a handler may return, with `form` a dict of
            `title`, `error` (`""`: none), `action`, `next`, `name` (what was typed), `csrf_token`, `remember` (whether
            there is that choice), `logout` (whether the page is that one). Its form has fields `name`, `password`,
            `remember`, and the hidden ones `next` and `csrf_token`.

    Raises:
        ValueError: `app` has no `Auth`, or a path does not start with `/`.
    """

    def __init__(self, app, path="/login", logout="/logout", home="/", stylesheet=None, page=None):
        if app.auth is None:
            raise ValueError("make a windup.auth.Auth for the application first")
        for each in (path, logout, home):
            if not each.startswith("/"):
                raise ValueError("path %r: start it with /" % each)
        self.path = path.encode()
        self.logout = logout.encode()
        self.home = home.encode()
        self.stylesheet = stylesheet
        self.page = page
        app.auth.login = self
        app.add_generator(self)

    def handle(self, request):
        path = request.path_info
        if not path.startswith(self.path) and path != self.logout:
            return None
        if path == self.path or path == self.logout:
            if request.head.method == tok.POST:
                work = "log_out" if path == self.logout else "log_in"
                return borrow("windup.login_work", "begin", self, request, work)
            return borrow("windup.login_page", "show", self, request, path == self.logout)
        if path == self.path + b"/style.css":
            return borrow("windup.login_page", "style")
        return None
