# SPDX-License-Identifier: BSD-2-Clause
"""kasperd as a process: options, start and end, signals, rights, and what it tells who started it."""

import contextlib
import os
import pathlib
import pwd
import re
import signal
import socket
import stat
import subprocess
import unittest

import tap
from lab import BUILD, KASPERD, PATIENCE, SOURCE, Lab, plugin_xml, wait_until

ROOT = os.geteuid() == 0


def run(lab, *options, **settings):
    """Runs it to its end, or until it is in the background"""
    return subprocess.run([KASPERD, "--config", lab.conf, *options], env=lab.env, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=4 * PATIENCE,
                          **settings)


class Ear:
    """A service manager's ear: NOTIFY_SOCKET"""

    def __init__(self, lab):
        self.path = lab.folder / "run" / "ear"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(PATIENCE)
        lab.env["NOTIFY_SOCKET"] = str(self.path)

    def hear(self):
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@contextlib.contextmanager
def background(lab):
    """A daemon in the background; gives its process number"""
    result = run(lab, f"--test-clock={lab.clock}")
    if result.returncode != 0:
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    pid = int((lab.folder / "run/kasperd.pid").read_text())
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def process_status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}


class Options(unittest.TestCase):
    def ask(self, *words):
        return subprocess.run([KASPERD, *words], text=True, capture_output=True, timeout=PATIENCE)

    def test_version(self):
        result = self.ask("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^kasperd \d+\.\d+\.\d+\n$")

    def test_help(self):
        result = self.ask("--help")
        self.assertEqual(result.returncode, 0)
        for word in ("--once", "--test-clock", "Examples:", "SIGHUP", "Exit status"):
            self.assertIn(word, result.stdout)
        self.assertLess(max(map(len, result.stdout.splitlines())), 120)

    def test_wrong_usage(self):
        for words in (("--fortify",), ("start",), ("--test-clock=soon",), ("--config",)):
            result = self.ask(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""), words)
            self.assertIn("kasperd --help", result.stderr)

    def test_no_configuration(self):
        result = self.ask("--foreground", "--config", "/nonexistent/conf.xml")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nonexistent/conf.xml", result.stderr)


class Background(unittest.TestCase):
    def test_up_and_down(self):
        with Lab(store="memory") as lab, background(lab) as pid:
            self.assertEqual(lab.status()["pid"], pid)
            self.assertEqual(os.getsid(pid), pid)
            for fd in range(3):
                self.assertEqual(os.readlink(f"/proc/{pid}/fd/{fd}"), "/dev/null")
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), "its end")
            self.assertFalse((lab.folder / "run/kasperd.pid").exists())
            self.assertFalse((lab.folder / "run/kasper.sock").exists())

    def test_failure_is_that_of_the_command(self):
        """Who starts it learns that it does not work, and why"""
        with Lab(store="memory") as lab:
            lab.kasp.write_text("<KASP", encoding="utf-8")
            result = run(lab)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"kasp\.xml:\d+")
            self.assertFalse((lab.folder / "run/kasperd.pid").exists())

    def test_second_one(self):
        with Lab(store="memory") as lab, background(lab) as pid:
            result = run(lab)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"process {pid} on {socket.gethostname()}", result.stderr)
            self.assertEqual(lab.status()["pid"], pid)

    def test_same_database_under_another_name(self):
        """A configuration of its own does not help: the database is locked, too"""
        with Lab(store="memory") as lab, background(lab) as pid:
            text = lab.conf.read_text(encoding="utf-8")
            lab.conf.write_text(text.replace("run/kasper", "run/other"), encoding="utf-8")
            result = run(lab)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"process {pid} on {socket.gethostname()}", result.stderr)
            lab.conf.write_text(text, encoding="utf-8")
            self.assertEqual(lab.status()["pid"], pid)

    def test_number_of_a_dead_one(self):
        with Lab(store="memory") as lab:
            (lab.folder / "run/kasperd.pid").write_text(f"{os.getpid()}\n")
            with background(lab) as pid:
                self.assertNotEqual(pid, os.getpid())


