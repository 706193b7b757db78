# SPDX-License-Identifier: BSD-2-Clause
"""The command line: what it refuses, how it exits, what it lists."""

import json
import select
import signal
import subprocess
import unittest

import tap
from lab import KASPER, Lab, policy_xml, wait_until

FIELDS = ("zone keytype state keytag algorithm bits cka_id repository next_transition next_state "
          "waiting_for backup").split()


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(store="memory").start()
        cls.lab.make_secure()

    @classmethod
    def tearDownClass(cls):
        cls.lab.close()

    def refused(self, *words, expect=1, says=()):
        result = self.lab.kasper(*words, expect=expect)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.strip())
        for text in says if isinstance(says, tuple) else (says,):
            self.assertIn(text, result.stderr)

    def test_unknown_zone(self):
        for words in (("zone", "show"), ("key", "export"), ("key", "ksk-retire"),
                      ("zone", "delete"), ("key", "rollover", "--keytype", "ZSK")):
            with self.subTest(words):
                self.refused(*words, "--zone", "nowhere.example", "--yes"
                             if words[-1] in ("ksk-retire", "delete", "ZSK") else "--format=table",
                             says="nowhere.example")

    def test_unknown_policy(self):
        self.refused("zone", "add", "--zone", "new.example", "--policy", "absent", says="absent")
        self.refused("key", "rollover", "--policy", "absent", "--keytype", "ZSK", "--yes",
                     says="absent")
        self.assertEqual(len(self.lab.json("zone", "list")), 1)

    def test_unknown_key(self):
        self.refused("key", "ds-seen", "--zone", "example.org", "--cka_id", "00ff00ff",
                     says="00ff00ff")
        self.refused("key", "show", "--zone", "example.org", "--cka_id", "00ff00ff",
                     says="00ff00ff")

    def test_unknown_repository(self):
        self.refused("repository", "test", "--repository", "absent", says="absent")

    def test_zone_exists(self):
        self.refused("zone", "add", "--zone", "example.org", "--policy", "default",
                     says="example.org")

    def test_active_key_is_not_seen_again(self):
        self.refused("key", "ds-seen", "--zone", "example.org", "--cka_id",
                     self.lab.key(keytype="KSK")["cka_id"])

    def test_last_ksk_is_kept(self):
        self.refused("key", "ksk-retire", "--zone", "example.org", "--yes")
        self.refused("key", "ksk-retire", "--zone", "example.org", "--yes", "--cka_id",
                     self.lab.key(keytype="KSK")["cka_id"])
        self.assertEqual(self.lab.key(keytype="KSK")["state"], "active")

    def test_usage(self):
        for words in (("frobnicate",), ("key", "frobnicate"), ("key", "list", "--frobnicate"),
                      ("key", "export", "--keystate", "SLEEPY"),
                      ("key", "rollover", "--zone", "example.org", "--keytype", "XSK"),
                      ("key", "list", "--format", "poem"), ("key", "ds-seen")):
            with self.subTest(words):
                self.refused(*words, expect=2)

    def test_bad_names(self):
        for name in ("a..b", "x" * 64 + ".example", "../etc/passwd", ".".join(["abcdefg"] * 40)):
            with self.subTest(name):
                result = self.lab.kasper("zone", "add", "--zone", name, "--policy", "default",
                                         expect=None)
                self.assertIn(result.returncode, (1, 2))
        self.assertEqual(len(self.lab.json("zone", "list")), 1)

    def test_no_question_without_a_terminal(self):
        self.refused("key", "rollover", "--policy", "default", "--keytype", "KSK", says="--yes")
        self.assertEqual(len(self.lab.keys(keytype="KSK")), 1)

    def test_time_does_not_run_backwards(self):
        self.refused("time", "leap", "--to", "2001-01-01T00:00:00Z")


class NotReachable(unittest.TestCase):
    def test_exit_status(self):
        with Lab(store="memory") as lab:
            result = lab.kasper("status", expect=3)
            self.assertIn("kasper.sock", result.stderr)


