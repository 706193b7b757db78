# SPDX-License-Identifier: BSD-2-Clause
"""`kasper simulate`: no daemon, no token, nothing but files."""

import json
import unittest
import xml.etree.ElementTree as ET

import tap
from lab import GOLDEN, Refused, Lab, policy_xml

DAY = 86400
A, K, S = GOLDEN["zone_propagation"], GOLDEN["dnskey_ttl"], GOLDEN["max_zone_ttl"]
D, P = GOLDEN["ds_ttl"], GOLDEN["parent_propagation"]
SP, SR = GOLDEN["publish_safety"], GOLDEN["retire_safety"]
SX = max(SP, SR)
G = GOLDEN["jitter"] + GOLDEN["validity"] + GOLDEN["resign"] - GOLDEN["refresh"]
R = 5000
POLICIES = [
    policy_xml(),
    policy_xml("years", ksk_lifetime=365 * DAY, zsk_lifetime=90 * DAY, purge=14 * DAY),
    policy_xml("rsa", algorithm=8, bits=2048),
    policy_xml("csk", csk=True),
]


class Simulate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # never started
        cls.lab = Lab(store="memory", policies=POLICIES, syslog=False)

    @classmethod
    def tearDownClass(cls):
        cls.lab.close()

    def run_it(self, *words, form="json"):
        out = self.lab.kasper("simulate", "--start", "@0", *words, "--format", form).stdout
        if form == "timeline":
            return [json.loads(line) for line in out.splitlines()]
        return json.loads(out) if form == "json" else out

    def roll(self, keytype, *words, policy="default"):
        return self.run_it(policy, "--settled", "--until", "P30D", "--event",
                           f"roll={keytype},parent-delay=PT{R}S", *words, form="timeline")

    def test_zsk(self):
        """What is published, in the right order, at the instants of doc/timing.md"""
        lines = self.roll("ZSK")
        swap = A + K + SP
        self.assertEqual([line["t"] for line in lines], [0, 0, swap, swap + G, swap + G + A + S + SX])
        self.assertEqual([line["zonedata"]["signed_by"] for line in lines],
                         [["ZSK1"], ["ZSK1"], [["ZSK1"], ["ZSK2"]], ["ZSK2"], ["ZSK2"]])
        self.assertEqual([[key["id"] for key in line["dnskey"]["keys"]] for line in lines],
                         [["KSK1", "ZSK1"], ["KSK1", "ZSK1", "ZSK2"], ["KSK1", "ZSK1", "ZSK2"],
                          ["KSK1", "ZSK1", "ZSK2"], ["KSK1", "ZSK2"]])
        first = lines[0]
        self.assertEqual(first["zone"], "example.org.")
        self.assertEqual(first["dnskey"]["ttl"], K)
        self.assertEqual(first["dnskey"]["keys"][0], {"id": "KSK1", "alg": 13, "flags": 257})
        self.assertEqual(first["propagation"], {"zone": A, "parent": P})
        self.assertEqual(first["parent_ds"], {"ttl": D, "ids": ["KSK1"]})
        full = self.roll("ZSK", "--full-resign")
        self.assertEqual([line["t"] for line in full], [0, 0, swap, swap + A + S + SX])

    def test_ksk(self):
        lines = self.roll("KSK")
        self.assertEqual([line["t"] for line in lines],
                         [0, 0, A + K + SP + R, A + K + SP + R + P + D + SX])
        self.assertEqual([line["parent_ds"]["ids"] for line in lines],
                         [["KSK1"], ["KSK1"], ["KSK2"], ["KSK2"]])
        self.assertEqual([line["dnskey"]["signed_by"] for line in lines],
                         [["KSK1"], ["KSK1", "KSK2"], ["KSK1", "KSK2"], ["KSK2"]])

    def test_every_type_of_rollover(self):
        """Algorithm 8 to 13, and KSK and ZSK to CSK and back: never a DS without its DNSKEY"""
        for before, after in (("rsa", "default"), ("default", "csk"), ("csk", "default")):
            with self.subTest(f"{before} to {after}"):
                lines = self.run_it(before, "--settled", "--policy2", after, "--at", "P1D",
                                    "--until", "P60D", form="timeline")
                last = lines[-1]
                old = {key["id"] for key in lines[0]["dnskey"]["keys"]}
                new = {key["id"] for key in last["dnskey"]["keys"]}
                self.assertFalse(old & new)
                self.assertTrue(set(last["parent_ds"]["ids"]) <= new)
                for line in lines:
                    published = {key["id"] for key in line["dnskey"]["keys"]}
                    self.assertTrue(set(line["parent_ds"]["ids"]) & published)
                    self.assertTrue(set(line["dnskey"]["signed_by"]) & set(line["parent_ds"]["ids"]))

    def test_unsigning(self):
        lines = self.run_it("default", "--settled", "--event", "unsign@P1D", "--until", "P60D",
                            form="timeline")
        self.assertEqual(lines[-1]["dnskey"]["keys"], [])
        self.assertTrue(lines[-1]["going_insecure"])
        self.assertNotIn("going_insecure", lines[0])
        gone = [line["parent_ds"]["ids"] for line in lines].index([])
        self.assertTrue(lines[gone]["dnskey"]["keys"])

    def test_ten_years(self):
        rows = self.run_it("years", "--until", "P10Y")
        starts = [row["key"] for row in rows if row["step"] == "rollover"]
        years = 10 * 365 * DAY
        # a successor comes so early that the lifetime is not exceeded
        self.assertIn(len([key for key in starts if key.startswith("ZSK")]), (40, 41))
        self.assertIn(len([key for key in starts if key.startswith("KSK")]), (9, 10))
        self.assertLessEqual(rows[-1]["time"], years)
        times = [row["time"] for row in rows]
        self.assertEqual(times, sorted(times))
        destroyed = [row["key"] for row in rows if row["step"] == "destroy"]
        self.assertEqual(len(destroyed), len(set(destroyed)))
        table = self.run_it("years", "--until", "P10Y", form="table")
        self.assertEqual(table.count("the rollover of"), len(starts))
        # states are told of when they are asked for
        self.assertNotIn("->", table)
        self.assertIn("->", self.run_it("years", "--verbose", form="table"))

    def test_who_is_late(self):
        """Nothing goes on before whoever is awaited has acted"""
        cases = {
            "ds-seen-delay=never,roll=KSK@P1D,ds-seen-delay=PT1H@P20D": ("ds-seen", 20 * DAY + 3600),
            "hsm-away,roll=ZSK@P1D,hsm-back@P20D": ("make", 20 * DAY),
            "signer-dead,roll=ZSK@P1D,signer-back@P20D": ("publish", 20 * DAY),
            "parent-delay=P19D,roll=KSK@P1D": ("serve", 20 * DAY + A + K + SP),
        }
        for events, (step, time) in cases.items():
            with self.subTest(events):
                rows = self.run_it("default", "--settled", "--event", events, "--until", "P40D")
                self.assertEqual(min(row["time"] for row in rows if row["step"] == step), time)

    def test_backup(self):
        with Lab(store="memory", policies=POLICIES, syslog=False, require_backup=True) as lab:
            rows = lab.json("simulate", "--start", "@0", "default", "--settled", "--event",
                            "backup-delay=P5D,roll=ZSK", "--until", "P30D")
            saved, active = ([row["time"] for row in rows if row["step"] == step]
                             for step in ("backup", "active"))
            self.assertEqual((saved, active), ([5 * DAY], [5 * DAY]))

    def test_scenario(self):
        scenario = self.lab.folder / "etc" / "change.scenario"
        scenario.write_text("# a change\nP1D roll ZSK   # on demand\n\n@172800 hsm-away\n",
                            encoding="utf-8")
        rows = self.run_it("default", "--settled", "--scenario", str(scenario))
        self.assertEqual([row["time"] for row in rows if row["step"] == "event"], [DAY, 2 * DAY])
        scenario.write_text("P1D roll ZSK\nP2D roll XSK\n", encoding="utf-8")
        refused = self.lab.kasper("simulate", "default", "--scenario", str(scenario), expect=1)
        self.assertIn(f"{scenario}:2: ", refused.stderr)

    def test_chart(self):
        svg = ET.fromstring(self.run_it("default", "--settled", "--event", "roll=KSK", "--until",
                                        "P30D", form="svg"))
        name = "{http://www.w3.org/2000/svg}"
        self.assertEqual(svg.tag, name + "svg")
        texts = [text.text for text in svg.iter(name + "text")]
        for wanted in ("Policy default: roll=KSK", "KSK1", "KSK2", "ZSK1", "before", f"{A + K + SP} s"):
            self.assertIn(wanted, texts)
        bars = [bar.findtext(name + "title") for bar in svg.iter(name + "rect")]
        self.assertIn(f"omnipresent from {A + K + SP} s", bars)
        dated = self.lab.kasper("simulate", "default", "--start", "2027-01-15T08:00:00Z", "--format",
                                "svg").stdout
        self.assertIn("2027-01-15 08:00:00", dated)

    def test_zones(self):
        rows = self.run_it("years", "--zones", "20", "--until", "P1Y")
        starts = [row["time"] for row in rows if row["step"] == "rollover"]
        self.assertEqual(len({row["zone"] for row in rows}), 20)
        # spread over time
        self.assertGreater(len(set(starts)), len(starts) // 2)
        self.lab.kasper("simulate", "years", "--zones", "2", "--format", "svg", expect=2)

    def test_kasp_alone(self):
        rows = json.loads(self.lab.kasper(
            "--config", "/nonexistent", "simulate", "years", "--kasp", self.lab.kasp, "--start", "@0",
            "--format", "json").stdout)
        self.assertEqual(rows, self.run_it("years"))

    def test_refused(self):
        for words, says in (
            (("absent",), "policy absent is not in"),
            (("default", "--policy2", "absent"), "policy absent is not in"),
            (("default", "--event", "dance"), "event dance: should be one of"),
            (("default", "--event", "roll=XSK"), "event roll=XSK: should have KSK, ZSK or CSK"),
            (("default", "--event", "parent-delay=soon"), "parent-delay=soon"),
            (("default", "--event", "roll=ZSK@whenever"), "whenever"),
            (("default", "--event", "hsm-away=now"), "should have no value"),
            (("default", "--scenario", "/nonexistent"), "/nonexistent"),
            (("default", "--until", "P1X"), "P1X"),
        ):
            with self.subTest(words):
                refused = self.lab.kasper("simulate", *words, expect=1)
                self.assertIn(says, refused.stderr)
                self.assertEqual(refused.stdout, "")
        # pictures are not for everybody
        with self.assertRaises(Refused) as refused:
            self.lab.kasper("policy", "check", "--format", "svg")
        self.assertEqual(refused.exception.result.returncode, 2)


if __name__ == "__main__":
    tap.main()
