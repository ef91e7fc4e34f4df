//! The policy file: YAML as people write it. Fields that are left out have the defaults given
//! here; fields that do not exist are refused.

#[cfg(any(test, feature = "proptest"))]
mod any;
mod people;
mod target;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::DEFAULT_FILE;
use crate::business_time::Calendar;
use crate::handoff::RejectionKind;
use crate::qualification::Criterion;
use crate::yaml::load;

#[cfg(any(test, feature = "proptest"))]
pub use any::any_file;
pub use people::{AbsenceFile, CalendarFile, OwnerFile, WeekFile};
pub use target::TargetFile;

/// A whole policy file.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Name of the policy, for people.
    pub name: String,
    /// The queue of what no route takes; that of the default policy where not given.
    #[serde(default = "PolicyFile::default_queue")]
    pub default_queue: String,
    /// Days after which a handoff without a decision ends by itself, 1 to 365.
    #[serde(default = "PolicyFile::give_up_days")]
    pub give_up_days: i64,
    /// Days that a temporary rejection lasts if its reason says nothing else, 1 to 1,095.
    #[serde(default = "PolicyFile::nurture_days")]
    pub nurture_days: i64,
    /// Whether a raised hand ends nurturing early.
    #[serde(default = "PolicyFile::yes")]
    pub reenter_on_hand_raise: bool,
    /// Whether customers are handed over as new leads.
    #[serde(default)]
    pub existing_customers: bool,
    /// When people work.
    #[serde(default)]
    pub calendars: Vec<CalendarFile>,
    /// The calendar of whoever has none of their own.
    #[serde(default = "PolicyFile::always")]
    pub default_calendar: String,
    /// Who takes handoffs.
    #[serde(default)]
    pub owners: Vec<OwnerFile>,
    /// Who gets what; the first that holds and has somebody decides.
    #[serde(default)]
    pub routes: Vec<RouteFile>,
    /// How soon; the first that holds. Those of the default policy where not given.
    #[serde(default = "PolicyFile::default_sla")]
    pub sla: Vec<SlaFile>,
    /// Percent of the time allowed after which the owner is warned, 1 to 99.
    #[serde(default = "PolicyFile::warn_percent")]
    pub warn_percent: i64,
    /// Where an overdue handoff goes with which nobody has tried.
    #[serde(default)]
    pub escalate_to: Option<TargetFile>,
    /// Percent of the time allowed after which it goes there, 100 to 1,000.
    #[serde(default = "PolicyFile::escalate_percent")]
    pub escalate_percent: i64,
    /// Why sales may turn down. Those of the default policy where not given.
    #[serde(default = "PolicyFile::default_reasons")]
    pub reasons: Vec<ReasonFile>,
    /// What a sales qualified lead needs.
    #[serde(default)]
    pub qualification: QualificationFile,
}

/// The policy that is shipped: the source of what a file leaves out. It gives what it is asked
/// for itself, so reading it asks for none of it.
static SHIPPED: LazyLock<Option<PolicyFile>> =
    LazyLock::new(|| load(DEFAULT_FILE, &mut Vec::new()).map(|(_, file)| file));

impl PolicyFile {
    /// Days after which a handoff ends where a file does not say so.
    pub const GIVE_UP_DAYS: i64 = 42;
    /// Days of a temporary rejection where a file does not say so.
    pub const NURTURE_DAYS: i64 = 90;
    /// Percent of the time allowed before a warning where a file does not say so.
    pub const WARN_PERCENT: i64 = 75;
    /// Percent of the time allowed before escalation where a file does not say so.
    pub const ESCALATE_PERCENT: i64 = 100;

    fn default_queue() -> String {
        SHIPPED.as_ref().map(|file| file.default_queue.clone()).unwrap_or_default()
    }

    fn default_sla() -> Vec<SlaFile> {
        SHIPPED.as_ref().map(|file| file.sla.clone()).unwrap_or_default()
    }

    fn default_reasons() -> Vec<ReasonFile> {
        SHIPPED.as_ref().map(|file| file.reasons.clone()).unwrap_or_default()
    }

    const fn give_up_days() -> i64 {
        Self::GIVE_UP_DAYS
    }

    const fn nurture_days() -> i64 {
        Self::NURTURE_DAYS
    }

    const fn warn_percent() -> i64 {
        Self::WARN_PERCENT
    }

    const fn escalate_percent() -> i64 {
        Self::ESCALATE_PERCENT
    }

    const fn yes() -> bool {
        true
    }

    fn always() -> String {
        Calendar::ALWAYS.to_owned()
    }
}

/// Who gets some of the handoffs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteFile {
    /// Its name; unique.
    pub name: String,
    /// Which handoffs, as a CEL expression over `handoff`, `lead` and `account`; all when not
    /// given.
    pub when: Option<String>,
    /// Who gets them.
    pub to: TargetFile,
}

/// How soon some of the handoffs are to be taken up.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SlaFile {
    /// Its name; unique.
    pub name: String,
    /// Which handoffs, as a CEL expression over `handoff`, `lead` and `account`; all when not
    /// given.
    pub when: Option<String>,
    /// Minutes of working time, 1 to 525,600.
    pub minutes: i64,
    /// The calendar that counts: a name, `always`, or `owner` for the owner's.
    #[serde(default = "SlaFile::owner")]
    pub calendar: String,
}

impl SlaFile {
    /// Stands for the calendar of the owner or, where there is none, the default calendar.
    pub const OWNER: &'static str = "owner";

    fn owner() -> String {
        Self::OWNER.to_owned()
    }
}

/// Why sales may turn down.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonFile {
    /// Its name; unique.
    pub name: String,
    /// Whether it lasts.
    pub kind: RejectionKind,
    /// Days until the lead may come again, 1 to 1,095; only of a temporary reason.
    pub nurture_days: Option<i64>,
}

/// What a sales qualified lead needs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualificationFile {
    /// What must be known and hold.
    pub required: Vec<Criterion>,
}

impl Default for QualificationFile {
    fn default() -> Self {
        Self { required: vec![Criterion::Need] }
    }
}

/// Whether a rule, or the lack of one, holds for every handoff.
fn is_of_all(when: Option<&str>) -> bool {
    when.is_none_or(|when| when.trim() == "true")
}

impl RouteFile {
    /// Whether it holds for every handoff.
    #[must_use]
    pub fn is_of_all(&self) -> bool {
        is_of_all(self.when.as_deref())
    }
}

impl SlaFile {
    /// Whether it holds for every handoff.
    #[must_use]
    pub fn is_of_all(&self) -> bool {
        is_of_all(self.when.as_deref())
    }
}
