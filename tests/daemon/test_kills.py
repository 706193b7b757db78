# SPDX-License-Identifier: BSD-2-Clause
"""kill -9 at random moments of a KSK rollover: the end is that of an undisturbed run, and token
and database know the same keys. KASPER_KILLS says how often (20), KASPER_SEED repeats a run."""

import os
import random
import shutil
import tempfile
import threading
import time
import unittest

import tap
from lab import Lab, Refused

KILLS = int(os.environ.get("KASPER_KILLS", "20"))
SEED = int(os.environ.get("KASPER_SEED", "0")) or random.SystemRandom().randrange(1 << 32)


def final_state(lab):
    """What two runs must agree on: everything but the identity of the keys"""
    return sorted(
        (k["keytype"], k["state"], k["ds"], k["dnskey"], k["rrsigdnskey"], k["rrsig"])
        for k in lab.keys()
    )


class Disturbed:
    """Commands that survive the death of the daemon: whoever asked asks again, but looks first"""

    def __init__(self, lab):
        self.lab = lab
        self.deaths = 0

    def __call__(self, action):
        while True:
            try:
                return action()
            except Refused:
                # did it die, or did it refuse?
                try:
                    self.lab.daemon.wait(1)
                except Exception:  # still alive: the refusal was meant
                    raise
                self.deaths += 1
                self.lab.start()


def roll(lab):
    """A whole KSK rollover; every step may be cut short and is looked at before it is repeated"""
    safe = Disturbed(lab)
    before = {k["cka_id"] for k in safe(lambda: lab.keys(keytype="KSK"))}

    def begin():
        if not {k["cka_id"] for k in lab.keys(keytype="KSK")} - before:
            lab.roll("KSK")

    def seen():
        row = lab.waiting_ksk()
        if row:
            lab.ds_seen(row)

    def finished():
        rows = lab.keys(keytype="KSK")
        return (sorted(k["state"] for k in rows) == ["active", "dead"]
                and {k["cka_id"] for k in rows if k["state"] == "dead"} == before)

    def onward():
        # a leap of which only the answer was lost may have led to where a person is awaited
        if not lab.waiting_ksk() and not finished():
            lab.leap()

    for _ in range(60):
        safe(begin)
        safe(seen)
        if safe(finished):
            break
        safe(onward)
    else:
        raise AssertionError(f"the rollover does not end:\n{lab.kasper('key', 'list', '--all').stdout}")
    # a moment when nothing is in flight any more
    safe(lambda: lab.kasper("enforce"))
    return safe.deaths


class Kills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="kasper-kills-")
        with Lab(folder=f"{cls.base}/work", syslog=False) as lab:
            lab.start()
            lab.make_secure()
            cls.clock = lab.now()
            lab.stop()
        os.rename(f"{cls.base}/work", f"{cls.base}/template")
        began = time.monotonic()
        with cls.again() as lab:
            lab.start()
            roll(lab)
            cls.wanted = final_state(lab)
        cls.duration = time.monotonic() - began

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base, ignore_errors=True)

    @classmethod
    def again(cls):
        """The same zone at the same moment, in the same place"""
        shutil.rmtree(f"{cls.base}/work", ignore_errors=True)
        # sockets of the last run cannot be copied, and are made anew
        shutil.copytree(f"{cls.base}/template", f"{cls.base}/work",
                        ignore=shutil.ignore_patterns("notify", "*.sock"))
        return Lab(folder=f"{cls.base}/work", syslog=False, start=cls.clock)

    def check(self, lab):
        self.assertEqual(final_state(lab), self.wanted)
        test = lab.json("repository", "test", "--repository", "main")
        self.assertEqual(test["missing"], [])
        self.assertEqual(test["unknown"], [])

    def test_undisturbed(self):
        with self.again() as lab:
            lab.start()
            self.assertEqual(roll(lab), 0)
            self.check(lab)

    def test_random_moments(self):
        chance = random.Random(SEED)
        deaths = 0
        for kill in range(KILLS):
            with self.subTest(kill=kill, seed=SEED), self.again() as lab:
                lab.start()
                timer = threading.Timer(chance.uniform(0, self.duration), lab.daemon.kill)
                timer.start()
                try:
                    deaths += roll(lab)
                finally:
                    timer.cancel()
                    timer.join()
                if lab.daemon.poll() is not None:
                    # it hit after the last command
                    lab.start()
                self.check(lab)
                lab.stop()
        # a kill that comes after the end proves nothing: most must have hit
        self.assertGreater(deaths, KILLS // 3)


if __name__ == "__main__":
    tap.main()