class Lists(unittest.TestCase):
    def test_formats(self):
        with Lab(store="memory", zones=("b.example", "a.example")) as lab:
            lab.start()
            lab.kasper("enforce")
            rows = lab.json("key", "list")
            self.assertEqual(len(rows), 4)
            for row in rows:
                for field in FIELDS:
                    self.assertIn(field, row)
            self.assertEqual([row["zone"] for row in rows], ["a.example"] * 2 + ["b.example"] * 2)
            for words in (("zone", "list"), ("policy", "list"), ("repository", "list"),
                          ("plugin", "list"), ("queue",), ("backup", "list"), ("status",)):
                with self.subTest(words):
                    table = lab.kasper(*words).stdout
                    self.assertTrue(table.strip() or not lab.json(*words))
                    json.loads(lab.kasper(*words, "--format", "json").stdout)

    def test_secrets_are_masked(self):
        with Lab() as lab:
            lab.start()
            lab.kasper("enforce")
            for words in (("plugin", "list"), ("plugin", "show", "main"), ("status",),
                          ("repository", "list")):
                result = lab.kasper(*words, "--format", "json", expect=None)
                self.assertNotIn(lab.pin, result.stdout + result.stderr)
            lab.stop()
            self.assertNotIn(lab.pin, lab.log() + "".join(lab.syslog.lines))
            for path in (lab.folder / "var").glob("kasper.db*"):
                self.assertNotIn(lab.pin.encode(), path.read_bytes())


