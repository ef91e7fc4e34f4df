//! A handoff, with the person and the account it is about.

use super::{AccountFacts, Facts, Fields, LeadFacts, Record};
use crate::policy::Grounds;

/// A handoff with its person and account, as `handoff`, `lead` and `account`.
#[derive(Debug)]
pub struct HandoffFacts<'a> {
    handoff: Record<'static>,
    lead: Result<&'a LeadFacts<'a>, Record<'static>>,
    account: &'a AccountFacts,
}

impl<'a> HandoffFacts<'a> {
    /// The facts of a handoff. Where it hands over an account and no person, nothing is known of
    /// `lead`.
    #[must_use]
    pub fn new(
        grounds: &Grounds,
        lead: Option<&'a LeadFacts<'a>>,
        account: &'a AccountFacts,
    ) -> Self {
        let mut fields = Fields::default();
        fields.truth("hand_raiser", grounds.hand_raiser);
        fields.text("cause", grounds.cause.name());
        fields.number("engagement", Some(grounds.engagement.into()));
        fields.number("fit", Some(grounds.fit.into()));
        fields.number("tier", grounds.tier.map(|tier| tier.number().into()));
        fields.text("label", grounds.label.map_or(String::new(), |label| label.to_string()));
        Self { handoff: fields.into(), lead: lead.ok_or_else(Self::nobody), account }
    }

    /// A person of whom nothing is known; like everybody, they have attributes, if none in them.
    fn nobody() -> Record<'static> {
        let mut fields = Fields::default();
        fields.attributes(&std::collections::BTreeMap::new(), |name| name.clone().into());
        fields.into()
    }
}

impl Facts for HandoffFacts<'_> {
    fn record(&self, name: &str) -> Option<&Record<'_>> {
        match (name, &self.lead) {
            ("handoff", _) => Some(&self.handoff),
            ("lead", Ok(lead)) => lead.record(name),
            ("lead", Err(nobody)) => Some(nobody),
            _ => self.account.record(name),
        }
    }
}
