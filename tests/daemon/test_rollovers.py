# SPDX-License-Identifier: BSD-2-Clause
"""A zone from nothing through its rollovers, at the instants that doc/timing.md names. The letters
are those of that page; the signer publishes at once."""

import unittest
import xml.etree.ElementTree as ET

import tap
from lab import GOLDEN, START, Lab, policy_xml

A = GOLDEN["zone_propagation"]
K = GOLDEN["dnskey_ttl"]
N = min(GOLDEN["soa_ttl"], GOLDEN["soa_minimum"])
S = GOLDEN["max_zone_ttl"]
D = GOLDEN["ds_ttl"]
ND = min(GOLDEN["parent_soa_ttl"], GOLDEN["parent_soa_minimum"])
P = GOLDEN["parent_propagation"]
SP = GOLDEN["publish_safety"]
SR = GOLDEN["retire_safety"]
SX = max(SP, SR)
G = GOLDEN["jitter"] + GOLDEN["validity"] + GOLDEN["resign"] - GOLDEN["refresh"]
# from the submission of a DS to when somebody says that it is seen
R = 5000


def orders(lab, zone="example.org"):
    """What signconf.xml orders, by CKA_ID: the roles in which a key is used"""
    root = ET.parse(lab.signconf(zone)).getroot()
    return {
        key.findtext("Locator").lower(): {
            word for word in ("KSK", "ZSK", "Publish") if key.find(word) is not None
        }
        for key in root.iter("Key")
    }


class FirstSigning(unittest.TestCase):
    def test_instants(self):
        with Lab() as lab:
            lab.start()
            lab.kasper("enforce")
            zsk, ksk = lab.key(keytype="ZSK"), lab.key(keytype="KSK")
            self.assertEqual(lab.now(), START)
            self.assertEqual(zsk["state"], "active")
            self.assertEqual(ksk["state"], "publish")
            self.assertEqual(
                orders(lab),
                {ksk["cka_id"]: {"KSK", "Publish"}, zsk["cka_id"]: {"ZSK", "Publish"}},
            )

            submit = START + max(A + N, A + S) + SP
            lab.leap_through(submit - 1)
            self.assertIsNone(lab.waiting_ksk())
            lab.leap_through(submit)
            self.assertEqual(lab.waiting_ksk()["cka_id"], ksk["cka_id"])

            seen = submit + R
            lab.leap_through(seen)
            lab.ds_seen(ksk)
            self.assertEqual(lab.key(keytype="KSK")["state"], "active")
            self.assertEqual(lab.key(keytype="KSK")["ds"], "rumoured")
            secure = seen + P + ND + SP
            lab.leap_through(secure - 1)
            self.assertFalse(lab.is_secure())
            lab.leap_through(secure)
            self.assertTrue(lab.is_secure())
            self.assertEqual(lab.key(keytype="KSK")["ds"], "omnipresent")

    def test_ds_seen_too_early(self):
        with Lab() as lab:
            lab.start()
            lab.kasper("enforce")
            refused = lab.kasper("key", "ds-seen", "--zone", "example.org", "--cka_id",
                                 lab.key(keytype="KSK")["cka_id"], expect=1)
            self.assertTrue(refused.stderr.strip())
            self.assertEqual(lab.key(keytype="KSK")["state"], "publish")

    def test_idle_zone_is_not_due(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.make_secure()
            self.assertEqual(lab.status()["due"], 0)
            self.assertEqual(lab.status()["intents"], 0)


class ZskRollover(unittest.TestCase):
    def test_instants(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            old = lab.key(keytype="ZSK")
            start = lab.now()
            lab.roll("ZSK")
            new = next(k for k in lab.keys(keytype="ZSK") if k["cka_id"] != old["cka_id"])
            self.assertEqual(new["state"], "publish")
            self.assertEqual(orders(lab)[new["cka_id"]], {"Publish"})

            lab.leap_through(start + A + K + SP - 1)
            self.assertEqual(orders(lab)[new["cka_id"]], {"Publish"})
            lab.leap_through(start + A + K + SP)
            self.assertEqual(orders(lab)[new["cka_id"]], {"ZSK", "Publish"})
            self.assertEqual(orders(lab)[old["cka_id"]], {"Publish"})
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "retire")
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "active")

            # nobody says that the signer has replaced all signatures: the longest time counts
            removed = start + A + K + SP + G + A + S + SX
            lab.leap_through(removed - 1)
            self.assertIn(old["cka_id"], orders(lab))
            lab.leap_through(removed)
            self.assertNotIn(old["cka_id"], orders(lab))
            lab.leap_through(removed + A + K + SR - 1)
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "retire")
            lab.leap_through(removed + A + K + SR)
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "dead")

    def test_lifetime(self):
        lifetime = 30 * 86400
        with Lab(store="memory", policies=[policy_xml(zsk_lifetime=lifetime)]) as lab:
            lab.start()
            lab.make_secure()
            first = lab.key(keytype="ZSK")
            lab.leap_until(lambda: len(lab.keys(keytype="ZSK")) == 2)
            # it is published early enough to take over when the lifetime ends; zones are spread over
            # the last tenth of a lifetime, always to the earlier side
            begun = lab.now()
            self.assertLessEqual(begun, START + lifetime - (A + K + SP))
            self.assertGreater(begun, START + lifetime * 9 // 10 - (A + K + SP))
            lab.leap_until(lambda: lab.key(cka_id=first["cka_id"])["state"] == "retire")
            self.assertEqual(lab.now(), begun + A + K + SP)

    def test_manual_rollover(self):
        """<ManualRollover/>: nothing by itself, all of it on command"""
        policy = policy_xml(zsk_lifetime=30 * 86400, ksk_lifetime=60 * 86400, manual=True)
        with Lab(store="memory", policies=[policy]) as lab:
            lab.start()
            lab.make_secure()
            lab.leap(START + 400 * 86400)
            self.assertEqual(len(lab.keys()), 2)
            lab.roll("ZSK")
            self.assertEqual(len(lab.keys(keytype="ZSK")), 2)
            self.assertEqual(len(lab.keys(keytype="KSK")), 1)


class KskRollover(unittest.TestCase):
    def test_instants(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            old = lab.key(keytype="KSK")
            start = lab.now()
            lab.roll("KSK")
            new = next(k for k in lab.keys(keytype="KSK") if k["cka_id"] != old["cka_id"])
            self.assertEqual(orders(lab)[new["cka_id"]], {"KSK", "Publish"})
            submit = start + A + K + SP
            lab.leap_through(submit - 1)
            self.assertIsNone(lab.waiting_ksk())
            lab.leap_through(submit)
            self.assertEqual(lab.waiting_ksk()["cka_id"], new["cka_id"])
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "active")

            seen = submit + R
            lab.leap_through(seen)
            lab.ds_seen(new)
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "active")
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "retire")
            removed = seen + P + D + SX
            lab.leap_through(removed - 1)
            self.assertEqual(orders(lab)[old["cka_id"]], {"KSK", "Publish"})
            lab.leap_through(removed)
            self.assertNotIn(old["cka_id"], orders(lab))
            lab.leap_through(removed + A + K + SR)
            self.assertEqual(lab.key(cka_id=old["cka_id"])["state"], "dead")
            self.assertTrue(lab.is_secure())

    def test_by_policy(self):
        zones = ("a.example", "b.example", "c.example")
        with Lab(store="memory", zones=zones) as lab:
            lab.start()
            for zone in zones:
                lab.make_secure(zone)
            lab.kasper("key", "rollover", "--policy", "default", "--keytype", "KSK", "--yes")
            lab.kasper("enforce")
            for zone in zones:
                self.assertEqual(len(lab.keys(zone, keytype="KSK")), 2)
                self.assertEqual(len(lab.keys(zone, keytype="ZSK")), 1)


