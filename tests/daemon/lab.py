# SPDX-License-Identifier: BSD-2-Clause
"""A daemon of one's own: a folder with configuration, token and database, and a clock that stands
still until the test turns it. Nothing here sleeps longer than it takes to see what it waits for."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = pathlib.Path(os.environ.get("KASPER_BUILD_ROOT", "build")).resolve()
SOURCE = pathlib.Path(
    os.environ.get("KASPER_SOURCE_ROOT", pathlib.Path(__file__).parents[2])).resolve()
KASPERD = BUILD / "daemon" / "kasperd"
KASPER = BUILD / "cli" / "kasper"
SOFTHSM = next(
    (
        path
        for path in map(pathlib.Path, ("/usr/lib/softhsm/libsofthsm2.so",))
        if path.exists()
    ),
    None,
)
PIN = "5678-canary"
# an instant that is not special in any way
START = 1_800_000_000
# how long anything that is not turned by the clock may take
PATIENCE = float(os.environ.get("KASPER_PATIENCE", "30"))

# the policy of the timelines in doc/timing.md: every interval is a different number of seconds
GOLDEN = {
    "resign": 7200,
    "refresh": 259200,
    "validity": 604800,
    "jitter": 43200,
    "max_zone_ttl": 7200,
    "dnskey_ttl": 3600,
    "retire_safety": 900,
    "publish_safety": 600,
    "zone_propagation": 300,
    "soa_ttl": 3600,
    "soa_minimum": 1800,
    "parent_propagation": 1200,
    "registration_delay": 2400,
    "ds_ttl": 10800,
    "parent_soa_ttl": 3600,
    "parent_soa_minimum": 900,
}


def policy_xml(name="default", *, csk=False, keys="", repository="main", algorithm=13, bits=256,
               ksk_lifetime=0, zsk_lifetime=0, manual=False, share=False, purge=None, values=None):
    """A policy; a lifetime of 0 is for ever, so that nothing rolls unless it is told to"""
    v = {**GOLDEN, **(values or {})}

    def key(kind, lifetime):
        return (
            f'<{kind}><Algorithm length="{bits}">{algorithm}</Algorithm>'
            f"<Lifetime>PT{lifetime}S</Lifetime><Repository>{repository}</Repository>"
            f"{'<ManualRollover/>' if manual else ''}</{kind}>"
        )

    if not keys:
        keys = key("CSK", ksk_lifetime) if csk else key("KSK", ksk_lifetime) + key("ZSK", zsk_lifetime)
    return f"""  <Policy name="{name}">
    <Description>a policy of the tests</Description>
    <Signatures>
      <Resign>PT{v['resign']}S</Resign>
      <Refresh>PT{v['refresh']}S</Refresh>
      <Validity><Default>PT{v['validity']}S</Default><Denial>PT{v['validity']}S</Denial></Validity>
      <Jitter>PT{v['jitter']}S</Jitter>
      <InceptionOffset>PT3600S</InceptionOffset>
      <MaxZoneTTL>PT{v['max_zone_ttl']}S</MaxZoneTTL>
      <SignerDelay xmlns="urn:kasper:plugin:1">PT0S</SignerDelay>
    </Signatures>
    <Denial><NSEC/></Denial>
    <Keys>
      <TTL>PT{v['dnskey_ttl']}S</TTL>
      <RetireSafety>PT{v['retire_safety']}S</RetireSafety>
      <PublishSafety>PT{v['publish_safety']}S</PublishSafety>
      {'<ShareKeys/>' if share else ''}
      {f'<Purge>PT{purge}S</Purge>' if purge is not None else ''}
      {keys}
    </Keys>
    <Zone>
      <PropagationDelay>PT{v['zone_propagation']}S</PropagationDelay>
      <SOA>
        <TTL>PT{v['soa_ttl']}S</TTL>
        <Minimum>PT{v['soa_minimum']}S</Minimum>
        <Serial>unixtime</Serial>
      </SOA>
    </Zone>
    <Parent>
      <PropagationDelay>PT{v['parent_propagation']}S</PropagationDelay>
      <DS><TTL>PT{v['ds_ttl']}S</TTL></DS>
      <SOA>
        <TTL>PT{v['parent_soa_ttl']}S</TTL>
        <Minimum>PT{v['parent_soa_minimum']}S</Minimum>
      </SOA>
      <RegistrationDelay>PT{v['registration_delay']}S</RegistrationDelay>
    </Parent>
  </Policy>
"""


def plugin_xml(name, module, kind, **settings):
    """One of Kasper's own elements; a setting is spelt with hyphens in the file"""
    inner = "".join(
        f'<p:Setting name="{key.replace("_", "-")}">{value}</p:Setting>'
        for key, value in settings.items()
    )
    return f'    <p:Plugin name="{name}" module="{module}" kind="{kind}">{inner}</p:Plugin>\n'


