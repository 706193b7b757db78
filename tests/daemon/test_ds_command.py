# SPDX-License-Identifier: BSD-2-Clause
"""DelegationSignerSubmitCommand: it gets the wanted set, and its exit status counts."""

import os
import pathlib
import re
import tempfile
import unittest

import tap
from lab import Lab, wait_until

RR = re.compile(r"^(\S+) (\d+) IN DNSKEY (257) 3 (\d+) (\S+)")

# what it is given it puts aside, whole; it ends as the file "status" says
SCRIPT = """#!/bin/sh
printf '%s\\n' "$@" > "{dir}/arguments"
cat > "{dir}/partial.$$"
mv "{dir}/partial.$$" "{dir}/call.$(ls "{dir}" | grep -c '^call')"
exit "$(cat "{dir}/status")"
"""


class Parent:
    """A command that plays the registrar"""

    def __init__(self, script=SCRIPT):
        self.folder = tempfile.TemporaryDirectory(prefix="kasper-parent-")
        self.path = pathlib.Path(self.folder.name)
        self.command = self.path / "submit"
        self.command.write_text(script.format(dir=self.path), encoding="utf-8")
        os.chmod(self.command, 0o755)
        self.answer(0)

    def answer(self, status):
        (self.path / "status").write_text(str(status), encoding="utf-8")

    def calls(self):
        found = sorted(self.path.glob("call.*"), key=lambda p: int(p.suffix[1:]))
        return [path.read_text(encoding="utf-8") for path in found]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def public_keys(text):
    return [RR.match(line).group(5) for line in text.splitlines() if RR.match(line)]


def exported(lab, keystate):
    return [word for line in lab.kasper("key", "export", "--zone", "example.org", "--keystate",
                                        keystate).stdout.splitlines()
            if "DNSKEY" in line and not line.startswith(";")
            for word in [re.split(r"\s+", line)[7]]]


class Submit(unittest.TestCase):
    def test_gets_the_wanted_set(self):
        with Parent() as parent, Lab(ds_submit=parent.command) as lab:
            lab.start()
            lab.leap_until(lab.waiting_ksk)
            calls = wait_until(parent.calls, "the first submission")
            self.assertEqual(len(calls), 1)
            self.assertEqual(public_keys(calls[0]), exported(lab, "ready"))
            zone, ttl, *_ = RR.match(calls[0]).groups()
            self.assertEqual((zone, ttl), ("example.org.", "3600"))

            lab.ds_seen(lab.waiting_ksk())
            lab.leap_until(lab.is_secure)
            lab.roll("KSK")
            lab.leap_until(lab.waiting_ksk)
            calls = wait_until(lambda: len(parent.calls()) > 1 and parent.calls(), "the second one")
            # the set that is to be at the parent, not the difference: the new key alone
            self.assertEqual(public_keys(calls[-1]), exported(lab, "ready"))
            self.assertEqual(len(public_keys(calls[-1])), 1)

    def test_cka_id(self):
        with Parent() as parent, Lab(ds_submit=f"{parent.command} --cka_id") as lab:
            lab.start()
            lab.leap_until(lab.waiting_ksk)
            (call,) = wait_until(parent.calls, "the submission")
            self.assertIn(f"; {{cka_id = {lab.waiting_ksk()['cka_id']}}}", call)
            self.assertNotIn("--cka_id", (parent.path / "arguments").read_text(encoding="utf-8"))

    def test_refusal_is_retried(self):
        with Parent() as parent, Lab(ds_submit=parent.command) as lab:
            parent.answer(1)
            lab.start()
            lab.leap_until(parent.calls)
            first = lab.now()
            # not submitted: nobody is asked to look for a DS that nobody was sent
            self.assertIsNone(lab.waiting_ksk())
            self.assertGreaterEqual(lab.status()["failing"], 1)
            lab.leap_until(lambda: len(parent.calls()) >= 3)
            self.assertGreater(lab.now(), first)
            self.assertIsNone(lab.waiting_ksk())
            parent.answer(0)
            lab.leap_until(lab.waiting_ksk)
            self.assertEqual(len(set(parent.calls())), 1)
            self.assertEqual(lab.status()["failing"], 0)

    def test_absent_command(self):
        with Parent() as parent, Lab(ds_submit=parent.path / "absent") as lab:
            lab.start()
            lab.leap_until(lambda: lab.status()["failing"])
            self.assertIsNone(lab.waiting_ksk())
            self.assertIn("absent", lab.kasper("queue").stdout + lab.kasper("status").stdout)
            os.symlink(parent.command, parent.path / "absent")
            lab.leap_until(lab.waiting_ksk)

    def test_closes_its_input(self):
        script = "#!/bin/sh\nexec <&-\ntouch \"{dir}/call.0\"\nexit 1\n"
        with Parent(script) as parent, Lab(ds_submit=parent.command) as lab:
            lab.start()
            lab.leap_until(parent.calls)
            self.assertIsNone(lab.waiting_ksk())
            self.assertIn("zones", lab.status())

    def test_talks_without_end(self):
        script = ("#!/bin/sh\ncat > /dev/null\ntouch \"{dir}/call.0\"\n"
                  "head -c 200000000 /dev/zero | tr '\\0' x\nexit 1\n")
        with Parent(script) as parent, Lab(ds_submit=parent.command) as lab:
            lab.start()
            lab.leap_until(parent.calls)
            resident = int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(
                f"/proc/{lab.daemon.pid}/status").read_text(encoding="ascii")).group(1))
            self.assertLess(resident, 150_000)


class Retract(unittest.TestCase):
    def test_one_key_a_call(self):
        with Parent() as submit, Parent() as retract, \
                Lab(ds_submit=submit.command, ds_retract=retract.command, ds_mode="2.1") as lab:
            lab.start()
            lab.make_secure()
            old = exported(lab, "active")
            lab.roll("KSK")
            lab.leap_until(lab.waiting_ksk)
            new = exported(lab, "ready")
            wait_until(retract.calls, "the retraction")
            self.assertEqual([public_keys(call) for call in submit.calls()], [old, new])
            self.assertEqual([public_keys(call) for call in retract.calls()], [old])


if __name__ == "__main__":
    tap.main()
