//! A time zone: which moments civil times are.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::Timestamp;

/// A time zone of the tz database that the program carries.
#[derive(Clone, Debug)]
pub(super) struct Zone(TimeZone);

impl Zone {
    /// The zone of a name. The system's database is never asked, so that every machine agrees.
    pub(super) fn get(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    pub(super) const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The civil date of a moment.
    pub(super) fn date(&self, at: Timestamp) -> Option<Date> {
        let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
        Some(self.0.to_datetime(at).date())
    }

    /// The moment at which something begins: the first at which clocks show this time or, where they
    /// skip it, a later one.
    pub(super) fn begin(&self, civil: DateTime) -> Option<Timestamp> {
        self.moment(civil, |before, _| before)
    }

    /// The moment at which something ends: the last at which clocks show this time or, where they
    /// skip it, the first after.
    pub(super) fn end(&self, civil: DateTime) -> Option<Timestamp> {
        self.moment(civil, |_, after| after)
    }

    /// `twice` chooses the offset of a time that clocks show twice.
    fn moment(
        &self,
        civil: DateTime,
        twice: impl Fn(Offset, Offset) -> Offset,
    ) -> Option<Timestamp> {
        let moment = match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(civil).ok()?,
            AmbiguousOffset::Fold { before, after } => {
                twice(before, after).to_timestamp(civil).ok()?
            }
            // The new offset puts a time that is skipped before the moment of the change.
            AmbiguousOffset::Gap { after, .. } => {
                let before = after.to_timestamp(civil).ok()?;
                let change = self.0.following(before).find(|change| change.offset() == after)?;
                change.timestamp()
            }
        };
        Some(Timestamp::from_micros(moment.as_microsecond()))
    }
}
