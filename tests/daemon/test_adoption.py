# SPDX-License-Identifier: BSD-2-Clause
"""Zones that are signed already when the daemon first sees them: nothing of them is touched before
somebody has decided"""

import subprocess
import unittest

import tap
from lab import KASPERD, Lab, wait_until

WEEK = 7 * 86400


def lose_database(lab):
    lab.stop()
    for path in lab.database.parent.glob(f"{lab.database.name}*"):
        path.unlink()


def import_keys(lab, rows, zone="example.org"):
    for row in rows:
        lab.kasper("key", "import", "--zone", zone, "--repository", row["repository"],
                   "--cka_id", row["cka_id"], "--algorithm", str(row["algorithm"]),
                   "--bits", str(row["bits"]), "--keytype", row["keytype"],
                   "--keystate", "ACTIVE", "--time", "2026-03-16T11:39:05")


def key_ids(lab, zone="example.org"):
    return {row["cka_id"] for row in lab.keys(zone) if row["state"] != "dead"}


class LostDatabase(unittest.TestCase):
    def secure(self, lab):
        lab.start()
        lab.make_secure()
        self.order = lab.signconf().read_bytes()
        self.rows = lab.keys()

    def assert_held(self, lab, zone="example.org"):
        row = lab.zone(zone)
        self.assertEqual((row["state"], row["waiting_for"]), ("held", "operator"))
        self.assertEqual((row["keys"], row["intents"], row["revision"]), ([], [], 0))
        reason, = row["reasons"]
        self.assertEqual(reason["actor"], "operator")
        self.assertIn("is signed already", reason["text"])

    def test_held_and_imported(self):
        with Lab(skip_public_key=False, zones=("example.org", "example.net")) as lab:
            self.secure(lab)
            lab.kasper("zone", "delete", "--zone", "example.net", "--yes")
            lab.kasper("enforce")
            lose_database(lab)
            lab.zones = {"example.org": "default", "new.example": "default"}
            lab.write_files()
            lab.start()
            lab.kasper("enforce")
            # the other one goes on, and this one is left alone for as long as it takes
            lab.leap_until(lambda: lab.waiting_ksk("new.example"))
            lab.leap(lab.now() + WEEK)
            self.assert_held(lab)
            self.assertEqual(lab.signconf().read_bytes(), self.order)
            problem, = [row for row in lab.status()["problems"]
                        if row["what"] == "zone example.org"]
            for text in (*(row["cka_id"] for row in self.rows), str(lab.signconf()),
                         "kasper key import", "kasper zone adopt --zone example.org --unsigned"):
                self.assertIn(text, problem["text"])
            self.assertIn("held", lab.kasper("zone", "list").stdout)
            self.assertIn("example.org", lab.kasper("queue").stdout)
            lab.syslog.wait_for("zone example.org is signed already")

            # a restart changes nothing, and nobody is told again
            lab.restart()
            lab.kasper("enforce", "--zone", "example.org")
            self.assert_held(lab)
            self.assertEqual(lab.signconf().read_bytes(), self.order)

            import_keys(lab, self.rows)
            self.assertEqual(lab.zone()["state"], "frozen")
            self.assertEqual(lab.signconf().read_bytes(), self.order)
            lab.kasper("enforce", "--zone", "example.org")
            lab.leap_until(lambda: lab.zone()["confirmed"] == 1)
            self.assertEqual(key_ids(lab), {row["cka_id"] for row in self.rows})
            self.assertEqual(lab.signconf().read_bytes(), self.order)
            self.assertEqual([row for row in lab.status()["problems"]], [])
            lab.leap(lab.now() + 30 * 86400)
            self.assertEqual(key_ids(lab), {row["cka_id"] for row in self.rows})

    def test_once(self):
        """From cron, too: it says that not all could be done"""
        with Lab(store="softhsm") as lab:
            self.secure(lab)
            lose_database(lab)
            result = subprocess.run(
                [KASPERD, "--config", lab.conf, "--once", f"--test-clock={lab.clock}"],
                env=lab.env, text=True, capture_output=True, check=False)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertIn("zone example.org is signed already", result.stdout + result.stderr)
            self.assertEqual(lab.signconf().read_bytes(), self.order)

    def test_unsigned(self):
        """A person knows better: the zone gets new keys"""
        with Lab() as lab:
            self.secure(lab)
            lose_database(lab)
            lab.start()
            lab.kasper("enforce")
            self.assert_held(lab)
            # not without being sure
            lab.kasper("zone", "adopt", "--zone", "example.org", expect=2)
            lab.kasper("zone", "adopt", "--zone", "example.org", "--unsigned", expect=1)
            self.assert_held(lab)
            lab.kasper("zone", "adopt", "--zone", "example.org", "--unsigned", "--yes")
            lab.make_secure()
            self.assertEqual(key_ids(lab) & {row["cka_id"] for row in self.rows}, set())
            for row in self.rows:
                self.assertNotIn(row["cka_id"], lab.signconf().read_text(encoding="utf-8"))
            lab.kasper("zone", "adopt", "--zone", "example.org", "--unsigned", "--yes", expect=1)

    def test_taken_away(self):
        """What was found is gone: it was a leftover, and the zone goes on by itself"""
        with Lab(store="memory") as lab:
            lab.signconf().write_text("<SignerConfiguration><Zone name='example.org'><Keys><Key>"
                                      "<Flags>257</Flags><Algorithm>8</Algorithm><Locator>0426"
                                      "</Locator><KSK/></Key></Keys></Zone>"
                                      "</SignerConfiguration>", encoding="utf-8")
            (lab.folder / "var/signed/example.org").write_text(
                "example.org. 3600 IN RRSIG SOA 8 2 3600 20270101000000 20260101000000 1 "
                "example.org. AA==\n", encoding="utf-8")
            lab.start()
            lab.kasper("enforce")
            self.assert_held(lab)
            lab.signconf().unlink()
            lab.leap()
            self.assert_held(lab)
            self.assertIn("var/signed/example.org has signatures",
                          lab.status()["problems"][0]["text"])
            (lab.folder / "var/signed/example.org").unlink()
            lab.leap_until(lab.waiting_ksk)
            self.assertEqual(lab.status()["problems"], [])

    def test_killed(self):
        """Our own first order is never taken for somebody else's, whenever the daemon dies"""
        with Lab(store="softhsm", skip_public_key=False) as lab:
            lab.start()
            wait_until(lambda: lab.signconf().exists(), "the first order")
            lab.kill()
            lab.start()
            lab.make_secure()
            self.assertEqual(len(key_ids(lab)), 2)
            self.assertEqual(lab.status()["problems"], [])

    def test_added(self):
        """The same for a zone that a command adds"""
        with Lab(store="memory") as lab:
            lab.start()
            lab.kasper("enforce")
            lab.signconf("b.example").write_text(
                lab.signconf().read_text(encoding="utf-8").replace("example.org", "b.example"),
                encoding="utf-8")
            order = lab.signconf("b.example").read_bytes()
            lab.kasper("zone", "add", "--zone", "b.example", "--signerconf",
                       lab.signconf("b.example"))
            lab.kasper("enforce", "--zone", "b.example")
            lab.leap(lab.now() + WEEK)
            self.assert_held(lab, "b.example")
            # and it can be let go again, without a trace
            lab.kasper("zone", "delete", "--zone", "b.example", "--yes")
            lab.leap(lab.now() + WEEK)
            self.assertEqual(lab.signconf("b.example").read_bytes(), order)
            self.assertEqual(lab.status()["problems"], [])


if __name__ == "__main__":
    tap.main()
