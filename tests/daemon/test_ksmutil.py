# SPDX-License-Identifier: BSD-2-Clause
"""Every command of OpenDNSSEC's page on key management, verbatim, under its old name."""

import re
import unittest

import tap
from lab import Lab, policy_xml

DNSKEY = re.compile(
    r"^example\.org\.\t3600\tIN\tDNSKEY\t257 3 13 \S+ ;\{id = \d+ \(ksk\), size = 256b\}$"
)
DS = re.compile(r"^example\.org\.\t10800\tIN\tDS\t\d+ 13 ([12]) [0-9a-fA-F]+")


class Backup(unittest.TestCase):
    def test_two_steps(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            self.assertRegex(lab.ksmutil("backup", "prepare").stdout,
                             r"^Marked all repositories as pre-backed up at \d{4}-\d\d-\d\d ")
            self.assertRegex(lab.ksmutil("backup", "commit").stdout,
                             r"^Marked all repositories as backed up at \d{4}-\d\d-\d\d ")
            self.assertIn("There were no keys to mark", lab.ksmutil("backup", "commit").stdout)

    def test_one_repository(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            self.assertIn("Marked repository main as pre-backed up at",
                          lab.ksmutil("backup", "prepare", "--repository", "main").stdout)
            self.assertIn("Marked repository main as backed up at",
                          lab.ksmutil("backup", "commit", "--repository", "main").stdout)

    def test_done(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            said = lab.ksmutil("backup", "done", "--force")
            self.assertIn("*WARNING* One-step backups are deprecated", said.stdout + said.stderr)
            self.assertIn("as backed up at", said.stdout)


class Update(unittest.TestCase):
    def test_conf_reports_require_backup(self):
        with Lab() as lab:
            lab.start()
            self.assertIn("RequireBackup NOT set", lab.ksmutil("update", "conf").stdout)
            lab.require_backup = True
            lab.write_files()
            said = lab.ksmutil("update", "conf").stdout
            self.assertIn("Repository main found", said)
            self.assertIn("RequireBackup set.", said)
            self.assertTrue(lab.status()["repositories"][0]["require_backup"])


class Export(unittest.TestCase):
    def test_trust_anchors(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            said = lab.ksmutil("key", "export", "--zone", "example.org").stdout.splitlines()
            self.assertIn(";active KSK DNSKEY record:", said)
            self.assertEqual(len([line for line in said if DNSKEY.match(line)]), 1)
            said = lab.ksmutil("key", "export", "--zone", "example.org", "--ds").stdout.splitlines()
            digests = [DS.match(line).group(1) for line in said if DS.match(line)]
            self.assertIn("2", digests)

    def test_ready(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            words = ("key", "export", "--zone", "example.org", "--keystate", "READY")
            self.assertIn("No keys in ready state to export.", lab.ksmutil(*words).stdout)
            lab.ksmutil("key", "rollover", "--zone", "example.org", "--keytype", "KSK")
            lab.kasper("enforce")
            lab.leap_until(lab.waiting_ksk)
            said = lab.ksmutil(*words).stdout.splitlines()
            self.assertIn(";ready KSK DNSKEY record:", said)
            self.assertEqual(len([line for line in said if DNSKEY.match(line)]), 1)
            self.assertTrue([line for line in lab.ksmutil(*words, "--ds").stdout.splitlines()
                             if DS.match(line)])


class Rollover(unittest.TestCase):
    def test_zone(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            for keytype in ("KSK", "ZSK"):
                said = lab.ksmutil("key", "rollover", "--zone", "example.org", "--keytype", keytype)
                self.assertIn(f"Manual key rollover for key type {keytype.lower()} on zone "
                              "example.org initiated", said.stdout)
                lab.kasper("enforce")
                self.assertEqual(len(lab.keys(keytype=keytype)), 2)

    def test_policy_asks(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            words = ("key", "rollover", "--policy", "default", "--keytype", "KSK")
            said = lab.ksmutil(*words, stdin="n\n")
            self.assertIn("*WARNING* This will roll all keys on the policy; are you sure? [y/N] ",
                          said.stdout)
            self.assertIn("Okay, quitting...", said.stdout)
            self.assertEqual(len(lab.keys(keytype="KSK")), 1)
            said = lab.ksmutil(*words, stdin="y\n")
            self.assertIn("Manual key rollover for key type ksk on policy default initiated",
                          said.stdout)
            # the command starts it; enforce waits for the key that has to be made
            lab.kasper("enforce")
            self.assertEqual(len(lab.keys(keytype="KSK")), 2)

    def test_manual_rollover(self):
        policy = policy_xml(zsk_lifetime=86400 * 30, manual=True)
        with Lab(policies=[policy]) as lab:
            lab.start()
            lab.make_secure()
            lab.leap(lab.now() + 86400 * 90)
            self.assertEqual(len(lab.keys(keytype="ZSK")), 1)
            lab.ksmutil("key", "rollover", "--zone", "example.org", "--keytype", "ZSK")
            lab.kasper("enforce")
            self.assertEqual(len(lab.keys(keytype="ZSK")), 2)


class DsSeen(unittest.TestCase):
    def roll(self, lab):
        """To where the page begins: old key active, new key waiting"""
        lab.start()
        lab.make_secure()
        old = lab.key(keytype="KSK")
        lab.ksmutil("key", "rollover", "--zone", "example.org", "--keytype", "KSK")
        new = lab.leap_until(lab.waiting_ksk)
        self.assertEqual(new["state"], "ready")
        return old["cka_id"], new["cka_id"]

    def test_swap(self):
        with Lab() as lab:
            old, new = self.roll(lab)
            said = lab.ksmutil("key", "ds-seen", "--zone", "example.org", "--cka_id", new).stdout
            self.assertIn(f"Found key with CKA_ID {new}", said)
            self.assertIn(f"Key {new} made active", said)
            self.assertIn("Old key retired", said)
            self.assertEqual(lab.key(cka_id=new)["state"], "active")
            self.assertEqual(lab.key(cka_id=old)["state"], "retire")
            lab.ksmutil("key", "ds-seen", "--zone", "example.org", "--cka_id", new, expect=255)

    def test_by_tag(self):
        with Lab() as lab:
            _, new = self.roll(lab)
            lab.ksmutil("key", "ds-seen", "--zone", "example.org", "--keytag",
                        str(lab.key(cka_id=new)["keytag"]))
            self.assertEqual(lab.key(cka_id=new)["state"], "active")

    def test_no_retire_then_retire(self):
        with Lab() as lab:
            old, new = self.roll(lab)
            said = lab.ksmutil("key", "ds-seen", "--zone", "example.org", "--cka_id", new,
                               "--no-retire").stdout
            self.assertIn("Old key NOT retired", said)
            lab.leap(lab.now() + 30 * 86400)
            self.assertEqual(lab.key(cka_id=old)["state"], "active")
            self.assertEqual(lab.key(cka_id=new)["state"], "active")
            said = lab.ksmutil("key", "ksk-retire", "--zone", "example.org", "--cka_id", old,
                               stdin="y\n").stdout
            self.assertIn(f"Key {old} retired", said)
            lab.leap_until(lambda: lab.key(cka_id=old)["dnskey"] == "hidden")
            # nothing needs it any more, but nobody has said that its DS has left the parent
            self.assertEqual(lab.key(cka_id=old)["state"], "retire")
            lab.kasper("key", "ds-gone", "--zone", "example.org", "--cka_id", old)
            lab.leap_until(lambda: lab.key(cka_id=old)["state"] == "dead")
            self.assertEqual(lab.key(cka_id=new)["state"], "active")

    def test_no_retire_then_retire_the_oldest(self):
        with Lab() as lab:
            old, new = self.roll(lab)
            lab.ksmutil("key", "ds-seen", "--zone", "example.org", "--cka_id", new, "--no-retire")
            lab.leap(lab.now() + 30 * 86400)
            said = lab.ksmutil("key", "ksk-retire", "--zone", "example.org", stdin="y\n").stdout
            self.assertIn("Old key retired", said)
            self.assertEqual(lab.key(cka_id=old)["state"], "retire")
            self.assertEqual(lab.key(cka_id=new)["state"], "active")

    def test_last_one_is_not_retired(self):
        with Lab() as lab:
            lab.start()
            lab.make_secure()
            only = lab.key(keytype="KSK")["cka_id"]
            for words in ((), ("--cka_id", only)):
                said = lab.ksmutil("key", "ksk-retire", "--zone", "example.org", *words,
                                   stdin="y\n", expect=255)
                self.assertIn("would leave no active keys on zone", said.stdout)
            self.assertEqual(lab.key(cka_id=only)["state"], "active")


class List(unittest.TestCase):
    def test_key_list(self):
        with Lab() as lab:
            lab.start()
            lab.leap_until(lab.waiting_ksk)
            lines = lab.ksmutil("key", "list").stdout.splitlines()
            self.assertEqual(lines[0], "Keys:")
            self.assertEqual(lines[1], "Zone:                           Keytype:      State:    "
                                       "Date of next transition:")
            self.assertTrue(any(re.match(
                r"^example\.org {20} KSK {11}ready {5}waiting for ds-seen", line)
                for line in lines), lines)
            verbose = lab.ksmutil("key", "list", "--verbose").stdout
            for row in lab.keys():
                self.assertIn(row["cka_id"], verbose)
                self.assertIn(str(row["keytag"]), verbose)


if __name__ == "__main__":
    tap.main()
