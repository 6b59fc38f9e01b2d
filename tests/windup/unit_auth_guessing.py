"""Who guesses passwords has to wait, and learns nothing."""

import json

from auth_app import (
    FOLDER,
    PASSWORD,
    Browser,
    names,
    with_login,
)
from windup import passwords


def test_who_guesses_has_to_wait():
    app = with_login()
    thief = Browser(app, "192.0.2.66")
    for _ in range(5):
        assert thief.log_in("ann", "wrong horse")[0] == 403
    status, headers, _ = thief.log_in()
    assert (status, headers["retry-after"]) == (429, "1")
    app.clock.ms += 1000
    assert thief.log_in("ann", "wrong horse")[0] == 403
    assert thief.log_in()[1]["retry-after"] == "2"
    # The name waits too, but never for long
    assert Browser(app, "192.0.2.2").log_in("ann")[0] == 429
    assert Browser(app, "192.0.2.2").log_in("bob")[0] == 200
    for _ in range(10):
        app.clock.ms += 900000
        thief.log_in("ann", "wrong horse")
    assert int(thief.log_in()[1]["retry-after"]) == 900
    assert names(app).count("auth.locked") == 2
    app.clock.ms += 30000
    assert Browser(app, "192.0.2.2").log_in("ann")[0] == 200
    assert thief.log_in()[0] == 429
    for name, data in app.events:
        assert "horse" not in str(data), name


def test_a_right_password_is_forgiven():
    app = with_login()
    ann = Browser(app)
    for _ in range(20):
        for _ in range(4):
            assert ann.log_in("ann", "wrong horse")[0] == 403
        assert ann.log_in()[0] == 200


def test_the_tables_are_bounded():
    app = with_login()
    for number in range(100):
        Browser(app, "192.0.2.%d" % number).log_in("name%d" % number * 20, "x")
    assert len(app.auth.throttle) <= 32
    assert max(len(key) for key in app.auth.throttle) <= 34


def test_a_name_like_an_address_makes_nobody_else_wait():
    app = with_login()
    for number in range(12):
        Browser(app, "192.0.2.%d" % number).log_in("@192.0.2.99", "x")
    assert Browser(app, "192.0.2.99").log_in()[0] == 200


def test_a_name_that_nobody_has_is_not_told():
    app = with_login()
    Browser(app).log_in("my secret", PASSWORD)
    Browser(app).log_in("ann", "my secret")
    assert app.events == [
        ("auth.failed", {"peer": "192.0.2.1", "user": None}),
        ("auth.failed", {"peer": "192.0.2.1", "user": "ann"}),
    ]


def test_unknown_users_cost_what_known_ones_do():
    app = with_login(iterations=100)
    app.auth.settings["iterations"] = 300
    app.auth.add_user("new", PASSWORD, ())  # the others' hashes are older
    steps = []
    real = passwords.keyhash.Pbkdf2

    class Counted:
        def __init__(self, *args):
            self.work = real(*args)
            self.key = self.work.key
            steps.append(1)

        def step(self, count):
            steps[-1] += count
            self.work.step(count)

    class Keyhash:
        equal = passwords.keyhash.equal
        Pbkdf2 = Counted

    kept, passwords.keyhash = passwords.keyhash, Keyhash
    try:
        for name in ("ann", "new", "nobody", "x" * 50):
            Browser(app, name).log_in(name, "wrong horse")
        Browser(app, "long").log_in("ann", "x" * 500)
    finally:
        passwords.keyhash = kept
    assert steps == [300] * 5


def test_the_cost_is_raised_at_the_next_login():
    app = with_login(iterations=10)
    app.auth.settings["iterations"] = 30
    assert _cost("ann") == 10
    assert Browser(app).log_in("ann", "wrong horse")[0] == 403 and _cost("ann") == 10
    assert Browser(app).log_in("ann")[0] == 200
    assert (_cost("ann"), _cost("bob")) == (30, 10)
    app.auth.settings["iterations"] = 20
    assert Browser(app).log_in("ann")[0] == 200 and _cost("ann") == 30


def _cost(name):
    with open(FOLDER + "/users.json") as file:
        return int(json.load(file)[name]["hash"].split(":")[1])
