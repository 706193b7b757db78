# SPDX-License-Identifier: BSD-2-Clause
"""unittest, spoken as TAP: what `meson test` counts test by test."""

import sys
import time
import unittest


class TapResult(unittest.TestResult):
    def __init__(self, stream, names):
        super().__init__()
        self.stream = stream
        self.numbers = {name: number for number, name in enumerate(names, 1)}
        self.began = 0.0
        self.failed_parts = set()

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def say(self, verdict, test, suffix=""):
        number = self.numbers.get(test.id(), len(self.numbers) + 1)
        self.stream.write(f"{verdict} {number} - {test.id().split('.', 1)[-1]}{suffix}\n")
        self.stream.write(f"# {time.monotonic() - self.began:.2f} s\n")
        self.stream.flush()

    def explain(self, test, error):
        text = self._exc_info_to_string(error, test)
        self.stream.write("".join(f"# {line}\n" for line in text.splitlines()))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.explain(test, err)
        self.say("not ok", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.explain(test, err)
        self.say("not ok", test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.stream.write(f"# {subtest}\n")
            self.explain(subtest, err)
            self.failed_parts.add(test.id())

    def stopTest(self, test):
        super().stopTest(test)
        # of a test with failing parts nobody says that it failed
        if test.id() in self.failed_parts:
            self.say("not ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("ok", test, f" # SKIP {reason}")


def _flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flatten(item)
        else:
            yield item


def main(module="__main__"):
    """Runs the tests of a module (or those that the command line names) and exits"""
    loader = unittest.defaultTestLoader
    wanted = sys.argv[1:]
    found = sys.modules[module]
    suite = loader.loadTestsFromNames(wanted, found) if wanted else loader.loadTestsFromModule(found)
    tests = list(_flatten(suite))
    # whatever a test prints is not a test point
    stream, sys.stdout = sys.stdout, sys.stderr
    stream.write(f"1..{len(tests)}\n")
    result = TapResult(stream, [test.id() for test in tests])
    unittest.TestSuite(tests).run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
