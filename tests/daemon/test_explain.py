# SPDX-License-Identifier: BSD-2-Clause
"""A zone is brought into each kind of wait: the sentence names the right actor and the right time,
and at that time it comes true."""

import time
import unittest

import tap
from lab import GOLDEN, START, Lab, policy_xml

A = GOLDEN["zone_propagation"]
K = GOLDEN["dnskey_ttl"]
S = GOLDEN["max_zone_ttl"]
D = GOLDEN["ds_ttl"]
P = GOLDEN["parent_propagation"]
DREG = GOLDEN["registration_delay"]
SP = GOLDEN["publish_safety"]
SX = max(SP, GOLDEN["retire_safety"])


def utc(instant):
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(instant))


def explain(lab, key=None, zone="example.org"):
    words = ["explain", "--zone", zone]
    if key:
        words += ["--cka_id", key["cka_id"]]
    return lab.json(*words)


def new_key(lab, old, keytype):
    return next(k for k in lab.keys(keytype=keytype) if k["cka_id"] != old["cka_id"])


class Waits(unittest.TestCase):
    def explained(self, lab, key, wait, actor, until):
        """The one row about the key, and its sentence as people get it"""
        (row,) = explain(lab, key)
        self.assertEqual((row["wait"], row["actor"], row["until"]), (wait, actor, until), row)
        said = lab.kasper("explain", "example.org", "--cka_id", key["cka_id"]).stdout
        self.assertEqual(said, row["text"] + ".\n")
        if until is not None:
            self.assertIn(utc(until), said)
        self.assertTrue(said.startswith(f"{key['keytype']} {key['keytag']}"), said)
        return row

    def test_ttl(self):
        with Lab(store="memory") as lab:
            lab.start().make_secure()
            old = lab.key(keytype="ZSK")
            start = lab.now()
            lab.roll("ZSK")
            new = new_key(lab, old, "ZSK")
            until = start + A + K + SP
            row = self.explained(lab, new, "ttl", "time", until)
            self.assertEqual((row["rule"], row["record"]), ("gate-sig", "rrsig"))
            self.assertEqual(row["since"], start)
            # the signer only says that the order was written: nobody has looked at the zone
            self.assertTrue(row["assumed"])
            self.assertIn("(assumed)", row["text"])
            self.assertIn("nobody needs to act", row["text"])
            self.assertEqual(row["remedy"], "")
            lab.leap_through(until - 1)
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "publish")
            lab.leap_through(until)
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "active")

    def test_ds_seen(self):
        with Lab(store="memory") as lab:
            lab.start().make_secure()
            old = lab.key(keytype="KSK")
            lab.roll("KSK")
            lab.leap_until(lab.waiting_ksk)
            new, submit = lab.waiting_ksk(), lab.now()
            row = self.explained(lab, new, "ds-seen", "parent", None)
            self.assertEqual((row["since"], row["expected"]), (submit, submit + DREG))
            self.assertFalse(row["assumed"])
            self.assertIn("the parent must act", row["text"])
            # the old key waits for the DS of the new one
            other = self.explained(lab, old, "ds-seen", "parent", None)
            self.assertIn(f"KSK {new['keytag']}", other["text"])
            self.assertEqual(other["remedy"], row["remedy"])
            # what may be expected is no proof
            lab.leap_through(submit + 2 * DREG)
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "ready")
            lab.kasper(*row["remedy"].split()[1:])
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "active")
            until = lab.now() + P + D + SX
            row = self.explained(lab, old, "ttl", "time", until)
            self.assertEqual((row["rule"], row["record"]), ("trust", "dnskey"))
            lab.leap_through(until - 1)
            self.assertNotEqual(lab.key(cka_id=old["cka_id"])["dnskey"], "unretentive")
            lab.leap_through(until)
            self.assertEqual(lab.key(cka_id=old["cka_id"])["dnskey"], "unretentive")

    def test_backup(self):
        with Lab(store="memory", require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            lab.kasper("backup", "done", "--yes")
            lab.make_secure()
            old = lab.key(keytype="ZSK")
            start = lab.now()
            lab.roll("ZSK")
            new = new_key(lab, old, "ZSK")
            until = start + A + K + SP
            row = self.explained(lab, new, "backup", "backup", until)
            self.assertIn("whoever makes the backup must act", row["text"])
            self.assertEqual(row["remedy"], "kasper backup prepare; kasper backup commit")
            # not the time is missing
            lab.leap_through(until + 100)
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "ready")
            row = self.explained(lab, new, "backup", "backup", until + 100)
            lab.kasper("backup", "prepare")
            row = self.explained(lab, new, "backup", "backup", until + 100)
            self.assertEqual(row["remedy"], "kasper backup commit")
            lab.kasper(*row["remedy"].split()[1:])
            lab.kasper("enforce")
            self.assertEqual(lab.key(cka_id=new["cka_id"])["state"], "active")

    def test_token_is_away(self):
        with Lab() as lab:
            tokens, away = lab.folder / "var" / "tokens", lab.folder / "var" / "away"
            tokens.rename(away)
            lab.start()
            lab.kasper("enforce")
            rows = explain(lab)
            self.assertTrue(rows)
            for row in rows:
                self.assertEqual((row["wait"], row["actor"], row["cka_id"]), ("key", "store", ""))
                self.assertTrue(row["error"])
                self.assertIn("repository main", row["text"])
                self.assertIn("the key store must act", row["text"])
                self.assertIn(utc(row["until"]), row["text"])
                self.assertEqual(row["since"], START)
            self.assertEqual(lab.keys(), [])
            away.rename(tokens)
            lab.leap_through(rows[0]["until"])
            lab.kasper("enforce")
            self.assertEqual(sorted(row["keytype"] for row in lab.keys()), ["KSK", "ZSK"])

    def test_signer(self):
        with Lab(store="memory") as lab:
            script = lab.folder / "etc" / "notify"
            script.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
            script.chmod(0o755)
            lab.signer_settings = {"notify_command": script}
            lab.write_files()
            lab.start()
            lab.kasper("enforce")
            zsk = lab.key(keytype="ZSK")
            (row,) = explain(lab, zsk)
            row = self.explained(lab, zsk, "signer", "signer", row["until"])
            self.assertEqual(row["since"], START)
            self.assertIn("order 1 was written", row["text"])
            self.assertIn("the signer must act", row["text"])
            self.assertTrue(row["error"])
            script.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
            lab.leap_through(row["until"] - 1)
            self.assertEqual(lab.zone()["confirmed"], 0)
            lab.leap_through(row["until"])
            self.assertEqual(lab.zone()["confirmed"], 1)
            (row,) = explain(lab, zsk)
            self.assertEqual(row["wait"], "ttl")

    def test_five_sentences(self):
        """Five different waits, five different sentences"""
        sentences = set()
        for wait in ("ttl", "ds-seen", "backup", "key", "signer"):
            sentences.add(self.sentence(wait))
        self.assertEqual(len(sentences), 5, sentences)

    def sentence(self, wait):
        with Lab(store="memory", require_backup=wait == "backup",
                 signer_settings={"notify_command": "/bin/false"} if wait == "signer" else {},
                 enforcer_extra="<ManualKeyGeneration/>" if wait == "key" else "") as lab:
            lab.start()
            lab.kasper("enforce")
            if wait == "ds-seen":
                lab.leap_until(lab.waiting_ksk)
            rows = [row for row in explain(lab) if row["wait"] == wait]
            self.assertTrue(rows, explain(lab))
            # without what differs anyway
            text = rows[0]["text"].replace("KSK", "ZSK")
            return "".join(c for c in text if not c.isdigit())

    def test_assumed_parent(self):
        policy = policy_xml().replace(
            "</RegistrationDelay>",
            '</RegistrationDelay><Evidence xmlns="urn:kasper:plugin:1">assumed</Evidence>')
        with Lab(store="memory", policies=[policy]) as lab:
            lab.start()
            lab.kasper("enforce")
            ksk = lab.key(keytype="KSK")
            lab.leap_until(lambda: explain(lab, ksk)[0]["wait"] == "ds-seen")
            (row,) = explain(lab, ksk)
            self.assertEqual((row["wait"], row["actor"], row["assumed"]), ("ds-seen", "time", True))
            self.assertEqual(row["until"], lab.now() + DREG)
            self.assertIn("assumed: by its policy nobody looks", row["text"])
            lab.leap_through(row["until"])
            self.assertEqual(lab.key(keytype="KSK")["state"], "active")

    def test_in_use(self):
        policy = policy_xml(zsk_lifetime=30 * 86400, ksk_lifetime=60 * 86400, manual=True)
        with Lab(store="memory", policies=[policy]) as lab:
            lab.start().make_secure()
            zsk = lab.key(keytype="ZSK")
            (row,) = explain(lab, zsk)
            self.assertEqual(row["wait"], "lifetime")
            lab.leap_through(row["until"])
            later = self.explained(lab, zsk, "operator", "operator", None)
            self.assertEqual(later["since"], row["until"])
            lab.kasper(*later["remedy"].split()[1:], "--yes")
            lab.kasper("enforce")
            self.assertEqual(len(lab.keys(keytype="ZSK")), 2)

    def test_no_room(self):
        """A zone that has as many keys as it can have says so, and no key is made in vain"""
        key = "<{0}>{1}<Algorithm length=\"256\">13</Algorithm><Lifetime>PT0S</Lifetime>" \
              "<Repository>main</Repository>{2}</{0}>"
        keys = key.format("KSK", "", "") + key.format("ZSK", "", "<Standby>30</Standby>")
        with Lab(store="memory", policies=[policy_xml(keys=keys)]) as lab:
            lab.start().make_secure()
            self.assertEqual(len(lab.keys()), 32)
            lab.roll("KSK")
            made = lab.status()["keys"]
            (row,) = [row for row in explain(lab) if row["cka_id"] == ""]
            self.assertEqual((row["wait"], row["rule"], row["actor"]), ("operator", "room", "operator"))
            self.assertEqual(row["remedy"], "kasper key purge --zone example.org")
            lab.leap(lab.now() + 86400)
            self.assertEqual(lab.status()["keys"], made)

    def test_refused(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.kasper("enforce")
            for words, says in ((("--zone", "nowhere.example"), "nowhere.example"),
                                (("--zone", "example.org", "--cka_id", "00ff"), "00ff")):
                refused = lab.kasper("explain", *words, expect=1)
                self.assertIn(says, refused.stderr)
                self.assertEqual(refused.stdout, "")
            lab.kasper("explain", expect=2)


if __name__ == "__main__":
    tap.main()