class Once(unittest.TestCase):
    def test_does_what_is_due(self):
        with Lab(store="memory") as lab:
            result = run(lab, "--once", f"--test-clock={lab.clock}")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("<KSK/>", lab.signconf().read_text(encoding="utf-8"))
            self.assertFalse((lab.folder / "run/kasper.sock").exists())
            self.assertFalse((lab.folder / "run/kasperd.pid").exists())

    def test_goes_on_where_it_was(self):
        """Run after run, as cron does it, a zone comes as far as with a daemon"""
        with Lab(store="memory") as lab:
            for day in range(3):
                result = run(lab, "--once", f"--test-clock={lab.clock + day * 86400}")
                self.assertEqual(result.returncode, 0, result.stderr)
            lab.start()
            self.assertIsNotNone(lab.waiting_ksk())
            self.assertGreaterEqual(lab.now(), lab.clock)

    def test_failure_is_told(self):
        with Lab(store="memory", signer_settings={"notify_command": "/bin/false"}) as lab:
            result = run(lab, "--once", f"--test-clock={lab.clock}")
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertIn("/bin/false", result.stderr)

    def test_not_beside_a_daemon(self):
        with Lab(store="memory") as lab:
            lab.start()
            result = run(lab, "--once")
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"process {lab.daemon.pid}", result.stderr)


class Signals(unittest.TestCase):
    def test_service_manager_is_told(self):
        with Lab(store="memory") as lab, Ear(lab) as ear:
            lab.start(wait=False)
            self.assertEqual(ear.hear(), {"READY": "1", "STATUS": "1 zones"})
            lab.zones["second.example"] = "default"
            lab.write_files()
            lab.daemon.send_signal(signal.SIGHUP)
            reloading = ear.hear()
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertGreater(int(reloading["MONOTONIC_USEC"]), 0)
            self.assertEqual(ear.hear(), {"READY": "1", "STATUS": "2 zones"})
            lab.daemon.send_signal(signal.SIGTERM)
            self.assertEqual(ear.hear(), {"STOPPING": "1"})
            self.assertEqual(lab.daemon.wait(PATIENCE), 0)

    def test_wrong_files_are_told(self):
        with Lab(store="memory") as lab, Ear(lab) as ear:
            lab.start(wait=False)
            ear.hear()
            lab.zonelist.write_text("<ZoneList><Zone/></ZoneList>", encoding="utf-8")
            lab.daemon.send_signal(signal.SIGHUP)
            ear.hear()
            self.assertIn("wrong", ear.hear()["STATUS"])
            self.assertRegex(lab.log(), r"stays as it was: .*zonelist\.xml:\d+")
            self.assertEqual(len(lab.json("zone", "list")), 1)

    def test_storm(self):
        with Lab(store="memory") as lab:
            lab.start()
            for number in range(100):
                for name in (signal.SIGHUP, signal.SIGPIPE, signal.SIGHUP):
                    lab.daemon.send_signal(name)
                if number % 20 == 0:
                    lab.status()
            lab.status()
            lab.stop()

    def test_interrupt(self):
        with Lab(store="memory") as lab:
            lab.start()
            lab.daemon.send_signal(signal.SIGINT)
            self.assertEqual(lab.daemon.wait(PATIENCE), 0)


class Clock(unittest.TestCase):
    def test_goes_on_from_where_it_stood(self):
        with Lab(store="memory") as lab:
            start = lab.clock
            lab.start()
            later = lab.leap(start + 86400)
            lab.stop()
            lab.clock = start
            lab.start()
            self.assertGreaterEqual(lab.now(), later)

    def test_time_of_the_system_is_nobodys_to_turn(self):
        with Lab(store="memory") as lab:
            lab.daemon = subprocess.Popen([KASPERD, "-d", "-c", lab.conf], env=lab.env,
                                          stderr=open(lab.log_file, "ab"))
            wait_until(lambda: "works on" in lab.log(), "its beginning")
            self.assertIn("--test-clock", lab.kasper("time", "leap", expect=1).stderr)
            self.assertFalse(lab.status()["test_clock"])


