//! What the store takes and gives: the core's words, with the times and marks of storage.

use std::collections::BTreeMap;

use abm_core::assess::{AccountRules, Engagement, LeadRules};
use abm_core::tier::Tier;
use abm_core::{
    AccountId, AccountOrigin, AccountProfile, Activity, LeadId, LeadProfile, Ledger, Opportunity,
    OpportunityId, Phase, Timestamp, WorkspaceId,
};

use crate::Slot;

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRecord {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The version of the scoring model in force.
    pub model_version: u64,
    /// Whether the unknown company domain of a lead's address makes an account.
    pub creates_accounts: bool,
    /// The slot of scores that is shown.
    pub live: Slot,
    /// The version that comes into force: the other slot is being filled under it.
    pub publishing: Option<u64>,
    /// Whether the other slot holds what nobody needs any more.
    pub standby_used: bool,
    /// Leads that are merged into others.
    pub merged_leads: u64,
    /// Accounts that are merged into others.
    pub merged_accounts: u64,
}

/// A credential; the secret itself is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Names the token without telling the secret.
    pub key_id: String,
    /// The workspace it opens.
    pub workspace: WorkspaceId,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// The role of its caller.
    pub role: String,
    /// The caller, for the record.
    pub caller: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was ended early.
    pub revoked_at: Option<Timestamp>,
}

/// A version of the scoring model. Its rules never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRecord {
    /// Counts up from 1 in each workspace.
    pub version: u64,
    /// Name in the file.
    pub name: String,
    /// The file as it was sent.
    pub file: String,
    /// Why it was made or published.
    pub comment: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// Where it is in its life.
    pub state: ModelState,
}

/// Where a version of the scoring model is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// It was never in force.
    Draft,
    /// It is in force.
    Published(Publication),
    /// It was in force until another version came.
    Retired {
        /// When it came into force.
        publication: Publication,
        /// When it went out of force.
        at: Timestamp,
    },
}

/// Who put a version in force, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

/// Long work, which goes on in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRecord {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: OperationKind,
    /// How it stands.
    pub state: OperationState,
    /// The version of the model that it is about.
    pub model_version: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Accounts that are done.
    pub done: u64,
    /// Accounts there were when it began.
    pub total: u64,
    /// The last account that is done; work that was broken off goes on behind it.
    pub place: Option<AccountId>,
    /// Why it failed, for a person.
    pub message: String,
}

/// What long work does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// It puts a version of the model in force.
    Publish,
}

impl OperationKind {
    /// The name stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        (name == Self::Publish.name()).then_some(Self::Publish)
    }
}

/// How long work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// It goes on.
    Running,
    /// It is done.
    Succeeded,
    /// It cannot be done.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl OperationState {
    /// The name stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id.
    pub id: AccountId,
    /// What is known of it.
    pub profile: AccountProfile,
    /// How it came to be known.
    pub origin: AccountOrigin,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When its profile last changed.
    pub updated_at: Timestamp,
}

/// A lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadRecord {
    /// Its id.
    pub id: LeadId,
    /// What is known of it.
    pub profile: LeadProfile,
    /// The account it is matched to.
    pub account: Option<AccountId>,
    /// The account beside it in activities.
    pub hint: Option<Hint>,
    /// The smallest of the addresses beside it in activities; used while it has none itself.
    pub hint_email: String,
    /// Whether a caller sent it; if not, it was only seen in activities.
    pub known: bool,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When its profile last changed.
    pub updated_at: Timestamp,
}

/// An account beside a lead in an activity. Of several the greatest counts: the latest, and of
/// those of one moment one that is told by their keys and not by what they name, so that it does
/// not matter whether what they name is merged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    /// When it happened.
    pub at: Timestamp,
    /// A hash of the activity's key.
    pub key: i64,
    /// The account as it was sent.
    pub account: AccountId,
}

