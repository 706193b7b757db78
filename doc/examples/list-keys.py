#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Lists the zones and keys of a running Kasper, then says what happens until it is interrupted.

Usage: list-keys.py SOCKET [--once]

SOCKET is the one that conf.xml names in SocketFile (/run/kasper/kasper.sock). With --once it ends after
the lists. Needs the packages python3-gi and kasper's typelib.
"""

import sys

import gi

gi.require_version("Kasper", "0")
from gi.repository import GLib, Kasper  # noqa: E402


def list_keys(client):
    for zone in client.list_zones(None):
        print(f"{zone['zone']}: policy {zone['policy']}, {zone['state']}")
        # a filter has the names of the command line's options
        only = GLib.Variant("a{sv}", {"zone": GLib.Variant("s", zone["zone"])})
        for key in client.list_keys(only, None):
            print(f"  {key['keytype']} {key['keytag']:5} {key['state']:8} {key['cka_id']}")


def on_event(client, event):
    event = event.unpack()
    print(f"{Kasper.time_format(event['time'])} {event['level']}: {event['text']}", flush=True)


def main(path, *options):
    client = Kasper.Client.new_for_socket(path)
    client.connect("event", on_event)
    client.open(None)
    list_keys(client)
    if "--once" not in options:
        # events come while a main loop runs
        GLib.MainLoop().run()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except GLib.Error as error:
        sys.exit(f"list-keys: {error.message}")
    except KeyboardInterrupt:
        pass