class Surroundings(unittest.TestCase):
    def refused(self, lab):
        result = run(lab, "--foreground", "--test-clock")
        self.assertEqual(result.returncode, 1, result.stderr)
        return result.stderr

    def test_folder_that_cannot_be(self):
        names = {"PidFile": "run/kasperd.pid", "SocketFile": "run/kasper.sock",
                 "SQLite": "var/kasper.db", "WorkingDirectory": "var/enforcer"}
        for element, path in names.items():
            with self.subTest(element), Lab(store="memory") as lab:
                (lab.folder / "file").write_text("")
                text = lab.conf.read_text(encoding="utf-8")
                opened, closed = f"<{element}>", f"</{element}>"
                lab.conf.write_text(
                    text.replace(f"{opened}{lab.folder}/{path}{closed}",
                                 f"{opened}{lab.folder}/file/deep/name{closed}"),
                    encoding="utf-8")
                said = self.refused(lab)
                self.assertIn(f"{lab.folder}/file/deep", said)
                self.assertRegex(said, r"conf\.xml:\d+|install -d")

    def test_folder_that_a_reboot_takes(self):
        with Lab(store="memory", syslog=False) as lab:
            (lab.folder / "run").rmdir()
            with background(lab):
                self.assertEqual(stat.S_IMODE((lab.folder / "run").stat().st_mode), 0o755)
                lab.status()

    def test_read_only(self):
        """What root may write to by its mode, but not on this file system"""
        with Lab(store="memory") as lab:
            text = lab.conf.read_text(encoding="utf-8")
            lab.conf.write_text(text.replace(f"{lab.folder}/var/enforcer", "/proc/self"),
                                encoding="utf-8")
            said = self.refused(lab)
            self.assertIn("/proc/self", said)
            self.assertIn("WorkingDirectory", said)

    def test_missing_critical_plugin(self):
        plugin = plugin_xml("pager", "notify-nowhere", "notifier")
        with Lab(store="memory", plugins=plugin.replace("<p:Plugin ", '<p:Plugin critical="true" ')
                 ) as lab:
            self.assertIn("notify-nowhere", self.refused(lab))
        with Lab(store="memory", plugins=plugin) as lab:
            lab.start()
            self.assertIn("notify-nowhere", lab.log() + lab.kasper("status").stdout)

    def test_closed_standard_files(self):
        """No file of the daemon's ever becomes its standard output or error"""
        with Lab(store="memory") as lab:
            shell = 'exec "$@" <&- >&- 2>&-'
            result = subprocess.run(
                ["/bin/sh", "-c", shell, "sh", KASPERD, "-c", lab.conf, "--once", "--test-clock"],
                env=lab.env, timeout=4 * PATIENCE)
            self.assertEqual(result.returncode, 0)
            self.assertNotIn(b"kasperd[", lab.database.read_bytes())

    def test_bare_environment(self):
        with Lab(store="memory") as lab:
            lab.env = {}
            self.assertEqual(run(lab, "--once", "--test-clock").returncode, 0)

    def test_files_are_private(self):
        with Lab(store="memory") as lab:
            result = run(lab, "--once", "--test-clock", umask=0)
            self.assertEqual(result.returncode, 0, result.stderr)
            made = [path for path in lab.folder.rglob("*")
                    if path.is_file() and path.stat().st_mtime >= lab.conf.stat().st_mtime
                    and path.parent.name != "etc" and path.parent.name != "unsigned"]
            self.assertGreaterEqual(len(made), 3)
            for path in made:
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o027, 0, path)

    def test_no_core(self):
        with Lab(store="memory") as lab:
            lab.start()
            limits = pathlib.Path(f"/proc/{lab.daemon.pid}/limits").read_text()
            self.assertRegex(limits, r"Max core file size +0 +0")


