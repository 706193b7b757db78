# SPDX-License-Identifier: BSD-2-Clause
"""With OpenDNSSEC's own signer: the zone that it makes of our orders validates before, during and
after each rollover. The signer's socket has a fixed name and its port a fixed number, so
it gets namespaces of its own; where those or the signer cannot be had, the tests are skipped."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import unittest

import tap
from lab import Lab, policy_xml, wait_until

SIGNERD = shutil.which("ods-signerd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
CONTROL = shutil.which("ods-signer", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
RUN = "/run/opendnssec"
INSIDE = "KASPER_TEST_NAMESPACE"
# a zone of the signer's that is not ours; it shows when the signer has taken up its zones
OTHER_ZONE = "somebody-elses.example"
OTHER_ZONE_XML = (
    f'<Zone name="{OTHER_ZONE}"><Policy>p</Policy><SignerConfiguration>/nonexistent.xml'
    "</SignerConfiguration><Adapters><Input><File>/nonexistent</File></Input><Output>"
    "<File>/nonexistent</File></Output></Adapters></Zone>")
# signatures are made at the machine's time
VALUES = {"refresh": 3 * 86400, "validity": 14 * 86400}


def why_not():
    if not SIGNERD or not CONTROL:
        return "there is no ods-signerd"
    if not shutil.which("ldns-verify-zone") or not shutil.which("dnssec-verify"):
        return "there is no ldns-verify-zone or dnssec-verify"
    if os.environ.get(INSIDE) != "yes":
        return "no namespaces of its own"
    return None


class SignerLab(Lab):
    """A daemon and a signer; the signer's clock is the machine's, so ours starts there"""

    def __init__(self, csk=False, **options):
        super().__init__(
            evidence="signed-file",
            # ods-signerd finds an ECDSA key's public half nowhere else
            skip_public_key=False,
            start=int(time.time()),
            policies=[policy_xml(values=VALUES, csk=csk)],
            signer_settings={"notify_command": f"{CONTROL} update %zone"},
            **options,
        )
        self.signerd = None
        # one key for both is something that dnssec-verify has to be told
        self.verify_options = ["-z"] if csk else []
        d = self.folder
        (d / "etc" / "signer.xml").write_text(
            f"""<?xml version="1.0" encoding="UTF-8"?>
<Configuration>
  <RepositoryList>{self.repository_xml()}</RepositoryList>
  <Common>
    <Logging><Verbosity>3</Verbosity><Syslog><Facility>local0</Facility></Syslog></Logging>
    <PolicyFile>{self.kasp}</PolicyFile>
    <ZoneListFile>{self.zonelist}</ZoneListFile>
  </Common>
  <Enforcer>
    <Datastore><SQLite>{d}/var/unused.db</SQLite></Datastore>
    <WorkingDirectory>{d}/var/enforcer</WorkingDirectory>
  </Enforcer>
  <Signer>
    <WorkingDirectory>{d}/var/signer</WorkingDirectory>
    <WorkerThreads>1</WorkerThreads>
  </Signer>
