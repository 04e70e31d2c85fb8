//! The edges of the blocks, and what the standard library thinks.

use super::*;
use proptest::prelude::*;

#[test]
fn every_kind_of_private_address_is_known() {
    for host in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(private(host.parse().expect("an address")).is_some(), "{host}");
    }
}

#[test]
fn public_addresses_pass_and_the_edges_of_blocks_are_exact() {
    for host in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::8",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:200::1",
        "2003::1",
        "3ffe::1",
    ] {
        assert_eq!(private(host.parse().expect("an address")), None, "{host}");
    }
}

proptest! {
    /// The standard library's own opinion is a lower bound of ours.
    #[test]
    fn nothing_that_std_calls_local_passes(bits in any::<u32>()) {
        let v4 = Ipv4Addr::from_bits(bits);
        let local = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_broadcast()
            || v4.is_documentation() || v4.is_unspecified() || v4.is_multicast();
        prop_assert!(!local || private(v4.into()).is_some());
        prop_assert_eq!(private(v4.to_ipv6_mapped().into()), private(v4.into()));
    }

    /// The same for IPv6.
    #[test]
    fn nothing_outside_global_unicast_passes(bits in any::<u128>()) {
        let v6 = Ipv6Addr::from_bits(bits);
        let local = v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast();
        prop_assert!(!local || private(v6.into()).is_some());
    }
}
