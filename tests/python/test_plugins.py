# SPDX-License-Identifier: BSD-2-Clause
"""Plugins written in Python, called as the engine calls them: through the public functions."""

import os
import subprocess
import sys
import threading
import unittest

import gi

gi.require_version("Kasper", "0")
from gi.repository import Gio, GLib, GObject, Kasper  # noqa: E402

import tap  # noqa: E402


def refuse(code, text):
    return GLib.Error.new_literal(Kasper.error_quark(), text, code)


class NotifyList(GObject.Object, Kasper.Plugin, Kasper.Notifier):
    __gtype_name__ = "TestNotifyList"
    limit = GObject.Property(type=int, default=100, minimum=0, blurb="how many to keep")

    def __init__(self, **properties):
        super().__init__(**properties)
        self.seen = []
        self.closed = 0

    def do_open(self, cancellable):
        if self.limit == 0:
            raise refuse(Kasper.Error.INVALID, "limit is 0; nothing could be kept")
        return True

    def do_close(self):
        self.closed += 1

    def do_deliver(self, event, cancellable):
        if len(self.seen) >= self.limit:
            raise refuse(Kasper.Error.TRY_AGAIN, "the list is full")
        self.seen.append((event.get_zone(), event.get_text(), threading.get_ident()))
        return True


class KeyList(GObject.Object, Kasper.Plugin, Kasper.KeyStore):
    __gtype_name__ = "TestKeyList"

    def __init__(self, **properties):
        super().__init__(**properties)
        self.keys = {}

    def do_make_key(self, wanted, cancellable):
        if wanted.get_id() in self.keys:
            raise refuse(Kasper.Error.EXISTS, f"there is a key {wanted.get_id()} already")
        key = Kasper.KeyInfo.new(wanted.get_id(), wanted.get_algorithm(), wanted.get_bits(),
                                 GLib.Bytes.new(os.urandom(64)))
        self.keys[wanted.get_id()] = key
        return key

    def _find(self, id):
        if id not in self.keys:
            raise refuse(Kasper.Error.NOT_FOUND, f"there is no key {id}")
        return self.keys[id]

    def do_look_up_key(self, id, cancellable):
        return self._find(id)

    def do_list_keys(self, cancellable):
        store = Gio.ListStore.new(Kasper.KeyInfo)
        for key in self.keys.values():
            store.append(key)
        return store

    def do_destroy_key(self, id, cancellable):
        self._find(id)
        del self.keys[id]
        return True

    def do_sign_data(self, key, data, cancellable):
        self._find(key.get_id())
        return GLib.Bytes.new(data.get_data()[::-1])

    def do_get_capabilities(self):
        return Kasper.KeyStoreCapabilities.SIGNS


def event(text="something", zone="example.org"):
    return Kasper.Event.new("test", Kasper.EventLevel.INFO, 0, zone, None, text)


class Raises:
    """GLib.Error of our domain with one code, and a text with one word"""

    def __init__(self, case, code, word):
        self.case, self.code, self.word = case, code, word

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.case.assertIs(kind, GLib.Error)
        self.case.assertTrue(error.matches(Kasper.error_quark(), self.code), error)
        self.case.assertIn(self.word, error.message)
        return True


class Notifier(unittest.TestCase):
    def test_deliver(self):
        notifier = NotifyList()
        self.assertTrue(notifier.open(None))
        self.assertTrue(notifier.deliver(event(), None))
        self.assertTrue(notifier.deliver(event("more", None), None))
        self.assertEqual([row[:2] for row in notifier.seen],
                         [("example.org", "something"), (None, "more")])
        notifier.close()
        self.assertEqual(notifier.closed, 1)

    def test_errors_arrive_with_code_and_name(self):
        notifier = NotifyList(limit=1)
        notifier.deliver(event(), None)
        with Raises(self, Kasper.Error.TRY_AGAIN, "TestNotifyList: the list is full"):
            notifier.deliver(event(), None)
        with Raises(self, Kasper.Error.INVALID, "limit is 0"):
            NotifyList(limit=0).open(None)

    def test_from_a_worker_thread(self):
        notifier, loop = NotifyList(), GLib.MainLoop()

        def work():
            notifier.deliver(event("from a thread"), None)
            GLib.idle_add(loop.quit)

        thread = threading.Thread(target=work)
        GLib.idle_add(thread.start)
        loop.run()
        thread.join()
        self.assertNotEqual(notifier.seen[0][2], threading.get_ident())

    def test_missing_slot(self):
        class Misspelt(GObject.Object, Kasper.Plugin, Kasper.Notifier):
            __gtype_name__ = "TestMisspelt"

            def do_delivr(self, event, cancellable):
                return True

        with Raises(self, Kasper.Error.NOT_SUPPORTED, "TestMisspelt does not implement deliver()"):
            Misspelt().deliver(event(), None)
        # optional ones are not missed
        self.assertTrue(Misspelt().open(None))


