# SPDX-License-Identifier: BSD-2-Clause
"""A running daemon, seen from Python: zones, keys and signals; and the example in doc/."""

import os
import pathlib
import subprocess
import sys
import unittest

import gi

gi.require_version("Kasper", "0")
from gi.repository import GLib, Kasper  # noqa: E402

import tap  # noqa: E402
from lab import PATIENCE, Lab  # noqa: E402

EXAMPLE = pathlib.Path(os.environ["KASPER_SOURCE_ROOT"]) / "doc" / "examples" / "list-keys.py"


def connect(lab):
    client = Kasper.Client.new_for_socket(str(lab.folder / "run" / "kasper.sock"))
    client.open(None)
    return client


def only(**names):
    return GLib.Variant("a{sv}", {name: GLib.Variant("s", value) for name, value in names.items()})


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(store="memory", zones=("example.org", "example.net")).start()
        cls.lab.leap_until(cls.lab.waiting_ksk)

    @classmethod
    def tearDownClass(cls):
        cls.lab.stop()
        cls.lab.close()

    def setUp(self):
        self.client = connect(self.lab)

    def tearDown(self):
        self.client.close()

    def test_zones(self):
        zones = self.client.list_zones(None).unpack()
        self.assertEqual({zone["zone"] for zone in zones}, {"example.org", "example.net"})
        self.assertEqual(self.client.show_zone("example.org", None)["zone"], "example.org")

    def test_keys(self):
        keys = self.client.list_keys(only(zone="example.org"), None).unpack()
        self.assertEqual(sorted(key["keytype"] for key in keys), ["KSK", "ZSK"])
        shown = {row["cka_id"]: row for row in self.lab.json("key", "list", "--zone", "example.org")}
        for key in keys:
            # as the command line shows it
            self.assertEqual(shown[key["cka_id"]]["keytag"], key["keytag"])

    def test_keys_one_by_one(self):
        seen = []
        self.client.foreach_key(None, lambda fields, row, *_: seen.append(
            dict(zip(fields, row.unpack()))) or True, None)
        self.assertEqual(len(seen), 4)
        # who has seen enough says so
        count = []
        self.client.foreach_key(None, lambda fields, row, *_: count.append(1) or False, None)
        self.assertEqual(len(count), 1)

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            self.client.show_zone("nowhere.example", None)
        self.assertTrue(caught.exception.matches(Kasper.error_quark(), Kasper.Error.NOT_FOUND))
        self.assertIn("nowhere.example", caught.exception.message)

    def test_no_daemon(self):
        client = Kasper.Client.new_for_socket("/nonexistent/kasper.sock")
        with self.assertRaises(GLib.Error) as caught:
            client.open(None)
        self.assertTrue(caught.exception.matches(Kasper.error_quark(), Kasper.Error.TRY_AGAIN))

    def test_example(self):
        result = subprocess.run(
            [sys.executable, EXAMPLE, self.client.get_socket(), "--once"],
            capture_output=True, text=True, timeout=PATIENCE, check=True)
        for word in ("example.org: policy default", "example.net", "KSK", "ZSK"):
            self.assertIn(word, result.stdout)
        for key in self.lab.keys():
            self.assertIn(key["cka_id"], result.stdout)


class Signals(unittest.TestCase):
    def test_event(self):
        with Lab(store="memory", zones=(), require_backup=True) as lab:
            lab.start()
            client, events, loop = connect(lab), [], GLib.MainLoop()

            def on_event(client, event):
                events.append(event.unpack())
                loop.quit()

            client.connect("event", on_event)
            lab.zones = {"example.org": "default"}
            lab.write_files()
            lab.kasper("update", "zonelist")
            # the first keys are made, and somebody has to see to their backup
            GLib.timeout_add_seconds(int(PATIENCE), loop.quit)
            loop.run()
            self.assertEqual([event["name"] for event in events], ["backup-needed"])
            self.assertEqual(events[0]["level"], "notice")
            self.assertIn("repository main", events[0]["text"])
            client.close()

    def test_monitor(self):
        with Lab(store="memory") as lab:
            lab.start()
            client = connect(lab)
            stream = client.monitor(None)
            lab.leap_until(lab.waiting_ksk)
            text = b""
            while b"ds-set-changed" not in text:
                part = stream.read_bytes(4096, None).get_data()
                self.assertTrue(part, "the stream has ended")
                text += part
            client.close()


if __name__ == "__main__":
    tap.main()
