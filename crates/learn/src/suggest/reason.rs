//! Why a field was left out.

use std::fmt;

/// What kind of reason it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It could not help, or somebody asked to leave it out.
    NotUsed,
    /// It bears the marks of a field that is filled in after the outcome, or by it.
    Refused,
    /// It may be such a field. A person who knows better can allow it.
    Suspicious,
}

/// Why a field was left out. Shares and rates are from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The caller named it.
    Named,
    /// The rule of the outcome, or that of the split, asks for it.
    AskedByRule,
    /// Nothing is known of it, or the same of all.
    OneValue,
    /// Numbers that are all different, of one length and close together.
    Identifiers {
        /// Different values.
        distinct: usize,
    },
    /// Fewer than half of the records have a value that occurs twenty times.
    ManyValues {
        /// Different values.
        distinct: usize,
    },
    /// By itself it does not make the outcome more certain.
    TellsNothing,
    /// There are as many rules as allowed, and other fields tell more.
    NoRoom,
    /// It is there at too few accounts to tell anything.
    Seldom {
        /// How many.
        accounts: usize,
    },
    /// It is known almost only where the outcome came, or almost only where it did not; or the
    /// same of its being unknown.
    KnownByOutcome {
        /// Share known among records with the outcome.
        with: f64,
        /// The same among those without.
        without: f64,
    },
    /// It nearly is the outcome.
    TellsOutcome {
        /// AUC of this field alone.
        auc: f64,
        /// Share of the uncertainty that it takes away.
        share: f64,
    },
    /// A value speaks of the outcome and is right.
    MentionsOutcome {
        /// The value.
        value: String,
        /// Records with it.
        rows: usize,
        /// Their outcome rate.
        rate: f64,
    },
    /// It takes away more of the uncertainty than a field known beforehand usually can.
    TellsMuch {
        /// AUC of this field alone.
        auc: f64,
        /// Share of the uncertainty that it takes away.
        share: f64,
    },
    /// It is filled in more often for one outcome than for the other, and tells more than every
    /// field that is not.
    FilledByOutcome {
        /// Share known among records with the outcome.
        with: f64,
        /// The same among those without.
        without: f64,
    },
    /// It is known on exactly the same part of the records as at least two other fields, and that
    /// part has nothing to do with the outcome: a step of its own filled them in, nobody knows
    /// when.
    FilledTogether {
        /// Share of records where they are known.
        known: f64,
        /// How many fields.
        fields: usize,
    },
    /// It repeats another field that tells more.
    Repeats {
        /// The other field.
        other: String,
        /// Share of records in which they say the same.
        share: f64,
    },
    /// Alone it is far ahead of all other fields together.
    AheadOfAll {
        /// AUC of this field alone.
        auc: f64,
        /// AUC of the others together.
        others: f64,
    },
}

impl Reason {
    /// What kind of reason it is.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Named
            | Self::AskedByRule
            | Self::OneValue
            | Self::Identifiers { .. }
            | Self::ManyValues { .. }
            | Self::TellsNothing
            | Self::NoRoom
            | Self::Seldom { .. } => Class::NotUsed,
            Self::KnownByOutcome { .. }
            | Self::TellsOutcome { .. }
            | Self::MentionsOutcome { .. } => Class::Refused,
            Self::TellsMuch { .. }
            | Self::FilledByOutcome { .. }
            | Self::FilledTogether { .. }
            | Self::Repeats { .. }
            | Self::AheadOfAll { .. } => Class::Suspicious,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: &f64| format!("{:.0} %", 100.0 * share);
        match self {
            Self::Named => f.write_str("left out as asked"),
            Self::AskedByRule => f.write_str("the rule of the outcome or of the split asks for it"),
            Self::OneValue => f.write_str("not known of anybody, or the same for all"),
            Self::Identifiers { distinct } => {
                write!(
                    f,
                    "{distinct} numbers, all different, of one length and close together: names of \
                     records"
                )
            }
            Self::ManyValues { distinct } => write!(
                f,
                "{distinct} different values, most of them rare: names, free text or dates"
            ),
            Self::TellsNothing => f.write_str("by itself it tells nothing about the outcome"),
            Self::NoRoom => f.write_str("no room for its rules, and other fields tell more"),
            Self::Seldom { accounts } => {
                write!(f, "there at {accounts} accounts, which is too seldom to tell anything")
            }
            Self::KnownByOutcome { with, without } => write!(
                f,
                "known of {} with the outcome and {} without it: filled in by the outcome",
                percent(with),
                percent(without)
            ),
            Self::TellsOutcome { auc, share } => write!(
                f,
                "alone it takes away {} of the uncertainty (AUC {auc:.3}): it knows the outcome",
                percent(share)
            ),
            Self::MentionsOutcome { value, rows, rate } => write!(
                f,
                "`{value}` speaks of the outcome, and {} of its {rows} records have it",
                percent(rate)
            ),
            Self::TellsMuch { auc, share } => write!(
                f,
                "alone it takes away {} of the uncertainty (AUC {auc:.3}), more than fields known \
                 beforehand usually do",
                percent(share)
            ),
            Self::FilledByOutcome { with, without } => write!(
                f,
                "known of {} with the outcome and {} without it, and tells more than every field \
                 known of both alike: probably filled in during the sale",
                percent(with),
                percent(without)
            ),
            Self::FilledTogether { known, fields } => write!(
                f,
                "{fields} fields are known of exactly the same {} of records, whatever their \
                 outcome: a step of its own filled them in, maybe later",
                percent(known)
            ),
            Self::Repeats { other, share } => {
                write!(
                    f,
                    "says the same as `{other}` in {} of records, which tells more",
                    percent(share)
                )
            }
            Self::AheadOfAll { auc, others } => {
                write!(f, "alone it reaches AUC {auc:.3}, all other fields together {others:.3}")
            }
        }
    }
}
