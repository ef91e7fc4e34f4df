//! Records as tests write them: what is not said is empty, and anything can be said, so that a
//! bad row can be sent as well as a good one.

mod account;
mod activity;
mod lead;
mod opportunity;

pub use account::{AnAccount, account};
pub use activity::{AnActivity, activity};
pub use lead::{ALead, lead};
pub use opportunity::{AnOpportunity, opportunity};
