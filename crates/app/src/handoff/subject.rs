//! What is handed over, as rules and the packet look at it.

use abm_core::assess::{AccountRules, LeadRules, Person, assess};
use abm_core::grade::Label;
use abm_core::handoff::{HandoffCause, Packet};
use abm_core::policy::Grounds;
use abm_core::rule::{AccountFacts, HandoffFacts, LeadFacts};
use abm_core::tier::Tier;
use abm_core::{AccountId, AccountProfile, LeadId, LeadProfile, Timestamp};
use abm_store::{LeadRecord, View};

use super::packet::{account_packet, lead_packet};
use crate::AppError;
use crate::gather::ledgers_of_leads;
use crate::models::Compiled;
use crate::subject::load_one;

/// What is handed over.
pub(super) struct Handed {
    pub(super) account: Option<AccountId>,
    /// The lead that it began with; the first of `leads`.
    pub(super) lead: Option<LeadId>,
    pub(super) cause: HandoffCause,
    /// What is shown of the account, or of the lead where there is none.
    pub(super) engagement: u8,
    pub(super) fit: u8,
    pub(super) tier: Option<Tier>,
    pub(super) label: Label,
    pub(super) account_profile: AccountProfile,
    pub(super) lead_profile: LeadProfile,
    pub(super) lead_rules: LeadRules,
    pub(super) packet: Packet,
}

/// Who is to be handed over.
pub(super) struct Whom<'a> {
    pub(super) account: Option<&'a AccountId>,
    pub(super) leads: &'a [LeadId],
    pub(super) cause: HandoffCause,
}

impl Handed {
    /// Reads what is handed over as it is now.
    pub(super) async fn read(
        view: &View,
        compiled: &Compiled,
        whom: Whom<'_>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let lead = whom.leads.first().cloned();
        let leads = view.leads(whom.leads.iter().cloned()).await?;
        let record = lead.as_ref().and_then(|lead| leads.get(lead));
        match whom.account {
            Some(account) => Self::of_account(view, compiled, account, &whom, record, now).await,
            None => Self::of_lead(view, compiled, record, whom.cause, now).await,
        }
    }

    async fn of_account(
        view: &View,
        compiled: &Compiled,
        account: &AccountId,
        whom: &Whom<'_>,
        lead: Option<&LeadRecord>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let subject = load_one(view, compiled, account).await?;
        let at = now.secs();
        let found = assess(&compiled.model, &subject.rules, &subject.people, &subject.visitor, at);
        let packet = account_packet(view, compiled, &subject, &found, whom.leads, now).await?;
        let of_lead = |person: &&Person| lead.is_some_and(|lead| person.lead == lead.id);
        let rules = subject.people.iter().find(of_lead).map(|person| person.rules.clone());
        Ok(Self {
            account: Some(account.clone()),
            lead: lead.map(|lead| lead.id.clone()),
            cause: whom.cause,
            engagement: found.engagement,
            fit: found.fit.score,
            tier: found.tier,
            label: found.label,
            account_profile: subject.account.profile,
            lead_profile: lead.map(|lead| lead.profile.clone()).unwrap_or_default(),
            lead_rules: rules.unwrap_or_default(),
            packet,
        })
    }

    async fn of_lead(
        view: &View,
        compiled: &Compiled,
        lead: Option<&LeadRecord>,
        cause: HandoffCause,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let lead = lead.ok_or_else(|| AppError::not_found("lead", ""))?;
        let facts = AccountFacts::new(&AccountProfile::default());
        let rules = LeadRules::new(&compiled.model, &lead.profile, &facts);
        let mut states = view.people([(None, lead.id.clone())]).await?;
        let stored = states.remove(&lead.id).filter(|state| state.matching == compiled.matching);
        let ledger = match stored {
            Some(state) => state.ledger,
            None => {
                let made = ledgers_of_leads(view, compiled, vec![lead.id.clone()]).await?;
                made.into_values().next().unwrap_or_default()
            }
        };
        let (model, nobody) = (&compiled.model, AccountRules::default());
        let shown = abm_core::assess::assess_lead(model, &rules, &nobody, &ledger, now.secs());
        let label = model.grades.label(rules.fit.score, shown.engagement);
        let packet = lead_packet(view, compiled, lead, &rules, &ledger, now).await?;
        Ok(Self {
            account: None,
            lead: Some(lead.id.clone()),
            cause,
            engagement: shown.engagement,
            fit: rules.fit.score,
            tier: None,
            label,
            account_profile: AccountProfile::default(),
            lead_profile: lead.profile.clone(),
            lead_rules: rules,
            packet,
        })
    }

    /// Asks rules of the policy about it.
    pub(super) fn with_facts<T>(&self, ask: impl FnOnce(&HandoffFacts<'_>) -> T) -> T {
        let account = AccountFacts::new(&self.account_profile);
        let lead = LeadFacts::new(&self.lead_profile, &self.lead_rules.position, &account);
        let grounds = Grounds {
            hand_raiser: self.cause == HandoffCause::HandRaiser,
            cause: self.cause,
            engagement: self.engagement,
            fit: self.fit,
            tier: self.tier,
            label: Some(self.label),
        };
        let lead = self.lead.as_ref().map(|_| &lead);
        let facts = HandoffFacts::new(&grounds, lead, &account);
        ask(&facts)
    }
}
