# SPDX-License-Identifier: BSD-2-Clause
"""The log lines that operators' scripts have been looking for since OpenDNSSEC 1.x."""

import unittest

import tap
from lab import Lab


class Lines(unittest.TestCase):
    def test_ds_set_has_changed(self):
        with Lab() as lab:
            lab.start()
            first = lab.leap_until(lab.waiting_ksk)["cka_id"]
            lab.syslog.wait_for(r"kasperd(\[\d+\])?: DS Record set has changed, the current set "
                                r"looks like:$")
            lab.syslog.wait_for(r": example\.org\. 3600 IN DNSKEY 257 3 13 \S+ "
                                r";\{id = \d+ \(ksk\), size = 256b\}$")
            lab.syslog.wait_for(
                r": Once the new DS records are seen in DNS please issue the ds-seen command for "
                rf"zone example\.org with the following cka_ids, {first}$")
            order = [n for n, line in enumerate(lab.syslog.lines)
                     if "DS Record set has changed" in line or "IN DNSKEY 257" in line
                     or "Once the new DS records" in line]
            self.assertEqual(order, list(range(order[0], order[0] + 3)))

    def test_said_once(self):
        with Lab() as lab:
            lab.start()
            lab.leap_until(lab.waiting_ksk)
            lab.syslog.wait_for("Once the new DS records")
            lab.leap(lab.now() + 10 * 86400)
            lab.kasper("enforce")
            self.assertEqual(len([x for x in lab.syslog.lines if "DS Record set" in x]), 1)

    def test_made_active(self):
        with Lab() as lab:
            lab.start()
            key = lab.leap_until(lab.waiting_ksk)["cka_id"]
            lab.ds_seen(lab.waiting_ksk())
            lab.syslog.wait_for(f"Key {key} made active")

    def test_priority_is_info_and_facility_is_that_of_conf_xml(self):
        with Lab() as lab:
            lab.start()
            lab.leap_until(lab.waiting_ksk)
            lab.syslog.wait_for("DS Record set")
            line = next(line for line in lab.syslog.raw if "DS Record set" in line)
            # local0 (16) and info (6)
            self.assertTrue(line.startswith("<134>"), line)


if __name__ == "__main__":
    tap.main()
