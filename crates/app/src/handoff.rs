//! The handoff from marketing to sales: what is handed over, to whom, by which clock, and what
//! sales makes of it.

mod act;
mod by_hand;
mod clock;
mod contact;
mod decide;
mod leads;
mod made;
mod merged;
mod packet;
mod policy;
mod read;
mod step;
mod subject;

pub use act::{Attempt, Given, HandoffCall, Rejection};
pub use policy::{PolicyInForce, RouteTried};
pub use read::{HandoffView, WorkItem};

pub(crate) use by_hand::pass_on;
pub(crate) use decide::{Reached, decide};
pub(crate) use merged::{join_handoffs_of_accounts, join_handoffs_of_leads};
pub(crate) use policy::{check_nurture, nurture_days, policy_of};
