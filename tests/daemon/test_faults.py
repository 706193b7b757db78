# SPDX-License-Identifier: BSD-2-Clause
"""What goes wrong is said, stops nobody else, and passes when its cause has passed."""

import os
import signal
import sqlite3
import unittest

import tap
from lab import Lab, policy_xml, wait_until


def living(lab):
    return lab.daemon.poll() is None


class Daemon(unittest.TestCase):
    def test_second_one_is_refused(self):
        with Lab(store="memory") as lab:
            lab.start()
            first = lab.daemon
            lab.start(wait=False)
            self.assertNotEqual(lab.daemon.wait(30), 0)
            lab.daemon = first
            self.assertTrue(living(lab))
            self.assertIn(str(first.pid), lab.log())
            lab.status()

    def test_stops_cleanly_and_goes_on(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            before = lab.keys()
            lab.restart()
            self.assertEqual(lab.keys(), before)

    def test_broken_policies_keep_the_old_ones(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.make_secure()
            before = lab.json("policy", "list")
            lab.kasp.write_text("<KASP><Policy name='default'><Descr", encoding="utf-8")
            lab.daemon.send_signal(signal.SIGHUP)
            wait_until(lambda: "stays as it was" in lab.log(), "the error in the log")
            self.assertTrue(living(lab))
            self.assertEqual(lab.json("policy", "list"), before)
            refused = lab.kasper("update", "all", expect=1)
            self.assertRegex(refused.stderr, r"kasp\.xml:\d+")
            lab.roll("ZSK")
            wait_until(lambda: len(lab.keys(keytype="ZSK")) == 2, "the next ZSK")

    def test_hang_up_reads_the_files_again(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.zones["second.example"] = "default"
            lab.write_files()
            lab.daemon.send_signal(signal.SIGHUP)
            wait_until(lambda: len(lab.json("zone", "list")) == 2, "the second zone")

    def test_does_not_start_on_wrong_files(self):
        broken = {
            "not XML": lambda lab: lab.conf.write_text("<Configuration", encoding="utf-8"),
            "unknown repository": lambda lab: lab.kasp.write_text(
                "<KASP>" + policy_xml(repository="absent") + "</KASP>", encoding="utf-8"),
            "unknown policy": lambda lab: lab.zonelist.write_text(
                "<ZoneList>" + lab.zone_xml("example.org", "absent") + "</ZoneList>",
                encoding="utf-8"),
            "entities": lambda lab: lab.zonelist.write_text(
                '<!DOCTYPE z [<!ENTITY e SYSTEM "file:///etc/passwd">]><ZoneList>&e;</ZoneList>',
                encoding="utf-8"),
        }
        for name, damage in broken.items():
            with self.subTest(name), Lab(store="memory") as lab:
                damage(lab)
                lab.start(wait=False)
                self.assertNotEqual(lab.daemon.wait(30), 0)
                self.assertRegex(lab.log(), r"\.xml:\d+")


class Token(unittest.TestCase):
    def test_wrong_pin(self):
        """Said once and in clear words, tried once, and well again with the right one"""
        with Lab(pin="0000-wrong") as lab:
            lab.start()
            lab.leap(lab.now() + 7200)
            lab.leap(lab.now() + 7200)
            repository = lab.json("repository", "list")[0]
            self.assertEqual(repository["state"], "failing")
            self.assertIn("PIN", repository["error"])
            self.assertNotIn("0000-wrong", repository["error"] + lab.log())
            self.assertEqual(lab.keys(), [])
            self.assertFalse(lab.signconf().exists())
            # SoftHSM counts wrong attempts; a token that locks itself would be gone for good
            lab.pin = "5678-canary"
            lab.write_files()
            lab.kasper("update", "conf")
            lab.leap_until(lambda: len(lab.keys()) == 2, limit=20)

    def test_missing_module(self):
        with Lab(module="/nonexistent/libhsm.so") as lab:
            lab.start(wait=False)
            wait_until(lambda: not living(lab) or "/nonexistent/libhsm.so" in lab.log(),
                       "a word about the module")
            self.assertIn("/nonexistent/libhsm.so", lab.log())

    def test_lost_key(self):
        """A key that left the token is missed, and no other is made in its place"""
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            keys = lab.keys()
            lab.stop()
            (token,) = (lab.folder / "var/tokens").iterdir()
            for path in token.glob("*.object"):
                if path.name != "token.object":
                    path.unlink()
            lab.start()
            test = lab.json("repository", "test", "--repository", "main")
            self.assertEqual(sorted(test["missing"]), sorted(k["cka_id"] for k in keys))
            lab.leap(lab.now() + 86400)
            self.assertEqual(sorted(k["cka_id"] for k in lab.keys()),
                             sorted(k["cka_id"] for k in keys))

    def test_full_token(self):
        with Lab(capacity=2, zones=("a.example", "b.example")) as lab:
            lab.start()
            lab.leap(lab.now() + 86400)
            lab.leap(lab.now() + 86400)
            made = [zone for zone in ("a.example", "b.example") if len(lab.keys(zone)) == 2]
            self.assertEqual(len(made), 1)
            self.assertIn("main", lab.kasper("status").stdout)
            lab.capacity = 10
            lab.write_files()
            lab.kasper("update", "conf")
            lab.leap_until(lambda: all(len(lab.keys(z)) == 2 for z in ("a.example", "b.example")),
                           limit=30)


class Signer(unittest.TestCase):
    def test_unwritable_folder(self):
        """The zone waits and the others go on; when the folder can be written to, so does it"""
        with Lab(store="memory", zones=("a.example", "b.example")) as lab:
            # not by its mode: root may write everywhere; a file where the folder should be
            blocked = lab.folder / "var" / "blocked"
            text = lab.zonelist.read_text(encoding="utf-8")
            lab.zonelist.write_text(
                text.replace(str(lab.signconf("b.example")), f"{blocked}/b.example.xml"),
                encoding="utf-8")
            blocked.write_text("", encoding="utf-8")
            lab.start()
            lab.leap_until(lambda: lab.waiting_ksk("a.example"))
            self.assertIsNone(lab.waiting_ksk("b.example"))
            problem, = [row for row in lab.status()["problems"] if row["what"] == "zone b.example"]
            self.assertIn(f"{blocked}, where its signer configuration belongs, is no folder",
                          problem["text"])
            self.assertIn("b.example", lab.kasper("queue").stdout)
            blocked.unlink()
            blocked.mkdir()
            lab.leap_until(lambda: lab.waiting_ksk("b.example"))
            self.assertTrue((blocked / "b.example.xml").exists())
            self.assertEqual(lab.status()["failing"], 0)
            self.assertEqual(lab.status()["problems"], [])

    def test_notify_command_fails(self):
        with Lab(store="memory", signer_settings={"notify_command": "/bin/false"}) as lab:
            lab.start()
            lab.leap(lab.now() + 86400)
            self.assertTrue(living(lab))
            self.assertIsNone(lab.waiting_ksk())


class Database(unittest.TestCase):
    def test_not_ours(self):
        """A file that is no database of Kasper's is left as it is"""
        with Lab(store="memory") as lab:
            lab.database.write_bytes(b"something else entirely" * 100)
            lab.start(wait=False)
            wait_until(lambda: not living(lab) or (lab.folder / "run/kasper.sock").exists(),
                       "an end or a beginning")
            self.assertEqual(lab.database.read_bytes(), b"something else entirely" * 100)

    def test_newer_schema(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.stop()
            path = max((lab.folder / "var").glob("*.db*"), key=lambda p: p.stat().st_size)
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 9999")
            connection.close()
            lab.start(wait=False)
            self.assertNotEqual(lab.daemon.wait(30), 0)
            self.assertIn("9999", lab.log())

    def test_lost_folder_is_no_new_beginning(self):
        """Without its database the daemon must not take keys in the token for somebody else's"""
        with Lab() as lab:
            lab.start()
            lab.kasper("enforce")
            lab.stop()
            for path in (lab.folder / "var").glob("kasper.db*"):
                path.unlink()
            lab.start()
            test = lab.json("repository", "test", "--repository", "main")
            self.assertGreaterEqual(len(test["unknown"]), 2)


class Isolation(unittest.TestCase):
    def test_socket_is_private(self):
        with Lab(store="memory") as lab:
            lab.start()
            mode = os.stat(lab.folder / "run/kasper.sock").st_mode & 0o777
            self.assertEqual(mode & 0o007, 0)

    def test_leaves_nothing_behind(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.kasper("enforce")
            lab.stop()
            self.assertFalse((lab.folder / "run/kasper.sock").exists())
            self.assertEqual(list(lab.signconf().parent.glob("*.tmp*")), [])


if __name__ == "__main__":
    tap.main()
