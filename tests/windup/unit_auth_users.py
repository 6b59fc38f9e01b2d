"""Passwords and users: what is kept of them, and what a broken file opens."""

import os

from auth_app import (
    FOLDER,
    PASSWORD,
    Browser,
    make,
    read,
    with_login,
    write,
)
from check import raises
from windup import user_changes, users


def test_hashes_have_their_cost_and_a_salt_each():
    one = user_changes.hashed(PASSWORD, 10)
    assert one.startswith("pbkdf2-sha256:10:") and one != user_changes.hashed(PASSWORD, 10)
    iterations, salt, key = users.parsed(one)
    assert (iterations, len(salt), len(key)) == (10, 16, 32)
    for wrong in (
        "",
        one[:-1],
        one.replace("sha256", "sha1"),
        one + ":",
        one.replace(":10:", ":0:"),
    ):
        raises(ValueError, users.parsed, wrong)
    raises(ValueError, user_changes.hashed, "seven77", 10)
    raises(ValueError, user_changes.hashed, "x" * 129, 10)


def test_users_are_added_changed_and_removed():
    app = make(with_users=False)
    it = app.auth
    it.add_user("ann", PASSWORD, ("admin",))
    it.add_user("bob", PASSWORD)
    assert it.users() == {"ann": ("admin",), "bob": ()}
    assert "already" in str(raises(ValueError, it.add_user, "ann", PASSWORD, ()))
    assert "an id of" in str(raises(ValueError, it.add_user, "Ann", PASSWORD, ()))
    assert "roles" in str(raises(ValueError, it.add_user, "eve", PASSWORD, "admin"))
    assert "roles" in str(raises(ValueError, it.add_user, "eve", PASSWORD, ("*",)))
    assert "known are ann, bob" in str(raises(ValueError, it.remove_user, "eve"))
    assert "last admin" in str(raises(ValueError, it.remove_user, "ann"))
    assert "last admin" in str(raises(ValueError, it.set_roles, "ann", ("user",)))
    it.set_roles("bob", ("admin", "user"))
    it.remove_user("ann")
    assert it.users() == {"bob": ("admin", "user")}
    with open(FOLDER + "/users.json") as file:
        assert PASSWORD not in file.read()


def test_what_was_taken_from_somebody_the_backup_does_not_give_back():
    app = make()
    app.auth.remove_user("bob")
    app.auth.add_user("eve", PASSWORD, ("admin",))
    app.auth.set_roles("ann", ())
    with open(FOLDER + "/users.json", "w") as file:
        file.write("{")
    assert app.auth.users() == {"ann": (), "eve": ("admin",)}


def test_a_broken_users_file_opens_nothing():
    app = with_login()
    with open(FOLDER + "/users.json") as file:
        whole = file.read()
    os.remove(FOLDER + "/users.json.bak")
    for end in range(0, len(whole), 7):
        with open(FOLDER + "/users.json", "w") as file:
            file.write(whole[:end])
        assert app.auth.users() == {}
    for wrong in (
        '{"ann": 1}',
        '{"ann": null}',
        '{"ann": {}}',
        '{"ann": {"hash": "", "roles": ["admin"]}}',
        '{"ann": {"hash": null, "roles": ["admin"]}}',
        '{"ann": {"hash": "pbkdf2-sha256:1:00:00", "roles": ["admin"]}}',
        whole.replace('["admin", "user"]', '"admin"'),
        whole.replace('["admin", "user"]', "[1]"),
        whole.replace('["admin", "user"]', "null"),
        "[]",
    ):
        with open(FOLDER + "/users.json", "w") as file:
            file.write(wrong)
        assert "ann" not in app.auth.users(), wrong
        app.auth.throttle = None
        assert Browser(app).log_in()[0] in (403, 503), wrong


def test_a_broken_file_is_not_written_over():
    app = make()
    app.auth.add_token("backup", ())
    for name, change in (
        ("users", lambda: app.auth.add_user("eve", PASSWORD, ())),
        ("users", lambda: app.auth.set_password("ann", "another horse")),
        ("tokens", lambda: app.auth.add_token("new", ())),
    ):
        for text in ("{", ""):
            write(name, text)
            assert "mend" in str(raises(ValueError, change))
            assert read(name) == text