class Csk(unittest.TestCase):
    def test_first_signing_and_rollover(self):
        with Lab(policies=[policy_xml(csk=True)]) as lab:
            lab.start()
            lab.make_secure(keytype="CSK")
            old = lab.key(keytype="CSK")
            self.assertEqual(orders(lab), {old["cka_id"]: {"KSK", "ZSK", "Publish"}})
            start = lab.now()
            lab.roll("CSK")
            new = next(k for k in lab.keys(keytype="CSK") if k["cka_id"] != old["cka_id"])
            lab.leap_through(start + A + K + SP)
            self.assertEqual(orders(lab)[new["cka_id"]], {"KSK", "ZSK", "Publish"})
            self.assertEqual(orders(lab)[old["cka_id"]], {"KSK", "Publish"})
            lab.leap_through(start + A + K + SP + R)
            lab.ds_seen(new)
            lab.leap_through(start + A + K + SP + R + P + D + SX)
            self.assertEqual(orders(lab)[old["cka_id"]], {"Publish"})
            lab.leap_through(start + A + K + SP + G + A + S + SX)
            self.assertEqual(orders(lab), {new["cka_id"]: {"KSK", "ZSK", "Publish"}})


class SharedKeys(unittest.TestCase):
    def test_one_pair_for_all(self):
        zones = ("a.example", "b.example", "c.example")
        with Lab(zones=zones, policies=[policy_xml(share=True)]) as lab:
            lab.start()
            lab.kasper("enforce")
            ids = {tuple(sorted(k["cka_id"] for k in lab.keys(zone))) for zone in zones}
            self.assertEqual(len(ids), 1)
            self.assertEqual(len(ids.pop()), 2)


class Purge(unittest.TestCase):
    def test_dead_keys_leave_the_token(self):
        with Lab(policies=[policy_xml(purge=86400)]) as lab:
            lab.start()
            lab.make_secure()
            old = lab.key(keytype="ZSK")
            lab.roll("ZSK")
            lab.leap_until(lambda: lab.key(cka_id=old["cka_id"])["state"] == "dead")
            lab.leap_until(lambda: not lab.keys(cka_id=old["cka_id"]))
            test = lab.json("repository", "test", "--repository", "main")
            self.assertEqual((test["missing"], test["unknown"]), ([], []))


if __name__ == "__main__":
    tap.main()
