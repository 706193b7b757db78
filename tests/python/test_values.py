# SPDX-License-Identifier: BSD-2-Clause
"""What crosses the border between engine and plugins, made and read in Python."""

import unittest

import gi

gi.require_version("Kasper", "0")
from gi.repository import Gio, GLib, GObject, Kasper  # noqa: E402

import tap  # noqa: E402


class Values(unittest.TestCase):
    def test_key_info(self):
        key = Kasper.KeyInfo.new("aabb", Kasper.Algorithm.ED25519, 256, GLib.Bytes.new(b"k" * 32))
        self.assertEqual((key.get_id(), key.get_algorithm(), key.get_bits()), ("aabb", 15, 256))
        self.assertEqual(key.get_public_key().get_data(), b"k" * 32)
        self.assertIsNone(Kasper.KeyInfo.new("aa", 8, 2048, None).get_public_key())

    def test_zone_order(self):
        policy = Kasper.SigningPolicy(resign=7200, nsec3=True, nsec3_salt="-", soa_serial="keep")
        self.assertEqual(policy.props.resign, 7200)
        self.assertEqual(policy.props.validity_keyset, 0)
        order = Kasper.ZoneOrder.new("example.org", 2**40, policy)
        use = Kasper.KeyUse.PUBLISH | Kasper.KeyUse.SIGN_DATA
        order.add_key(Kasper.OrderKey.new("aa", "main", 256, 13, use, GLib.Bytes.new(b"k")))
        order.set_files("/a", "/b", None)
        self.assertEqual(order.get_revision(), 2**40)
        keys = order.get_keys()
        self.assertEqual([key.get_id() for key in keys], ["aa"])
        self.assertTrue(keys[0].get_use() & Kasper.KeyUse.SIGN_DATA)
        self.assertIsNone(order.get_output())
        self.assertIs(order.get_policy(), policy)

    def test_signer_answer(self):
        answer = Kasper.SignerAnswer.new(Kasper.SignerStatus.PENDING, 7, None)
        self.assertTrue(answer.get_assumed())
        answer.set_seen(86400, 3600, True)
        self.assertFalse(answer.get_assumed())
        self.assertEqual((answer.get_max_ttl(), answer.get_dnskey_ttl()), (86400, 3600))

    def test_ds_request(self):
        ds = ["example.org. 3600 IN DS 1 13 2 AA", "example.org. 3600 IN DS 1 13 4 BB"]
        key = Kasper.DsKey.new("aa", 1, 257, 13, None, "a DNSKEY", ds)
        request = Kasper.DsRequest.new("example.org", "ds-1", Kasper.DsPhaseKind.SWAP, 1, None)
        request.add_wanted(key)
        self.assertEqual(request.get_wanted()[0].get_ds(), ds)
        self.assertEqual(len(request.get_seen()), 0)
        self.assertEqual(request.get_phase(), Kasper.DsPhaseKind.SWAP)

    def test_ds_answer(self):
        answer = Kasper.DsAnswer.new(Kasper.DsStatus.DONE, "taken")
        self.assertEqual((answer.get_text(), answer.get_token()), ("taken", None))
        answer.set_stored(["a", "b"])
        self.assertEqual(answer.get_stored(), ["a", "b"])

    def test_parent_view(self):
        view = Kasper.ParentView.new([], 900, 4)
        self.assertEqual((view.get_ds(), view.get_ttl(), view.get_servers()), ([], 900, 4))

    def test_lists(self):
        store = Gio.ListStore.new(Kasper.KeyInfo)
        store.append(Kasper.KeyInfo.new("aa", 13, 256, None))
        self.assertEqual(store[0].get_id(), "aa")
        self.assertTrue(GObject.type_is_a(store.get_item_type(), Kasper.KeyInfo))


class Words(unittest.TestCase):
    def test_zone_names(self):
        self.assertEqual(Kasper.zone_name_parse("Example.ORG."), "example.org")
        with self.assertRaises(GLib.Error) as caught:
            Kasper.zone_name_parse("a..b")
        self.assertTrue(caught.exception.matches(Kasper.error_quark(), Kasper.Error.INVALID))

    def test_times(self):
        self.assertEqual(Kasper.time_format(1_800_000_000), "2027-01-15 08:00:00")
        self.assertEqual(Kasper.span_parse("PT1H30M"), (True, 5400))
        self.assertEqual(Kasper.span_format(5400), "PT5400S")

    def test_algorithms(self):
        self.assertEqual(Kasper.algorithm_to_string(13), "ECDSAP256SHA256")
        self.assertEqual(Kasper.algorithm_from_string("ED448"), Kasper.Algorithm.ED448)
        self.assertEqual(Kasper.error_to_string(Kasper.Error.TRY_AGAIN), "try-again")


if __name__ == "__main__":
    tap.main()
