//! Filling the packet that sales gets.

use std::collections::BTreeSet;

use abm_core::BuyingRole;
use abm_core::assess::AccountRules;
use abm_core::assess::{Assessment, LeadRules, Person, assess_lead};
use abm_core::explain::{explain_account_fit, explain_lead_engagement, explain_lead_fit};
use abm_core::handoff::{Gave, Packet, PacketAccount, PacketPerson, Touch};
use abm_core::rule::AccountFacts;
use abm_core::{AccountProfile, LeadId, LeadProfile, Ledger, Phase, Seniority, Timestamp};
use abm_store::{ActivitySubject, LeadRecord, View};

use crate::AppError;
use crate::models::Compiled;
use crate::subject::Subject;

/// People of an account that are packed.
const PEOPLE: usize = 8;

/// Activities that are packed.
const TOUCHES: u64 = 10;

/// The packet of an account: those who qualified first, then those who do most. Where nobody
/// qualified, those of them stand behind it who are engaged.
pub(super) async fn account_packet(
    view: &View,
    compiled: &Compiled,
    subject: &Subject,
    found: &Assessment,
    qualified: &[LeadId],
    now: Timestamp,
) -> Result<Packet, AppError> {
    let model = &compiled.model;
    let mut order: Vec<(usize, &Person)> = subject.people.iter().enumerate().collect();
    let engagement = |place: usize| found.people.get(place).map_or(0, |found| found.score);
    order.sort_by_key(|(place, person)| {
        let rank = qualified.iter().position(|lead| *lead == person.lead);
        (rank.unwrap_or(usize::MAX), std::cmp::Reverse(engagement(*place)), *place)
    });
    order.truncate(PEOPLE.max(qualified.len()));
    let leads = view.leads(order.iter().map(|(_, person)| person.lead.clone())).await?;
    let facts = AccountFacts::new(&subject.account.profile);
    let nobody = LeadProfile::default();
    let fit = explain_account_fit(model, &subject.account.profile, &subject.people);
    let mut evidence: BTreeSet<String> = Gave::names(&fit).collect();
    let people = order.into_iter().map(|(place, person)| {
        let profile = leads.get(&person.lead).map_or(&nobody, |lead| &lead.profile);
        let is_qualified = qualified.contains(&person.lead);
        let who =
            Who { lead: &person.lead, profile, rules: &person.rules, qualified: is_qualified };
        let engagement = engagement(place);
        let (packed, gave) = who.packed(compiled, &facts, &person.ledger, engagement, now);
        let is_engaged = person.rules.exclusion.is_none() && model.is_engaged(engagement);
        if is_qualified || (qualified.is_empty() && is_engaged) {
            evidence.extend(gave);
        }
        packed
    });
    let people = people.collect();
    let id = subject.account.id.clone();
    let account = PacketAccount {
        id: id.to_string(),
        name: subject.account.profile.name.clone(),
        engagement: found.engagement,
        fit: found.fit.score,
        label: found.label.to_string(),
        tier: found.tier.map(|tier| tier.number()),
        phase: found.phase.map_or("", Phase::name).to_owned(),
        engaged_people: found.engaged_people,
        fit_lines: Gave::of(&fit),
    };
    let touches = touches(view, &ActivitySubject::Account(id)).await?;
    let packet = Packet {
        account: Some(account),
        people,
        touches,
        evidence: evidence.into_iter().collect(),
        model_version: compiled.version,
        ..Packet::default()
    };
    Ok(packet.with_reasons())
}

/// The packet of a lead without an account.
pub(super) async fn lead_packet(
    view: &View,
    compiled: &Compiled,
    lead: &LeadRecord,
    rules: &LeadRules,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<Packet, AppError> {
    let facts = AccountFacts::new(&AccountProfile::default());
    let nobody = AccountRules::default();
    let shown = assess_lead(&compiled.model, rules, &nobody, ledger, now.secs());
    let who = Who { lead: &lead.id, profile: &lead.profile, rules, qualified: true };
    let (packed, gave) = who.packed(compiled, &facts, ledger, shown.engagement, now);
    let packet = Packet {
        people: vec![packed],
        touches: touches(view, &ActivitySubject::Lead(lead.id.clone())).await?,
        evidence: gave.into_iter().collect(),
        model_version: compiled.version,
        ..Packet::default()
    };
    Ok(packet.with_reasons())
}

/// Somebody to pack.
struct Who<'a> {
    lead: &'a LeadId,
    profile: &'a LeadProfile,
    rules: &'a LeadRules,
    qualified: bool,
}

impl Who<'_> {
    /// What sales gets to read of them, and the names of all that gave them points.
    fn packed(
        &self,
        compiled: &Compiled,
        account: &AccountFacts,
        ledger: &Ledger,
        engagement: u8,
        now: Timestamp,
    ) -> (PacketPerson, BTreeSet<String>) {
        let (model, fit) = (&compiled.model, self.rules.fit.score);
        let position = self.rules.position;
        let of_engagement = explain_lead_engagement(model, ledger, now.secs());
        let of_fit = explain_lead_fit(model, self.profile, account);
        let gave = Gave::names(&of_engagement).chain(Gave::names(&of_fit)).collect();
        let packed = PacketPerson {
            lead: self.lead.to_string(),
            title: self.profile.title.clone(),
            seniority: position.seniority.map_or("", |known| Seniority::name(known.value)).into(),
            buying_role: self.rules.buying_role().map_or("", BuyingRole::name).into(),
            qualified: self.qualified,
            engagement,
            fit,
            label: model.grades.label(fit, engagement).to_string(),
            engagement_lines: Gave::of(&of_engagement),
            fit_lines: Gave::of(&of_fit),
        };
        (packed, gave)
    }
}

async fn touches(view: &View, of: &ActivitySubject) -> Result<Vec<Touch>, AppError> {
    let found = view.activities(of, None, None, None, TOUCHES).await?;
    let touch = |stored: abm_store::StoredActivity| Touch {
        at_micros: stored.activity.occurred_at.micros(),
        kind: stored.activity.kind,
        lead: stored.activity.lead.map(|lead| lead.to_string()).unwrap_or_default(),
        campaign: stored.activity.campaign,
    };
    Ok(found.into_iter().map(touch).collect())
}
