//! Chance by seed: the same seed draws the same, on every machine.

/// A small generator of numbers (SplitMix64), good enough for tests and demonstrations and for nothing secret.
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// A generator with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        let high = (self.number() >> 32).wrapping_mul(u64::from(limit)) >> 32;
        u32::try_from(high).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn pick<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        const { assert!(N > 0) };
        let index = self.below(u32::try_from(N).unwrap_or(u32::MAX)) as usize;
        list[index.min(N - 1)]
    }
}
