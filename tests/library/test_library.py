# SPDX-License-Identifier: BSD-2-Clause
"""The library as programs and plugins elsewhere see it: its symbols, its headers, its kasper-0.pc."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import tap

SOURCE = pathlib.Path(os.environ["KASPER_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["KASPER_BUILD_ROOT"])
LIBRARY = BUILD / "core" / "libkasper-0.so"
CC = shlex.split(os.environ["CC"])
if os.environ["KASPER_SANITIZE"] != "none":
    CC += ["-fsanitize=" + os.environ["KASPER_SANITIZE"]]
# what they add of their own
SANITIZERS = ("__asan", "__ubsan", "__odr_asan")


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def list_symbols(path):
    """What others can link to"""
    lines = run("nm", "--dynamic", "--defined-only", path).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] in "TDBRVWi"}


def list_exported():
    """What a header marks with KASPER_EXPORT, in the order of the declarations that follow"""
    names = set()
    for header in (SOURCE / "core").rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", " ", header.read_text(encoding="utf-8"), flags=re.S)
        for declaration in re.findall(r"\bKASPER_EXPORT\s+([^;{]*?\))\s*(?:;|$|\n)", text):
            found = re.match(r"G_DECLARE_\w+\(\s*\w+,\s*(\w+)", declaration)
            names.add(f"{found[1]}_get_type" if found else
                      re.search(r"\b(\w+)\s*\(", declaration)[1])
    return names


class Symbols(unittest.TestCase):
    def test_only_what_is_marked(self):
        marked, there = list_exported(), list_symbols(LIBRARY)
        self.assertGreater(len(marked), 100)
        stray = {name for name in there - marked if not name.startswith(SANITIZERS)}
        self.assertEqual(stray, set())

    def test_all_that_is_marked(self):
        # what a header promises can be linked
        self.assertEqual(list_exported() - list_symbols(LIBRARY), set())

    def test_plugins_export_one_constant(self):
        modules = list((BUILD / "plugins").glob("*/*.so"))
        self.assertTrue(modules)
        for module in modules:
            with self.subTest(module.name):
                names = {name for name in list_symbols(module)
                         if not name.startswith(SANITIZERS)}
                self.assertEqual(names, {"kasper_plugin_descriptor"})


class Installed(unittest.TestCase):
    """Into an empty folder, as a package is made"""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="kasper-library-")
        cls.root = pathlib.Path(cls.temporary.name)
        installed = json.loads(run("meson", "introspect", "--installed", BUILD))
        for source, target in installed.items():
            if "/include/kasper-0/" in target:
                cls.link(source, cls.root / target.lstrip("/"))
            elif target.endswith("/kasper-0.pc"):
                pc = cls.root / target.lstrip("/")
                text = pathlib.Path(source).read_text(encoding="utf-8")
        cls.library_folder = pc.parent.parent
        for name in ("libkasper-0.so", "libkasper-0.so.0"):
            cls.link(LIBRARY, cls.library_folder / name)
        pc.parent.mkdir(parents=True)
        pc.write_text(text.replace("prefix=/", f"prefix={cls.root}/", 1), encoding="utf-8")
        cls.env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent)}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @staticmethod
    def link(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(pathlib.Path(source).resolve())

    def pkg_config(self, *words):
        return shlex.split(run("pkg-config", *words, "kasper-0", env=self.env))

    def test_plugin_folder(self):
        self.assertEqual(self.pkg_config("--variable=plugindir"),
                         [str(self.library_folder / "kasper-0" / "plugins")])

    def test_kasper_h_has_all(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "a.c"
            names = [f"#include <{header.name}>" for header in
                     self.root.rglob("include/kasper-0/*.h")]
            source.write_text("#include <kasper.h>\n")
            alone = run(*CC, "-E", *self.pkg_config("--cflags"), source)
            source.write_text("#include <kasper.h>\n" + "\n".join(names) + "\n")
            every = run(*CC, "-E", *self.pkg_config("--cflags"), source)
        self.assertGreater(len(names), 10)
        self.assertEqual([x for x in alone.splitlines() if x and x[0] != "#"],
                         [x for x in every.splitlines() if x and x[0] != "#"])

    def test_smallest_plugin(self):
        """That of plugins/README.md: built as it says there, it exports one constant"""
        text = (SOURCE / "plugins" / "README.md").read_text(encoding="utf-8")
        code = re.search(r"## The smallest plugin\n.*?```c\n(.*?)```", text, re.S)[1]
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "notify-stderr.c"
            module = source.with_suffix(".so")
            source.write_text(code)
            run(*CC, "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-shared", "-fPIC",
                "-fvisibility=hidden", *self.pkg_config("--cflags"), "-o", module, source,
                *self.pkg_config("--libs"))
            self.assertIn("kasper_plugin_descriptor", list_symbols(module))
            needed = run("readelf", "-d", module)
            self.assertIn("libkasper-0.so.0", needed)


if __name__ == "__main__":
    tap.main()
