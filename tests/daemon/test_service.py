# SPDX-License-Identifier: BSD-2-Clause
"""The unit for systemd: no word of it is misspelt, alone or with the drop-ins, and little is left
to somebody who takes the process over."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import tap
from lab import BUILD, SOURCE

ANALYZE = shutil.which("systemd-analyze")
UNIT = BUILD / "data" / "kasperd.service"
DROP_INS = sorted((SOURCE / "data" / "drop-ins").glob("*.conf"))
# tenths of a point of "systemd-analyze security": the best units of name servers stand at 25
EXPOSURE = 15


def analyze(*words):
    return subprocess.run([ANALYZE, *words], text=True, capture_output=True, timeout=60)


def works():
    """Whether it can look at a unit here: it needs a little of a running system"""
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder) / "probe.service"
        unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
        result = analyze("verify", "--man=no", str(unit))
        return result.returncode == 0 and result.stderr == ""


@unittest.skipUnless(ANALYZE, "systemd-analyze is not here")
class Unit(unittest.TestCase):
    def verify(self, *drop_ins, extra=""):
        """What systemd has to say of the unit as it will be installed; nothing, if all is well"""
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / UNIT.name
            text = UNIT.read_text(encoding="utf-8")
            command = text.split("ExecStart=")[1].split()[0]
            self.assertTrue(command.endswith("/sbin/kasperd"), command)
            # it insists on a program that is there
            unit.write_text(text.replace(command, "/bin/true") + extra, encoding="utf-8")
            (unit.parent / f"{unit.name}.d").mkdir()
            for drop_in in drop_ins:
                shutil.copy(drop_in, unit.parent / f"{unit.name}.d")
            return analyze("verify", "--man=no", str(unit)).stderr

    def setUp(self):
        if not works():
            self.skipTest("systemd-analyze cannot verify units here")

    def test_alone(self):
        self.assertEqual(self.verify(), "")

    def test_each_drop_in(self):
        self.assertGreaterEqual(len(DROP_INS), 3)
        for drop_in in DROP_INS:
            with self.subTest(drop_in.name):
                self.assertEqual(self.verify(drop_in), "")

    def test_all_drop_ins(self):
        self.assertEqual(self.verify(*DROP_INS), "")

    def test_misspelt_word_is_noticed(self):
        self.assertIn("PrivateTemp", self.verify(extra="[Service]\nPrivateTemp=yes\n"))


@unittest.skipUnless(ANALYZE, "systemd-analyze is not here")
class Exposure(unittest.TestCase):
    def test_little_is_left(self):
        result = analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}",
                         str(UNIT))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_a_bare_unit_is_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / UNIT.name
            unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
            result = analyze("security", "--offline=true", "--no-pager",
                             f"--threshold={EXPOSURE}", str(unit))
            self.assertNotEqual(result.returncode, 0)


if __name__ == "__main__":
    tap.main()