class KeyStore(unittest.TestCase):
    def setUp(self):
        self.store = KeyList()
        self.wanted = Kasper.KeyInfo.new("aabb", 13, 256, None)

    def test_make_and_find(self):
        made = self.store.make_key(self.wanted, None)
        self.assertEqual(made.get_id(), "aabb")
        found = self.store.look_up_key("aabb", None)
        self.assertTrue(found.get_public_key().equal(made.get_public_key()))
        self.assertEqual([key.get_id() for key in self.store.list_keys(None)], ["aabb"])

    def test_exists(self):
        self.store.make_key(self.wanted, None)
        with Raises(self, Kasper.Error.EXISTS, "aabb"):
            self.store.make_key(self.wanted, None)

    def test_destroy(self):
        self.store.make_key(self.wanted, None)
        self.assertTrue(self.store.destroy_key("aabb", None))
        for call in (self.store.destroy_key, self.store.look_up_key):
            with Raises(self, Kasper.Error.NOT_FOUND, "aabb"):
                call("aabb", None)

    def test_sign(self):
        key = self.store.make_key(self.wanted, None)
        signature = self.store.sign_data(key, GLib.Bytes.new(b"abc"), None)
        self.assertEqual(signature.get_data(), b"cba")

    def test_defaults(self):
        self.assertEqual(self.store.get_capabilities(), Kasper.KeyStoreCapabilities.SIGNS)
        self.assertEqual(self.store.get_free_room(None), -1)
        self.assertTrue(self.store.self_test(None))

    def test_many(self):
        # slots that return objects neither leak nor free them twice
        for number in range(2000):
            self.store.make_key(Kasper.KeyInfo.new(f"{number:08x}", 13, 256, None), None)
        keys = self.store.list_keys(None)
        self.assertEqual(len(keys), 2000)
        self.assertEqual({key.get_id() for key in keys}, set(self.store.keys))


# what Python says to a slot that goes wrong in another way than by GLib.Error: PyGObject prints it
# and returns nothing, so the public function has to make an error of it
BROKEN = """
import gi
gi.require_version("Kasper", "0")
from gi.repository import GLib, GObject, Kasper

class Broken(GObject.Object, Kasper.Plugin, Kasper.Notifier):
    __gtype_name__ = "TestBroken"
    def do_deliver(self, {arguments}):
        {body}

try:
    Broken().deliver(Kasper.Event.new("test", Kasper.EventLevel.INFO, 0, None, None, "x"), None)
except GLib.Error as error:
    print(error.matches(Kasper.error_quark(), Kasper.Error.INTERNAL), error.message)
"""


class Broken(unittest.TestCase):
    def outcome(self, body, arguments="event, cancellable"):
        env = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
        result = subprocess.run([sys.executable, "-c", BROKEN.format(body=body, arguments=arguments)],
                                env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("TestBroken: deliver() failed without an error", result.stderr)
        return result.stdout

    def test_contained(self):
        for name, body in {
            "exception": 'raise ValueError("oops")',
            "nothing": "pass",
            "false": "return False",
        }.items():
            with self.subTest(name):
                self.assertTrue(self.outcome(body).startswith("True TestBroken: deliver() failed"))

    def test_wrong_arguments(self):
        self.assertTrue(self.outcome("return True", "event").startswith("True TestBroken"))


if __name__ == "__main__":
    tap.main()
