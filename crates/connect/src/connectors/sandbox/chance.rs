//! Chance without state: each number is a hash of what it is for, so that it is the same whenever
//! it is asked for, in whatever order.

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seed(u64);

impl Seed {
    /// Of words; no two lists of words run together.
    pub(super) fn of(words: &[&str]) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(mix(hash))
    }
    /// For one thing among many.
    pub(super) const fn with(self, thing: u64) -> Self {
        Self(mix(self.0 ^ mix(thing.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }
    /// All sixty-four bits.
    pub(super) const fn bits(self) -> u64 {
        self.0
    }
    /// From nothing to `end`, which is left out.
    pub(super) const fn below(self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0 % end }
    }
    /// From `first` to `last`, both included.
    pub(super) const fn between(self, first: i64, last: i64) -> i64 {
        first + self.below((last - first).unsigned_abs() + 1).cast_signed()
    }
    /// True once in `times`.
    pub(super) const fn once_in(self, times: u64) -> bool {
        self.below(times) == 0
    }
    /// One of several.
    pub(super) const fn pick<T: Copy>(self, from: &[T]) -> T {
        from[self.at(from.len())]
    }
    /// A place in a list of `len`.
    #[expect(clippy::cast_possible_truncation, reason = "it is less than a usize")]
    pub(super) const fn at(self, len: usize) -> usize {
        self.below(len as u64) as usize
    }
    /// So many decimal digits.
    pub(super) fn digits(self, count: usize) -> String {
        (0..count as u64).map(|i| char::from(b'0' + self.with(i).small(10))).collect()
    }
    /// From nothing to `end`, which is left out and at most 256.
    #[expect(clippy::cast_possible_truncation, reason = "it is less than a byte")]
    pub(super) const fn small(self, end: u64) -> u8 {
        self.below(end) as u8
    }
}

/// Spreads every bit over all (the finaliser of splitmix64).
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
