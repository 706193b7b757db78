#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sums up what `meson test` reported in the build folders given, test point by test point.

Prints "N passed, M failed" (and ", K skipped" if some were), and fails if anything did.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ET


def count_points(folder):
    """Test points of each program, by its name: [passed, failed, skipped]"""
    programs = {}
    report = folder / "meson-logs" / "testlog.junit.xml"
    for suite in ET.parse(report).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            # programs without test points of their own share a suite; the others have one each
            name = case.get("classname") or suite.get("name")
            points = programs.setdefault(name, [0, 0, 0])
            if case.find("failure") is not None or case.find("error") is not None:
                points[1] += 1
            elif case.find("skipped") is not None:
                points[2] += 1
            else:
                points[0] += 1
    return programs


def failed_programs(folder):
    """How many programs failed as a whole, and how many ran"""
    failed = ran = 0
    with open(folder / "meson-logs" / "testlog.json", encoding="utf-8") as log:
        for line in log:
            ran += 1
            if json.loads(line)["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
                failed += 1
    return failed, ran


def main():
    passed = failed = skipped = 0
    for folder in map(pathlib.Path, sys.argv[1:]):
        programs = count_points(folder).values()
        bad_points = sum(points[1] for points in programs)
        bad_programs, ran = failed_programs(folder)
        passed += sum(points[0] for points in programs)
        skipped += sum(points[2] for points in programs)
        # a program that crashed after its last test point has no failed one
        failed += max(bad_points, bad_programs, 0 if ran else 1)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
