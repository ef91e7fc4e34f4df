//! The stored form of a ledger.
//!
//! A version byte, then unsigned LEB128 numbers: the count of entries; per entry the seconds
//! since the one before (the first since the year 1, so that it is never negative) and the
//! signal; the count of overflowing days; per overflow its day since the year 1, signal and
//! count. An empty ledger is the empty string.

use super::{Entry, Ledger};
use crate::{DAY, Timestamp};

const VERSION: u8 = 1;

/// Seconds from 0001-01-01 to 1970-01-01, before which no activity lies.
const EPOCH: i64 = 719_162 * DAY;

/// Stored bytes that are not a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored ledger is corrupt")]
pub struct CorruptLedger;

impl Ledger {
    /// The stored form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(self.entries.len() * 5 + 8);
        out.push(VERSION);
        put(&mut out, self.entries.len() as u64);
        let mut last = -EPOCH;
        for entry in &self.entries {
            put(&mut out, entry.time.saturating_sub(last).unsigned_abs());
            put(&mut out, u64::from(entry.signal));
            last = entry.time;
        }
        put(&mut out, self.overflow.len() as u64);
        for (&(day, signal), &count) in &self.overflow {
            put(&mut out, (day + EPOCH / DAY).unsigned_abs());
            put(&mut out, u64::from(signal));
            put(&mut out, count);
        }
        out
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`CorruptLedger`] when `bytes` cannot have been written by [`Ledger::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CorruptLedger> {
        let Some((&version, rest)) = bytes.split_first() else { return Ok(Self::default()) };
        if version != VERSION {
            return Err(CorruptLedger);
        }
        let mut rest = rest;
        let count = take_len(&mut rest)?;
        let mut ledger = Self { entries: Vec::with_capacity(count), ..Self::default() };
        let mut time = -EPOCH;
        for _ in 0..count {
            time = time.checked_add_unsigned(take(&mut rest)?).ok_or(CorruptLedger)?;
            ledger.entries.push(Entry { time, signal: take_signal(&mut rest)? });
        }
        for _ in 0..take_len(&mut rest)? {
            let day = i64::try_from(take(&mut rest)?).map_err(|_| CorruptLedger)? - EPOCH / DAY;
            let signal = take_signal(&mut rest)?;
            let more = u32::try_from(take(&mut rest)?).map_err(|_| CorruptLedger)?;
            ledger.overflow.insert((day, signal), more.into());
        }
        let sound = rest.is_empty() && ledger.entries.is_sorted() && time <= Timestamp::MAX.secs();
        if sound { Ok(ledger) } else { Err(CorruptLedger) }
    }
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(rest: &mut &[u8]) -> Result<u64, CorruptLedger> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(CorruptLedger)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(CorruptLedger)
}

fn take_signal(rest: &mut &[u8]) -> Result<u16, CorruptLedger> {
    u16::try_from(take(rest)?).map_err(|_| CorruptLedger)
}

/// A count of things that take at least one byte each: more than there are bytes is corrupt,
/// and is seen before memory is set aside for it.
fn take_len(rest: &mut &[u8]) -> Result<usize, CorruptLedger> {
    let count = usize::try_from(take(rest)?).map_err(|_| CorruptLedger)?;
    if count > rest.len() { Err(CorruptLedger) } else { Ok(count) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(first) = bytes.first_mut() {
                *first = VERSION;
            }
            let _ = Ledger::decode(&bytes);
        }
    }

    #[test]
    fn what_no_ledger_can_hold_is_refused() {
        let out_of_order = [VERSION, 2, 9, 1, 0, 0, 0];
        let after_all_time = [&[VERSION, 1], [0xff; 8].as_slice(), &[0x7f, 0, 0]].concat();
        for bytes in [&out_of_order[..], &after_all_time, &[VERSION], &[VERSION + 1]] {
            assert_eq!(Ledger::decode(bytes), Err(CorruptLedger), "{bytes:?}");
        }
        assert!(Ledger::decode(&[VERSION, 2, 9, 0, 0, 1, 0]).is_ok(), "in order");
    }
}