class Streams(unittest.TestCase):
    def test_reader_that_has_seen_enough(self):
        zones = [f"z{n:03}.example" for n in range(200)]
        with Lab(store="memory", zones=zones) as lab:
            lab.start()
            lab.kasper("enforce")
            for words in (("key", "list"), ("zone", "list"), ("key", "list", "--format", "json")):
                with self.subTest(words), subprocess.Popen(
                        [KASPER, "--config", lab.conf, *words], env=lab.env, text=True,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
                    self.assertTrue(command.stdout.readline())
                    command.stdout.close()
                    command.wait(30)
                    self.assertEqual(command.stderr.read(), "")
            lab.status()

    def test_monitor(self):
        with Lab(store="memory") as lab:
            lab.start()
            for words, field in ((("--format", "json"), '"zone":"example.org"'), ((), "example.org")):
                with self.subTest(words), subprocess.Popen(
                        [KASPER, "--config", lab.conf, "monitor", *words], env=lab.env, text=True,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
                    # whoever is told of the next event is listening
                    wait_until(lambda: select.select([command.stdout], [], [], 0)[0] or
                               lab.roll("ZSK"), "an event")
                    lines = [command.stdout.readline()]
                    while field not in lines[-1]:
                        lines.append(command.stdout.readline())
                        self.assertTrue(lines[-1], lines)
                    if words:
                        self.assertIn("text", json.loads(lines[-1]))
                    command.send_signal(signal.SIGINT)
                    self.assertEqual(command.wait(30), 0)
                    self.assertEqual(command.stderr.read(), "")

    def test_monitor_outlives_nobody(self):
        with Lab(store="memory") as lab:
            lab.start()
            with subprocess.Popen([KASPER, "--config", lab.conf, "monitor"], env=lab.env, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
                wait_until(lambda: select.select([command.stdout], [], [], 0)[0] or
                           lab.roll("ZSK"), "an event")
                lab.stop()
                self.assertEqual(command.wait(30), 3)
                self.assertIn("has ended", command.stderr.read())


class Zones(unittest.TestCase):
    def test_add_and_delete(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.kasper("zone", "add", "--zone", "new.example", "--policy", "default",
                       "--signerconf", str(lab.signconf("new.example")),
                       "--input", str(lab.folder / "var/unsigned/new.example"),
                       "--output", str(lab.folder / "var/signed/new.example"))
            self.assertIn("new.example", lab.zonelist.read_text(encoding="utf-8"))
            lab.kasper("enforce")
            self.assertEqual(len(lab.keys("new.example")), 2)
            self.assertTrue(lab.signconf("new.example").exists())
            lab.kasper("zone", "delete", "--zone", "new.example", "--yes")
            self.assertNotIn("new.example", lab.zonelist.read_text(encoding="utf-8"))
            self.assertEqual([z["zone"] for z in lab.json("zone", "list")], ["example.org"])

    def test_set_policy(self):
        policies = [policy_xml(), policy_xml("other")]
        with Lab(store="memory", policies=policies) as lab:
            lab.start()
            lab.kasper("zone", "set-policy", "--zone", "example.org", "--policy", "other")
            self.assertEqual(lab.zone()["policy"], "other")


class Update(unittest.TestCase):
    def test_zonelist(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.zones["second.example"] = "default"
            lab.write_files()
            dry = lab.kasper("update", "zonelist", "--dry-run").stdout
            self.assertIn("second.example", dry)
            self.assertEqual(len(lab.json("zone", "list")), 1)
            lab.kasper("update", "zonelist")
            self.assertEqual(len(lab.json("zone", "list")), 2)

    def test_policy_edit_says_what_it_starts(self):
        with Lab(store="memory", policies=[policy_xml(algorithm=8, bits=2048)]) as lab:
            lab.start()
            lab.make_secure()
            lab.policies = [policy_xml(algorithm=13, bits=256)]
            lab.write_files()
            said = lab.kasper("update", "kasp", "--dry-run").stdout
            self.assertIn("example.org", said)
            self.assertEqual(len(lab.keys()), 2)


class Time(unittest.TestCase):
    def test_ways_to_turn_the_clock(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.kasper("enforce")
            start = lab.now()
            self.assertEqual(lab.json("time", "leap", "--by", "PT1M")["now"], start + 60)
            # everything on the way is done at its own time: the KSK waits since it could
            lab.kasper("time", "leap", "--until", f"@{start + 30 * 86400}")
            self.assertEqual(lab.now(), start + 30 * 86400)
            ready = lab.json("key", "show", lab.waiting_ksk()["cka_id"])["ready"]
            self.assertLess(ready, start + 86400)
            self.assertGreater(ready, start)


class Setup(unittest.TestCase):
    def test_never_wipes(self):
        with Lab(store="memory") as lab:
            self.assertIn("Start kasperd", lab.kasper("setup").stdout)
            self.assertIn("Okay, quitting...", lab.ksmutil("setup", stdin="n\n").stdout)
            said = lab.ksmutil("setup", stdin="y\n").stdout
            self.assertIn("Repository main found", said)
            self.assertIn("Zone example.org found; policy set to default", said)
            lab.start()
            lab.kasper("enforce")
            before = lab.keys()
            self.assertIn("update all", lab.kasper("setup", expect=1).stderr)
            self.assertIn("SETUP FAILED", lab.ksmutil("setup", stdin="y\n", expect=1).stdout)
            self.assertEqual(lab.keys(), before)
            lab.stop()
            self.assertIn(str(lab.database), lab.kasper("setup", expect=1).stderr)


class PolicyCheck(unittest.TestCase):
    def test_without_a_daemon(self):
        with Lab(store="memory") as lab:
            lab.kasper("policy", "check")
            lab.policies = [policy_xml(repository="absent")]
            lab.write_files()
            refused = lab.kasper("policy", "check", expect=1)
            self.assertRegex(refused.stdout + refused.stderr, r"kasp\.xml:\d+: error: .*absent")


class Once(unittest.TestCase):
    def test_does_what_is_due_and_exits(self):
        with Lab() as lab:
            lab.start("--once", wait=False)
            self.assertEqual(lab.daemon.wait(30), 0, lab.log())
            self.assertTrue(lab.signconf().exists())
            lab.start()
            self.assertEqual(len(lab.keys()), 2)


if __name__ == "__main__":
    tap.main()
