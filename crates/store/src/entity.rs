//! Rows as they are stored. None of these types leaves the crate.

pub(crate) mod account;
pub(crate) mod account_state;
pub(crate) mod account_timeline;
pub(crate) mod activity;
pub(crate) mod api_token;
pub(crate) mod handoff;
pub(crate) mod handoff_event;
pub(crate) mod lead;
pub(crate) mod lead_lifecycle;
pub(crate) mod lead_state;
pub(crate) mod lead_transition;
pub(crate) mod model_version;
pub(crate) mod operation;
pub(crate) mod opportunity;
pub(crate) mod rejected_activity;
pub(crate) mod request;
pub(crate) mod setting;
pub(crate) mod workspace;
