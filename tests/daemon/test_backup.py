# SPDX-License-Identifier: BSD-2-Clause
"""RequireBackup: no key signs data or has its DS offered before somebody says that it is safe."""

import unittest
import xml.etree.ElementTree as ET

import tap
from lab import Lab

NOTE = ("NOTE: keys generated in repository main will not become active until they have been "
        "backed up")


def signing_keys(lab, zone="example.org"):
    if not lab.signconf(zone).exists():
        return []
    return [k.findtext("Locator") for k in ET.parse(lab.signconf(zone)).getroot().iter("Key")
            if k.find("ZSK") is not None]


def marks(lab):
    return sorted(row["backup"] for row in lab.json("backup", "list"))


class RequireBackup(unittest.TestCase):
    def test_nothing_without_commit(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            lab.syslog.wait_for(NOTE)
            for _ in range(5):
                lab.leap(lab.now() + 86400)
            self.assertEqual(signing_keys(lab), [])
            self.assertIsNone(lab.waiting_ksk())
            repository = lab.status()["repositories"][0]
            self.assertEqual(repository["name"], "main")
            self.assertTrue(repository["require_backup"])
            self.assertGreaterEqual(repository["waiting_for_backup"], 2)
            self.assertIn("main", lab.kasper("status").stdout)
            self.assertIn("backup", " ".join(k["waiting_for"] for k in lab.keys()))

    def test_goes_on_after_commit(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            lab.kasper("backup", "prepare")
            self.assertEqual(signing_keys(lab), [])
            lab.kasper("backup", "commit")
            lab.make_secure()
            self.assertEqual(len(signing_keys(lab)), 1)

    def test_keys_in_between_stay_unmarked(self):
        """A key that is made between prepare and commit may be missing in the backup"""
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            lab.kasper("backup", "prepare", "--repository", "main")
            before = {row["cka_id"] for row in lab.json("backup", "list")}
            lab.kasper("zone", "add", "--zone", "late.example", "--policy", "default")
            lab.kasper("enforce")
            late = {k["cka_id"] for k in lab.keys("late.example")} - before
            self.assertTrue(late or len(lab.json("backup", "list")) > len(before))
            lab.kasper("backup", "commit", "--repository", "main")
            rows = {row["cka_id"]: row for row in lab.json("backup", "list")}
            for cka_id in before:
                self.assertEqual(rows[cka_id]["backup"], "done")
            for cka_id in rows.keys() - before:
                self.assertNotEqual(rows[cka_id]["backup"], "done")

    def test_rollback(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            lab.kasper("backup", "prepare")
            lab.kasper("backup", "rollback")
            lab.kasper("backup", "commit")
            self.assertNotIn("done", marks(lab))
            self.assertEqual(signing_keys(lab), [])

    def test_done_is_deprecated(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            lab.kasper("enforce")
            self.assertIn("deprecated", lab.kasper("backup", "done", "--yes").stderr)
            self.assertEqual(set(marks(lab)), {"done"})

    def test_unknown_repository(self):
        with Lab(require_backup=True) as lab:
            lab.start()
            refused = lab.kasper("backup", "prepare", "--repository", "nowhere", expect=1)
            self.assertIn("nowhere", refused.stderr)


if __name__ == "__main__":
    tap.main()
