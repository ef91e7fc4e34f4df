//! What each call asks of its caller.

use abm_app::Role;

/// Something that roles may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Put activities, and take them back.
    PutActivities,
    /// Put and remove accounts and people.
    PutRecords,
    /// Merge and split accounts and people, and correct single fields of them, with a reason.
    AdjustRecords,
    /// Put opportunities.
    PutOutcomes,
    /// Read accounts and people with their personal fields.
    ReadRecords,
    /// Read scores, tiers, explanations and outcomes.
    ReadScores,
    /// Change the scoring model.
    ChangeModel,
    /// Hand over to sales, and change the policy by which that is done.
    HandOver,
    /// Work handoffs: claim, try, accept, reject, pass on; say what was found out about leads.
    WorkHandoffs,
    /// Move leads by hand, each role on its own paths.
    SetStage,
    /// Verify, and everything else that only administrators do.
    Administer,
}

impl Permission {
    /// The name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PutActivities => "activities.put",
            Self::PutRecords => "records.put",
            Self::AdjustRecords => "records.adjust",
            Self::PutOutcomes => "outcomes.put",
            Self::ReadRecords => "records.read",
            Self::ReadScores => "scores.read",
            Self::ChangeModel => "model.change",
            Self::HandOver => "handoffs.make",
            Self::WorkHandoffs => "handoffs.work",
            Self::SetStage => "stages.set",
            Self::Administer => "admin",
        }
    }

    /// Whether a role has it.
    #[must_use]
    pub const fn is_of(self, role: Role) -> bool {
        match self {
            Self::PutActivities | Self::PutRecords => matches!(role, Role::Ingest | Role::Admin),
            Self::PutOutcomes => matches!(role, Role::Ingest | Role::Sales | Role::Admin),
            Self::AdjustRecords | Self::ReadRecords | Self::SetStage => {
                matches!(role, Role::Marketing | Role::Sales | Role::Admin)
            }
            Self::ReadScores => {
                matches!(role, Role::Marketing | Role::Sales | Role::Planner | Role::Admin)
            }
            Self::ChangeModel | Self::HandOver => matches!(role, Role::Marketing | Role::Admin),
            Self::WorkHandoffs => matches!(role, Role::Sales | Role::Admin),
            Self::Administer => matches!(role, Role::Admin),
        }
    }
}

/// The permission a call needs; `None` for a call that is not in the contract. A test holds
/// that every call of the contract is here.
#[must_use]
pub fn permission_of(path: &str) -> Option<Permission> {
    let (service, call) = path.strip_prefix("/abm.v1.")?.split_once('/')?;
    Some(match (service, call) {
        ("ActivityService", "RecordActivities" | "RetractActivities") => Permission::PutActivities,
        ("ActivityService", "ListActivities" | "ListRejectedActivities") => Permission::ReadRecords,
        ("AccountService", "UpsertAccount" | "BatchUpsertAccounts" | "DeleteAccount") => {
            Permission::PutRecords
        }
        ("AccountService", "GetAccount" | "ListAccounts") => Permission::ReadRecords,
        ("AccountService", "MergeAccounts" | "SplitAccount" | "SetParent")
        | ("LeadService", "MoveLead" | "MergeLeads" | "SplitLead" | "SetBuyingRole") => {
            Permission::AdjustRecords
        }
        ("LeadService", "UpsertLead" | "BatchUpsertLeads") => Permission::PutRecords,
        ("LeadService", "GetLead" | "ListLeads" | "ListStageTransitions")
        | (
            "HandoffService",
            "GetHandoff"
            | "ListHandoffs"
            | "ListWork"
            | "GetHandoffPolicy"
            | "ValidateHandoffPolicy"
            | "TryRoute",
        ) => Permission::ReadRecords,
        ("LeadService", "SetStage") => Permission::SetStage,
        ("HandoffService", "HandOver" | "PutHandoffPolicy") => Permission::HandOver,
        (
            "HandoffService",
            "ClaimHandoff" | "RecordAttempt" | "AcceptHandoff" | "RejectHandoff"
            | "ReassignHandoff",
        )
        | ("LeadService", "RecordQualification") => Permission::WorkHandoffs,
        (
            "AccountViewService",
            "GetAccountView"
            | "ListPriorityAccounts"
            | "ExplainScore"
            | "GetScoreHistory"
            | "GetAccountGroup"
            | "ListAccountGroups",
        ) => Permission::ReadScores,
        ("OutcomeService", "UpsertOpportunity" | "BatchUpsertOpportunities") => {
            Permission::PutOutcomes
        }
        ("OutcomeService", "GetOpportunity" | "ListOpportunities")
        | ("ReportService", "GetFunnel" | "GetRuleReport" | "GetServiceLevels") => {
            Permission::ReadScores
        }
        ("ReportService", "GetNegativePersona" | "GetReviewPack") => Permission::ReadRecords,
        ("ModelService", "GetModel" | "ListModels" | "ValidateModel" | "SimulateModel") => {
            Permission::ReadScores
        }
        (
            "ModelService",
            "CreateModelVersion" | "PublishModel" | "RollBackModel" | "SuggestModel"
            | "BacktestModel",
        )
        | ("OperationService", "CancelOperation") => Permission::ChangeModel,
        ("OperationService", "GetOperation" | "ListOperations") => Permission::ReadScores,
        ("AdminService", "Verify") => Permission::Administer,
        _ => return None,
    })
}
