//! Which addresses the whole internet can reach: the one rule for everything that goes where somebody
//! else says (webhooks, caged connectors), so that nobody can make Vinculo knock at its neighbours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The blocks of IPv4 that are not public, from IANA's special-purpose registry.
const PRIVATE_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared by a carrier"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// The one block of IPv6 that is handed out to the internet …
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// … and what inside it is not public.
const PRIVATE_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "reserved"),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32, "documentation"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation"),
];

/// An IPv4 address in disguise: the blocks whose last 32 bits are one.
const V4_INSIDE_V6: &[Ipv6Addr] =
    &[Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0)];

/// What kind of place inside somebody's network `address` is; `None` for a public one.
#[must_use]
pub fn private(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            let found = PRIVATE_V4.iter().find(|(block, length, _)| {
                (address.to_bits() ^ block.to_bits()).leading_zeros() >= *length
            });
            found.map(|(_, _, why)| *why)
        }
        IpAddr::V6(address) => {
            let inside = |block: Ipv6Addr, length: u32| {
                (address.to_bits() ^ block.to_bits()).leading_zeros() >= length
            };
            if V4_INSIDE_V6.iter().any(|block| inside(*block, 96)) {
                let [.., a, b, c, d] = address.octets();
                return private(Ipv4Addr::new(a, b, c, d).into());
            }
            if address.is_loopback() {
                return Some("loopback");
            }
            if !inside(PUBLIC_V6.0, PUBLIC_V6.1) {
                return Some("not global unicast");
            }
            let found = PRIVATE_V6.iter().find(|(block, length, _)| inside(*block, *length));
            found.map(|(_, _, why)| *why)
        }
    }
}

#[cfg(test)]
mod tests;
