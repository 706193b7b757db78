# SPDX-License-Identifier: BSD-2-Clause
"""`kasper plan`: what it says comes to pass, at the time that it says, when everybody acts at once."""

import time
import unittest

import tap
from lab import GOLDEN, Lab, policy_xml

DAY = 86400
A, K, S = GOLDEN["zone_propagation"], GOLDEN["dnskey_ttl"], GOLDEN["max_zone_ttl"]
D, P, DREG = GOLDEN["ds_ttl"], GOLDEN["parent_propagation"], GOLDEN["registration_delay"]
SP, SR = GOLDEN["publish_safety"], GOLDEN["retire_safety"]
SX = max(SP, SR)
G = GOLDEN["jitter"] + GOLDEN["validity"] + GOLDEN["resign"] - GOLDEN["refresh"]


def times(rows, step, **wanted):
    return [row["time"] for row in rows
            if row["step"] == step and all(row[name] == value for name, value in wanted.items())]


class Plan(unittest.TestCase):
    def follow(self, lab, rows):
        """Goes from step to step: each word of the plan about a key of the zone comes true"""
        followed = 0
        begin = lab.now()
        for instant in sorted({row["time"] for row in rows if row["time"] > begin}):
            lab.leap_through(instant - 1)
            before = {key["cka_id"]: key["state"] for key in lab.keys()}
            revision = lab.zone()["revision"]
            lab.leap_through(instant)
            for row in (row for row in rows if row["time"] == instant):
                if row["step"] == "ds-seen":
                    lab.ds_seen(lab.waiting_ksk())
                elif row["step"] == "publish":
                    self.assertGreater(lab.zone()["revision"], revision, row)
                elif row["step"] in ("active", "dead") and row["cka_id"]:
                    self.assertNotEqual(before[row["cka_id"]], row["step"], row)
                    self.assertEqual(lab.key(cka_id=row["cka_id"])["state"], row["step"], row)
                elif row["step"] == "make":
                    self.assertEqual(len(lab.keys()), len(before) + 1, row)
                else:
                    continue
                followed += 1
        return followed

    def test_zsk(self):
        with Lab(store="memory") as lab:
            lab.start().make_secure()
            old = lab.key(keytype="ZSK")
            start = lab.now()
            self.assertEqual(lab.json("plan", "example.org"), [])
            lab.roll("ZSK")
            new = next(k for k in lab.keys(keytype="ZSK") if k["cka_id"] != old["cka_id"])
            rows = lab.json("plan", "example.org")
            swap = start + A + K + SP
            gone = swap + G + A + S + SX
            self.assertEqual(times(rows, "active", cka_id=new["cka_id"]), [swap])
            self.assertEqual(times(rows, "publish"), [swap, gone])
            self.assertEqual(times(rows, "replaced"), [swap + G])
            self.assertEqual(times(rows, "dead", cka_id=old["cka_id"]), [gone + A + K + SR])
            table = lab.kasper("plan", "--zone", "example.org").stdout
            self.assertIn(f"ZSK {new['keytag']} is active", table)
            self.assertIn(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(swap)), table)
            self.assertEqual(self.follow(lab, rows), 4)
            self.assertEqual(lab.json("plan", "example.org"), [])

    def test_ksk(self):
        """In the middle of it, too"""
        with Lab(store="memory") as lab:
            lab.start().make_secure()
            start = lab.now()
            lab.roll("KSK")
            submit = start + A + K + SP
            for _ in range(2):
                rows = lab.json("plan", "example.org")
                self.assertEqual(times(rows, "ds-seen", actor="operator"), [submit + DREG])
                self.assertEqual(times(rows, "serve", actor="parent"), [submit + DREG])
                self.assertEqual(times(rows, "publish", actor="signer"), [submit + DREG + P + D + SX])
                self.assertEqual(times(rows, "dead"), [submit + DREG + P + D + SX + A + K + SR])
                # the second time the DS has been submitted, and is awaited
                lab.leap_through(submit + DREG // 2)
            self.assertEqual(self.follow(lab, rows), 4)

    def test_lifetimes(self):
        policy = policy_xml(zsk_lifetime=30 * DAY, ksk_lifetime=100 * DAY, purge=DAY)
        with Lab(store="memory", policies=[policy]) as lab:
            lab.start().make_secure()
            rows = lab.json("plan", "example.org", "--until", "P2Y")
            # 24 and 7 lifetimes, each shorter by up to a tenth as this installation spreads them
            self.assertIn(len(times(rows, "rollover", keytype="ZSK")), range(24, 28))
            self.assertIn(len(times(rows, "rollover", keytype="KSK")), range(7, 9))
            self.assertLessEqual(rows[-1]["time"], lab.now() + 2 * 365 * DAY)
            shorter = lab.json("plan", "example.org", "--until", f"@{rows[9]['time']}")
            self.assertEqual(shorter, [row for row in rows if row["time"] <= rows[9]["time"]])
            # spread as the daemon spreads it
            self.follow(lab, rows[:12])

    def test_first_signing(self):
        with Lab(store="memory", require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            rows = lab.json("plan", "example.org")
            self.assertEqual(len(times(rows, "backup", actor="backup")), 2)
            submit = lab.now() + max(A + S, A + K) + SP
            self.assertEqual(times(rows, "submit"), [submit])
            lab.kasper("backup", "done", "--yes")
            lab.leap_through(submit)
            self.assertIsNotNone(lab.waiting_ksk())

    def test_token_is_away(self):
        with Lab() as lab:
            (lab.folder / "var" / "tokens").rename(lab.folder / "var" / "away")
            lab.start()
            lab.kasper("enforce")
            until = lab.json("explain", "example.org")[0]["until"]
            self.assertEqual(times(lab.json("plan", "example.org"), "make", actor="store"),
                             [until, until])

    def test_all_zones(self):
        zones = ("a.example", "b.example", "c.example")
        with Lab(store="memory", zones=zones) as lab:
            lab.start()
            lab.kasper("enforce")
            rows = lab.json("plan", "--until", "P1D")
            self.assertEqual({row["zone"] for row in rows}, set(zones))
            self.assertEqual(rows, [row for zone in zones
                                    for row in lab.json("plan", "--zone", zone, "--until", "P1D")])

    def test_refused(self):
        with Lab(store="memory") as lab:
            lab.start()
            for words, says in ((("nowhere.example",), "nowhere.example"),
                                (("example.org", "--until", "P1X"), "P1X"),
                                (("example.org", "--until", "soon"), "soon")):
                refused = lab.kasper("plan", *words, expect=1)
                self.assertIn(says, refused.stderr)
                self.assertEqual(refused.stdout, "")


if __name__ == "__main__":
    tap.main()