</Configuration>
""", encoding="utf-8")

    def start_signer(self):
        zones = self.folder / "var" / "enforcer" / "zones.xml"
        if not zones.exists() or OTHER_ZONE not in zones.read_text(encoding="utf-8"):
            known = zones.read_text(encoding="utf-8") if zones.exists() else "<ZoneList></ZoneList>"
            zones.write_text(known.replace("</ZoneList>", f"{OTHER_ZONE_XML}</ZoneList>"),
                             encoding="utf-8")
        log = open(self.folder / "var" / "signerd.log", "ab")
        self.signerd = subprocess.Popen(
            [SIGNERD, "-d", "-c", self.folder / "etc" / "signer.xml"],
            env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_until(self.is_ready, "ods-signerd")
        return self

    def is_ready(self):
        """It answers before it has taken up its zones, and aborts if it is told of one then"""
        queue = subprocess.run([CONTROL, "queue"], capture_output=True, text=True, check=False)
        return queue.returncode == 0 and OTHER_ZONE in queue.stdout

    def close(self):
        if self.signerd is not None:
            # its end hangs now and then, and whoever asked for it hangs with it
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([CONTROL, "stop"], capture_output=True, check=False, timeout=10)
                self.signerd.wait(10)
            self.signerd.kill()
            self.signerd.wait()
        super().close()

    def signed(self, zone="example.org"):
        return self.folder / "var" / "signed" / zone

    def settled(self, zone="example.org"):
        """Until the signed zone is as ordered; time passes only for another look"""
        def confirmed():
            row = self.zone(zone)
            if row["confirmed"] == row["revision"]:
                return True
            self.leap()
            return False
        wait_until(confirmed, "the signer")

    def verify(self, zone="example.org"):
        for command in (["ldns-verify-zone", str(self.signed(zone))],
                        ["dnssec-verify", "-q", *self.verify_options, "-o", zone,
                         str(self.signed(zone))]):
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise AssertionError(f"{' '.join(command)}:\n{result.stdout}{result.stderr}")


def signers(path):
    """Key tags of the signatures over everything but the DNSKEY RRset"""
    return {
        int(found.group(1))
        for found in re.finditer(r"\sRRSIG\s+(?!DNSKEY)\w+ \d+ \d+ \d+ \d+ \d+ (\d+) ",
                                 path.read_text(encoding="utf-8"))
    }


@unittest.skipIf(why_not(), why_not())
class RealSigner(unittest.TestCase):
    def walk(self, lab, done, limit=80):
        """From event to event; the zone that is served validates at each of them"""
        for _ in range(limit):
            lab.settled()
            lab.verify()
            if done():
                return
            # what the zone waits for; on the way there the signer is asked every hour
            lab.leap(lab.zone()["next_due"])
        self.fail(f"it does not end:\n{lab.kasper('key', 'list').stdout}")

    def begin(self, lab, keytype="KSK"):
        lab.start_signer()
        lab.start()
        lab.kasper("enforce")
        wait_until(lambda: lab.signed().exists() or not lab.leap(), "a signed zone")
        self.walk(lab, lambda: lab.waiting_ksk(keytype=keytype))
        lab.ds_seen(lab.waiting_ksk(keytype=keytype))
        self.walk(lab, lab.is_secure)

    def test_zsk_rollover(self):
        with SignerLab() as lab:
            self.begin(lab)
            old = lab.key(keytype="ZSK")
            lab.roll("ZSK")
            self.walk(lab, lambda: lab.key(cka_id=old["cka_id"])["state"] == "retire")
            # its signatures are seen in the zone, so its DNSKEY stays, whatever the clock says
            lab.leap(lab.now() + 30 * 86400)
            self.assertIn(old["keytag"], signers(lab.signed()))
            self.assertEqual(lab.key(cka_id=old["cka_id"])["dnskey"], "omnipresent")
            lab.verify()
            # the signer's clock is not turned: it replaces now what it would in the days to come
            for word in ("clear", "sign"):
                subprocess.run([CONTROL, word, "example.org"], check=True, capture_output=True)
            wait_until(lambda: old["keytag"] not in signers(lab.signed()), "new signatures")
            self.walk(lab, lambda: lab.key(cka_id=old["cka_id"])["state"] == "dead")
            self.assertEqual(signers(lab.signed()),
                             {lab.key(keytype="ZSK", state="active")["keytag"]})

    def test_ksk_rollover(self):
        with SignerLab() as lab:
            self.begin(lab)
            old = lab.key(keytype="KSK")
            lab.roll("KSK")
            self.walk(lab, lab.waiting_ksk)
            lab.ds_seen(lab.waiting_ksk())
            self.walk(lab, lambda: lab.key(cka_id=old["cka_id"])["state"] == "dead")

    def test_csk_rollover(self):
        with SignerLab(csk=True) as lab:
            self.begin(lab, "CSK")
            old = lab.key(keytype="CSK")
            lab.roll("CSK")
            self.walk(lab, lambda: lab.waiting_ksk(keytype="CSK"))
            lab.ds_seen(lab.waiting_ksk(keytype="CSK"))
            self.walk(lab, lambda: lab.key(cka_id=old["cka_id"])["state"] == "dead")

    def test_lost_database(self):
        """A daemon that knows nothing leaves the zone as it is, until it is told its keys"""
        with SignerLab() as lab:
            self.begin(lab)
            rows, order = lab.keys(), lab.signconf().read_bytes()
            serving = {row["keytag"] for row in rows if row["keytype"] == "ZSK"}
            lab.stop()
            for path in lab.database.parent.glob(f"{lab.database.name}*"):
                path.unlink()
            lab.start()
            lab.kasper("enforce")
            lab.leap(lab.now() + 7 * 86400)
            self.assertEqual(lab.zone()["state"], "held")
            self.assertEqual(lab.signconf().read_bytes(), order)
            # the signer goes on with what it has
            subprocess.run([CONTROL, "sign", "example.org"], check=True, capture_output=True)
            lab.verify()
            self.assertEqual(signers(lab.signed()), serving)
            for row in rows:
                lab.kasper("key", "import", "--zone", "example.org", "--repository", "main",
                           "--cka_id", row["cka_id"], "--algorithm", "13", "--bits", "256",
                           "--keytype", row["keytype"], "--keystate", "ACTIVE",
                           "--time", "2026-03-16T11:39:05")
            lab.kasper("enforce", "--zone", "example.org")
            lab.settled()
            lab.verify()
            self.assertEqual(signers(lab.signed()), serving)
            self.assertEqual({row["cka_id"] for row in lab.keys()},
                             {row["cka_id"] for row in rows})
            # and its next rollover is one like any other
            lab.roll("ZSK")
            self.walk(lab, lambda: len(lab.keys(keytype="ZSK", state="active")) == 1
                      and lab.key(keytype="ZSK", state="active")["keytag"] not in serving)

    def test_signer_away(self):
        """Orders wait for a signer that is not there, and are taken when it comes"""
        with SignerLab() as lab:
            lab.start()
            lab.kasper("enforce")
            for _ in range(3):
                lab.leap()
            row = lab.zone()
            self.assertLess(row["confirmed"], row["revision"])
            self.assertIsNone(lab.waiting_ksk())
            lab.start_signer()
            wait_until(lambda: lab.signed().exists() or not lab.leap(), "a signed zone")
            self.walk(lab, lab.waiting_ksk)


class Export(unittest.TestCase):
    @unittest.skipUnless(shutil.which("ldns-key2ds"), "there is no ldns-key2ds")
    def test_ds_is_that_of_ldns(self):
        for algorithm, bits in ((8, 2048), (13, 256), (14, 384), (15, 256)):
            with self.subTest(algorithm), Lab(policies=[policy_xml(algorithm=algorithm, bits=bits)],
                                              syslog=False) as lab:
                lab.start()
                lab.leap_until(lab.waiting_ksk)
                words = ("key", "export", "--zone", "example.org", "--keystate", "READY")
                path = lab.folder / "var" / "key"
                path.write_text(lab.kasper(*words).stdout, encoding="utf-8")
                ours = [line.split() for line in lab.kasper(*words, "--ds").stdout.splitlines()
                        if line and not line.startswith(";")]
                self.assertTrue(ours)
                for row in ours:
                    digest = {"1": "-1", "2": "-2", "4": "-4"}[row[6]]
                    theirs = subprocess.run(["ldns-key2ds", "-n", digest, str(path)], check=True,
                                            capture_output=True, text=True).stdout.split()
                    # the TTL of a DS is the parent's business
                    self.assertEqual([word.lower() for word in theirs[:1] + theirs[2:8]],
                                     [word.lower() for word in row[:1] + row[2:8]])


def bring_up_loopback():
    """In a network namespace that is new it is down"""
    up = struct.pack("16sh", b"lo", 0x1 | 0x40)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anything:
        fcntl.ioctl(anything, 0x8914, up)


def enter_namespace():
    """Runs this program again where /run/opendnssec is its own, if that can be done"""
    if INSIDE in os.environ:
        bring_up_loopback()
        return
    if not SIGNERD:
        return
    if not os.path.isdir(RUN) and os.geteuid() == 0:
        # a mount point is all that is needed, and it goes again with us
        os.makedirs(RUN, exist_ok=True)
    unshare = ["unshare", "--mount", "--net", *(["--map-root-user"] if os.geteuid() else [])]
    mount = f"mount -t tmpfs tmpfs {RUN}"
    if subprocess.run([*unshare, "sh", "-c", mount], capture_output=True, check=False).returncode:
        return
    os.environ[INSIDE] = "yes"
    os.execvp(unshare[0], [*unshare, "sh", "-c", f'{mount} && exec "$@"', "sh",
                           sys.executable, *sys.argv])


if __name__ == "__main__":
    enter_namespace()
    tap.main()