class Refused(AssertionError):
    """A command ended with another exit status than the test expected"""

    def __init__(self, command, result):
        super().__init__(
            f"{' '.join(map(str, command))}: exit {result.returncode}\n"
            f"{result.stdout}{result.stderr}"
        )
        self.result = result


class Syslog:
    """The other end of notify-syslog: a datagram socket and what came in"""

    def __init__(self, path):
        self.path = path
        self.lines = []
        # as they came, with their priority
        self.raw = []
        self.changed = threading.Condition()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                data = self.socket.recv(1 << 16)
            except OSError:
                return
            text = data.decode("utf-8", "replace")
            with self.changed:
                self.raw.append(text)
                # "<priority>date ident[pid]: text", possibly of several lines
                text = re.sub(r"^<\d+>", "", text)
                self.lines.append(text)
                self.changed.notify_all()

    def wait_for(self, pattern):
        """The first line that matches, however late it comes"""
        expression = re.compile(pattern)
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                for line in self.lines:
                    if expression.search(line):
                        return line
                if not self.changed.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError(
                        f"no log line matches {pattern!r}; there are:\n" + "\n".join(self.lines)
                    )

    def close(self):
        # a shutdown wakes the listener where a close alone would not
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Lab:
    def __init__(self, *, store="softhsm", policies=None, zones=("example.org",), ds_submit=None,
                 ds_retract=None, ds_mode=None, evidence="order-written", require_backup=False,
                 capacity=None, conf_extra="", enforcer_extra="", plugins="", syslog=True,
                 start=START, pin=PIN, module=None, signer_settings=None, hollow=False, folder=None,
                 skip_public_key=True):
        # UNIX sockets have short names: not below the build folder
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="kasper-"))
        self.keep = folder is not None
        self.store = store
        self.policies = policies if policies is not None else [policy_xml()]
        self.zones = {zone: "default" for zone in zones} if not isinstance(zones, dict) else zones
        self.ds_submit, self.ds_retract, self.ds_mode = ds_submit, ds_retract, ds_mode
        self.evidence = evidence
        self.signer_settings = signer_settings or {}
        self.require_backup = require_backup
        self.capacity = capacity
        self.conf_extra, self.enforcer_extra, self.plugins = conf_extra, enforcer_extra, plugins
        self.skip_public_key = skip_public_key
        self.pin, self.module, self.hollow = pin, module or SOFTHSM, hollow
        self.clock = start
        self.daemon = None
        self.log_file = self.folder / "var" / "kasperd.log"
        for name in ("etc", "var", "run", "var/tokens", "var/signconf", "var/unsigned",
                     "var/signed", "var/signer", "var/enforcer"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.env = {
            **os.environ,
            "SOFTHSM2_CONF": str(self.folder / "etc" / "softhsm2.conf"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "G_DEBUG": "fatal-criticals",
        }
        self.syslog = Syslog(self.folder / "run" / "log") if syslog else None
        if store == "softhsm":
            self._make_token()
        self.write_files()

    # --- files ---

    @property
    def conf(self):
        return self.folder / "etc" / "conf.xml"

    @property
    def kasp(self):
        return self.folder / "etc" / "kasp.xml"

    @property
    def zonelist(self):
        return self.folder / "etc" / "zonelist.xml"

    @property
    def database(self):
        return self.folder / "var" / "kasper.db"

    def signconf(self, zone="example.org"):
        return self.folder / "var" / "signconf" / f"{zone}.xml"

    def _make_token(self):
        (self.folder / "etc" / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/var/tokens\n"
            "objectstore.backend = file\nlog.level = ERROR\n",
            encoding="utf-8",
        )
        if any((self.folder / "var" / "tokens").iterdir()):
            return
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "kasper-test", "--so-pin",
             "1234-officer", "--pin", PIN],
            env=self.env, check=True, stdout=subprocess.DEVNULL,
        )

    def repository_xml(self, name="main"):
        flags = "<RequireBackup/>" if self.require_backup else ""
        capacity = f"<Capacity>{self.capacity}</Capacity>" if self.capacity else ""
        if self.store == "softhsm":
            flags += "<SkipPublicKey/>" if self.skip_public_key else ""
            return (
                f'    <Repository name="{name}"><Module>{self.module}</Module>'
                f"<TokenLabel>kasper-test</TokenLabel><PIN>{self.pin}</PIN>{capacity}{flags}"
                "</Repository>\n"
            )
        hollow = '<p:Setting name="hollow">true</p:Setting>' if self.hollow else ""
        return (
            f'    <Repository name="{name}"><Module>keys-memory</Module>'
            f"<TokenLabel>memory</TokenLabel>{capacity}{flags}"
            f'<p:Plugin module="keys-memory">'
            f'<p:Setting name="state-file">{self.folder}/var/{name}.keys</p:Setting>'
            f"{hollow}</p:Plugin></Repository>\n"
        )

    def conf_xml(self):
        d = self.folder
        signer = {
            "notify_command": "/bin/true",
            "zones_file": f"{d}/var/enforcer/zones.xml",
            "evidence": self.evidence,
            **self.signer_settings,
        }
        plugins = plugin_xml("signer", "signer-opendnssec", "signer", **signer)
        if self.syslog:
            plugins += plugin_xml("syslog", "notify-syslog", "notifier",
                                  path=self.syslog.path, ident="kasperd")
        else:
            # not the system log of the machine that runs the tests
            plugins += ('    <p:Plugin name="syslog" module="notify-syslog" kind="notifier" '
                        'enabled="false"/>\n')
        if self.ds_submit or self.ds_retract:
            settings = {}
            if self.ds_submit:
                settings["submit_command"] = self.ds_submit
            if self.ds_retract:
                settings["retract_command"] = self.ds_retract
            if self.ds_mode:
                settings["mode"] = self.ds_mode
            plugins += plugin_xml("ds", "ds-command", "ds-channel", **settings)
        folders = "".join(
            f"    <p:PluginFolder>{path}</p:PluginFolder>\n"
            for path in sorted((BUILD / "plugins").glob("*/"))
            if any(path.glob("*.so"))
        )
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<Configuration xmlns:p="urn:kasper:plugin:1">
  <RepositoryList>
{self.repository_xml()}  </RepositoryList>
  <Common>
    <Logging><Verbosity>3</Verbosity><Syslog><Facility>local0</Facility></Syslog></Logging>
    <PolicyFile>{self.kasp}</PolicyFile>
    <ZoneListFile>{self.zonelist}</ZoneListFile>
  </Common>
  <Enforcer>
    <PidFile>{d}/run/kasperd.pid</PidFile>
    <SocketFile>{d}/run/kasper.sock</SocketFile>
    <WorkingDirectory>{d}/var/enforcer</WorkingDirectory>
    <Datastore><SQLite>{self.database}</SQLite></Datastore>
    <AutomaticKeyGenerationPeriod>P1Y</AutomaticKeyGenerationPeriod>
{self.enforcer_extra}  </Enforcer>
  <Signer>
    <WorkingDirectory>{d}/var/signer</WorkingDirectory>
  </Signer>
{folders}{plugins}{self.plugins}{self.conf_extra}</Configuration>
"""

    def zone_xml(self, zone, policy):
        d = self.folder / "var"
        return (
            f'  <Zone name="{zone}"><Policy>{policy}</Policy>'
            f"<SignerConfiguration>{self.signconf(zone)}</SignerConfiguration><Adapters>"
            f'<Input><Adapter type="File">{d}/unsigned/{zone}</Adapter></Input>'
            f'<Output><Adapter type="File">{d}/signed/{zone}</Adapter></Output>'
            "</Adapters></Zone>\n"
        )

    def write_files(self):
        self.conf.write_text(self.conf_xml(), encoding="utf-8")
        self.conf.chmod(0o600)
        self.kasp.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<KASP>\n' + "".join(self.policies)
            + "</KASP>\n", encoding="utf-8")
        zones = "".join(self.zone_xml(zone, policy) for zone, policy in self.zones.items())
        self.zonelist.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<ZoneList>\n{zones}</ZoneList>\n',
            encoding="utf-8")
        for zone in self.zones:
            (self.folder / "var" / "unsigned" / zone).write_text(zone_text(zone), encoding="utf-8")

    # --- the daemon ---

    def start(self, *options, wait=True):
        """Starts the daemon and waits until it says that it is ready"""
        notify = None
        env = dict(self.env)
        if wait:
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            path = self.folder / "run" / "notify"
            path.unlink(missing_ok=True)
            notify.bind(str(path))
            # as a service manager's is, whoever the daemon becomes
            path.chmod(0o777)
            env["NOTIFY_SOCKET"] = str(path)
        log = open(self.log_file, "ab")
        self.daemon = subprocess.Popen(
            [KASPERD, "--config", self.conf, "--foreground", f"--test-clock={self.clock}",
             *options],
            env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
        log.close()
        if wait:
            with notify:
                self._wait_ready(notify)
        return self

    def _wait_ready(self, notify):
        deadline = time.monotonic() + PATIENCE
        notify.settimeout(0.05)
        while True:
            with contextlib.suppress(socket.timeout):
                if b"READY=1" in notify.recv(4096):
                    return
            if self.daemon.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"kasperd is not ready:\n{self.log()}")

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        """Ends it as systemd would, and insists on a clean end"""
        if self.daemon is None or self.daemon.poll() is not None:
            return
        self.daemon.send_signal(signal.SIGTERM)
        if self.daemon.wait(PATIENCE) != 0:
            raise AssertionError(f"kasperd ended with {self.daemon.returncode}:\n{self.log()}")

    def kill(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        self.kill()
        if self.syslog:
            self.syslog.close()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and self.log_file.exists():
            print(f"kasperd said:\n{self.log()[-6000:]}", file=sys.stderr)
        self.close()

    # --- commands ---

    def kasper(self, *words, expect=0, stdin=None, name=KASPER):
        command = [name, "--config", self.conf, *words]
        result = subprocess.run(
            command, env=self.env, text=True, capture_output=True, timeout=4 * PATIENCE,
            **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}),
        )
        if expect is not None and result.returncode != expect:
            raise Refused(command, result)
        return result

    def ksmutil(self, *words, expect=0, stdin=None):
        """The same binary under its old name, words as the old documentation has them"""
        link = self.folder / "run" / "ods-ksmutil"
        if not link.is_symlink():
            link.symlink_to(KASPER)
        return self.kasper(*words, expect=expect, stdin=stdin, name=link)

    def json(self, *words):
        return json.loads(self.kasper(*words, "--format", "json").stdout)

    def status(self):
        return self.json("status")

    def now(self):
        self.clock = self.status()["now"]
        return self.clock

    def leap(self, to=None):
        """To the next instant at which something is due, or to a given one"""
        words = ["time", "leap"]
        if to is not None:
            words += ["--to", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(to))]
        self.kasper(*words)
        return self.now()

    def leap_through(self, to):
        """To a given instant, doing what is due on the way at its own time"""
        self.kasper("time", "leap", "--until", f"@{to}")
        return self.now()

    def leap_until(self, condition, limit=200):
        """Turns the clock from due instant to due instant until the condition holds"""
        self.now()
        for _ in range(limit):
            found = condition()
            if found:
                return found
            self.leap()
        raise AssertionError(f"it did not come to pass by {self.clock}:\n{self.kasper('key', 'list').stdout}")

    def keys(self, zone="example.org", **wanted):
        rows = self.json("key", "list", "--zone", zone, "--all")
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def key(self, zone="example.org", **wanted):
        found = self.keys(zone, **wanted)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} keys are {wanted}: {self.keys(zone)}")
        return found[0]

    def waiting_ksk(self, zone="example.org", keytype="KSK"):
        """The key whose DS somebody has to bring to the parent, if there is one"""
        for row in self.keys(zone, keytype=keytype, state="ready"):
            if "ds-seen" in row["waiting_for"]:
                return row
        return None

    def ds_seen(self, row, *words):
        return self.kasper("key", "ds-seen", "--zone", row["zone"], "--cka_id", row["cka_id"], *words)

    def zone(self, zone="example.org"):
        return self.json("zone", "show", "--zone", zone)

    def is_secure(self, zone="example.org"):
        return self.zone(zone)["state"] == "secure"

    def make_secure(self, zone="example.org", keytype="KSK"):
        """From nothing to a zone whose DS is in every cache"""
        self.leap_until(lambda: self.waiting_ksk(zone, keytype))
        self.ds_seen(self.waiting_ksk(zone, keytype))
        self.leap_until(lambda: self.is_secure(zone))
        return self

    def roll(self, keytype, zone="example.org"):
        self.kasper("key", "rollover", "--zone", zone, "--keytype", keytype, "--yes")
        # the command starts it; enforce waits for the key that may have to be made
        self.kasper("enforce")

    def finish_roll(self, zone="example.org", seen=True):
        """Drives a rollover until one living key of each role is left"""
        def done():
            if seen and (row := self.waiting_ksk(zone)):
                self.ds_seen(row)
            living = [row for row in self.keys(zone) if row["state"] not in ("dead", "generate")]
            roles = [row["keytype"] for row in living]
            return len(roles) == len(set(roles)) and all(row["state"] == "active" for row in living)
        self.leap_until(done)


def zone_text(zone):
    return (
        f"{zone}. 3600 IN SOA ns.{zone}. hostmaster.{zone}. 1 3600 900 604800 1800\n"
        f"{zone}. 3600 IN NS ns.{zone}.\n"
        f"{zone}. 7200 IN TXT \"kasper\"\n"
        f"ns.{zone}. 3600 IN A 192.0.2.53\n"
        f"www.{zone}. 3600 IN A 192.0.2.80\n"
        f"*.wild.{zone}. 3600 IN TXT \"any\"\n"
    )


def wait_until(condition, what):
    """Looks again and again, briefly, for what another process will do by itself"""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited for {what} in vain")
        time.sleep(0.02)