/// A sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpportunityRecord {
    /// Its id.
    pub id: OpportunityId,
    /// What is known of it, as it was sent.
    pub opportunity: Opportunity,
    /// The account it counts for, where the one that was sent is merged.
    pub survivor: Option<AccountId>,
    /// For those of its people who are merged, whom they count for.
    pub people_survivors: BTreeMap<LeadId, LeadId>,
    /// When it was first sent.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What scoring found of an account, and what it needs to find it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Whose.
    pub id: AccountId,
    /// The model version it was assessed under; 0 before the first assessment.
    pub model_version: u64,
    /// What the rules say of the profile.
    pub rules: AccountRules,
    /// What the unknown visitor did.
    pub visitor: Ledger,
    /// Fingerprint of the matching rules that the visitor's ledger was made by.
    pub matching: i64,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// The tier it is in.
    pub tier: Option<Tier>,
    /// The tier whose bar it met when it was assessed.
    pub tier_met: Option<Tier>,
    /// The second in which a tier that is only held ends, unless its bar is met again before.
    pub held_until: Option<i64>,
    /// Whether it is a marketing qualified account.
    pub mqa: bool,
    /// Whether it is a priority account.
    pub priority: bool,
    /// The phase of a purchase it is in.
    pub phase: Option<Phase>,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// People in all.
    pub people: u32,
    /// The second of the latest activity.
    pub last_activity: Option<i64>,
    /// The second it was assessed at.
    pub assessed_at: i64,
    /// The first second in which any of this can be different.
    pub changes_at: Option<i64>,
    /// The number of the latest line of its timeline.
    pub sequence: i64,
    /// Another one whenever the people of the account have changed; given when it is stored.
    pub stamp: i64,
    /// Somebody qualifies under this version who did not under the one before, and it was not looked
    /// at yet who is handed over.
    pub newly_qualified: bool,
}

/// What scoring needs of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonState {
    /// Who.
    pub lead: LeadId,
    /// The account; `None` for people without one.
    pub account: Option<AccountId>,
    /// What the rules say of the profile.
    pub rules: LeadRules,
    /// What they did.
    pub ledger: Ledger,
    /// Fingerprint of the matching rules that the ledger was made by.
    pub matching: i64,
    /// Engagement as of the account's assessment.
    pub engagement: Engagement,
    /// Whether they were a marketing qualified lead then; found for people with an account.
    pub mql: bool,
    /// The second of the latest activity.
    pub last_activity: Option<i64>,
}

/// An accepted activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredActivity {
    /// What happened, with the lead and the unknown visitor's account that it counts for.
    pub activity: Activity,
    /// The lead that was sent, where that one is merged.
    pub sent_lead: Option<LeadId>,
    /// The account that was sent, where that one is merged and there is no lead.
    pub sent_account: Option<AccountId>,
    /// When it was accepted.
    pub received_at: Timestamp,
}

/// A refused row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedActivity {
    /// When it was refused.
    pub received_at: Timestamp,
    /// The request that brought it.
    pub request_id: String,
    /// Its place in the request.
    pub index: u32,
    /// Source and id as sent, cut to what can be stored.
    pub source: String,
    /// See `source`.
    pub activity_id: String,
    /// The field at fault.
    pub field: String,
    /// The reason's stable name.
    pub reason: String,
    /// One sentence for a person.
    pub message: String,
}

/// Why what is shown of an account changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something happened.
    Activity,
    /// Time passed.
    Time,
    /// A profile or a match changed.
    Profile,
    /// Another model version came into force.
    Model,
    /// Activities were taken back.
    Retraction,
    /// Records were merged, or split again.
    Merge,
}

impl Cause {
    /// The name stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Time => "time",
            Self::Profile => "profile",
            Self::Model => "model",
            Self::Retraction => "retraction",
            Self::Merge => "merge",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Activity, Self::Time, Self::Profile, Self::Model, Self::Retraction, Self::Merge]
            .into_iter()
            .find(|cause| cause.name() == name)
    }
}

/// What was shown of an account from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLine {
    /// Whose.
    pub account: AccountId,
    /// Counts up from 1 without holes, per account.
    pub sequence: i64,
    /// The second from which it holds.
    pub at: i64,
    /// When it was found.
    pub recorded_at: Timestamp,
    /// Why it changed.
    pub cause: Cause,
    /// The model version in force.
    pub model_version: u64,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// The tier.
    pub tier: Option<Tier>,
    /// Marketing qualified.
    pub mqa: bool,
    /// Priority account.
    pub priority: bool,
    /// Engaged people.
    pub engaged_people: u32,
}