class Examples(unittest.TestCase):
    def test_configuration_to_begin_with(self):
        """What operators are told to copy has no error in it, and no warning"""
        with Lab(store="memory") as lab:
            for name, path in (("conf.xml", BUILD / "data/conf.xml"),
                               ("zonelist.xml", BUILD / "data/zonelist.xml"),
                               ("kasp.xml", SOURCE / "data/examples/kasp.xml")):
                text = path.read_text(encoding="utf-8")
                text = re.sub(r"[^>:]*/(kasp.xml|zonelist.xml|hsm-pin)<",
                              rf"{lab.folder}/etc/\1<", text)
                text = re.sub(r">[^>]*/lib/kasper/(\w)", rf">{lab.folder}/var/\1", text)
                (lab.folder / "etc" / name).write_text(text, encoding="utf-8")
            (lab.folder / "var/work").mkdir()
            findings = lab.json("policy", "check")
            self.assertEqual([x for x in findings if x["level"] != "info"], [])


@unittest.skipUnless(ROOT, "only root can become somebody else")
class Privileges(unittest.TestCase):
    USER = "nobody"

    def lab(self):
        group = "<Group>daemon</Group>"
        lab = Lab(store="memory", syslog=False, enforcer_extra=
                  f"<Privileges><User>{self.USER}</User>{group}</Privileges>")
        # as conf.xml of a real system is: root's, and readable by the daemon's group
        uid = pwd.getpwnam(self.USER).pw_uid
        for path in [lab.folder, *lab.folder.rglob("*")]:
            os.chown(path, uid, -1)
        return lab

    def test_given_up_for_good(self):
        with self.lab() as lab:
            lab.start()
            status = process_status(lab.daemon.pid)
            entry = pwd.getpwnam(self.USER)
            self.assertEqual(set(status["Uid"]), {str(entry.pw_uid)})
            self.assertNotIn("0", status["Gid"] + status["Groups"])
            for capabilities in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                self.assertEqual(int(status[capabilities][0], 16), 0, capabilities)
            self.assertEqual(lab.database.stat().st_uid, entry.pw_uid)
            self.assertEqual((lab.folder / "run/kasperd.pid").stat().st_uid, entry.pw_uid)
            # other processes of the same user cannot look into its memory
            self.assertEqual(os.stat(f"/proc/{lab.daemon.pid}/mem").st_uid, 0)
            lab.leap_until(lab.waiting_ksk)
            lab.daemon.send_signal(signal.SIGHUP)
            wait_until(lambda: "read again" in lab.log(), "the configuration to be read again")
            lab.stop()
            self.assertFalse((lab.folder / "run/kasperd.pid").exists())

    def test_folder_of_somebody_else(self):
        with self.lab() as lab:
            os.chown(lab.folder / "var", 0, 0)
            (lab.folder / "var").chmod(0o755)
            result = run(lab, "--foreground", "--test-clock")
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(f"cannot be written to by {self.USER}", result.stderr)
            self.assertIn(f"install -d -o {self.USER}", result.stderr)

    def test_unknown_user(self):
        with Lab(store="memory", enforcer_extra="<Privileges><User>no-such-user</User></Privileges>"
                 ) as lab:
            result = run(lab, "--foreground", "--test-clock")
            self.assertEqual(result.returncode, 1)
            self.assertIn("no-such-user", result.stderr)

    def test_pid_file_where_only_root_writes(self):
        """As in /run: it cannot be removed, so it is emptied"""
        with self.lab() as lab:
            slash_run = lab.folder / "slash-run"
            slash_run.mkdir(mode=0o755)
            text = lab.conf.read_text(encoding="utf-8")
            lab.conf.write_text(
                text.replace(f"{lab.folder}/run/kasperd.pid", f"{slash_run}/kasperd.pid"),
                encoding="utf-8")
            lab.start()
            self.assertEqual((slash_run / "kasperd.pid").read_text(), f"{lab.daemon.pid}\n")
            lab.stop()
            self.assertEqual((slash_run / "kasperd.pid").read_text(), "")
            lab.start()
            lab.stop()


if __name__ == "__main__":
    tap.main()
