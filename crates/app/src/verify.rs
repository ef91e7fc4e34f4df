//! Verification: every score computed again from the stored activities.

use abm_core::assess::{AccountRules, AssessedLead, Engagement, LeadRules, assess, assess_lead};
use abm_core::digest::StateDigest;
use abm_core::rule::AccountFacts;
use abm_core::{AccountId, AccountProfile, Timestamp, WorkspaceId};
use abm_store::{AccountScores, AccountState, PersonState, View};

use crate::gather::ledgers_of_leads;
use crate::models::Compiled;
use crate::subject::{Loaded, Subject};
use crate::tries::{Awaited, Turn};
use crate::{App, AppError};

/// Accounts, or people without one, that are looked at together.
const CHUNK: u64 = 200;

/// Differences that are told one by one.
const DIFFERENCES: usize = 100;

/// A stored value that is not what the stored activities give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The account; empty for people without one.
    pub account: String,
    /// The person; empty for the account itself.
    pub lead: String,
    /// Which value.
    pub value: &'static str,
    /// As stored.
    pub stored: String,
    /// As computed again.
    pub recomputed: String,
}

/// What verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Accounts looked at.
    pub accounts: u64,
    /// People looked at.
    pub leads: u64,
    /// Entries of ledgers looked at: activities that count or could count.
    pub activities: u64,
    /// Differences in all.
    pub differences_total: u64,
    /// The first differences.
    pub differences: Vec<Difference>,
    /// One number for all scores, tiers and ledgers at `as_of`.
    pub digest: String,
    /// The moment of the digest.
    pub as_of: Timestamp,
    /// The model version in force.
    pub model_version: u64,
    /// Accounts whose change waits for the timer; they are not compared.
    pub due: u64,
    /// The position this was read at.
    pub revision: u64,
}

impl App {
    /// Computes every score again from the stored activities and compares it with what is
    /// stored, each at the moment it was assessed at. The digest is of the moment `as_of`; by
    /// default that of the latest stored activity, so that it depends on nothing but the
    /// records. Ends early when nobody waits for it any more.
    ///
    /// # Errors
    /// When the database does not answer; while others read the whole base here already
    /// ([`AppError::Overloaded`]).
    pub async fn verify(
        &self,
        workspace: WorkspaceId,
        as_of: Option<Timestamp>,
        awaited: Awaited,
    ) -> Result<Verification, AppError> {
        let turn = self.turn(awaited)?;
        let now = self.clock().now().secs();
        let view = self.inner.store.snapshot(workspace).await?;
        let compiled = self.inner.model_for(&view, None).await?;
        let latest = view.latest_activity().await?;
        let as_of = as_of.or(latest).unwrap_or_default();
        let mut run = Run {
            found: Verification {
                as_of,
                model_version: compiled.version,
                revision: view.revision().await?,
                ..Verification::default()
            },
            digest: StateDigest::default(),
            now,
        };
        run.accounts(&view, &compiled, &turn).await?;
        run.people_without_account(&view, &compiled, &turn).await?;
        run.found.digest = run.digest.finish();
        Ok(run.found)
    }
}

struct Run {
    found: Verification,
    digest: StateDigest,
    now: i64,
}

impl Run {
    async fn accounts(
        &mut self,
        view: &View,
        compiled: &Compiled,
        turn: &Turn,
    ) -> Result<(), AppError> {
        let mut after = None;
        loop {
            turn.check()?;
            let page = Loaded::page(view, after.as_ref(), CHUNK).await?;
            let Some((loaded, last)) = page else { return Ok(()) };
            after = Some(last);
            let ranks = view.ranks(loaded.ids().cloned()).await?;
            let subjects = loaded.anew(view, compiled).await?;
            for subject in subjects {
                let rank = ranks.get(&subject.account.id).copied().unwrap_or_default();
                self.account(compiled, &subject, loaded.people(&subject.account.id), rank);
            }
            for (lead, scored, belongs) in loaded.misplaced(view).await? {
                let name = |id: Option<&AccountId>| id.map(ToString::to_string).unwrap_or_default();
                let (scored, belongs) = (name(scored), name(belongs));
                let account = if scored.is_empty() { &belongs } else { &scored };
                self.differ(account, lead.as_str(), "account", &scored, &belongs);
            }
        }
    }

    /// Compares an account, made anew, with what is `stored` of it and its people.
    fn account(
        &mut self,
        compiled: &Compiled,
        subject: &Subject,
        stored: &[PersonState],
        rank: i64,
    ) {
        let Subject { account, state, rules, people, visitor } = subject;
        self.found.accounts += 1;
        let stale = state.model_version != compiled.version;
        if stale || state.changes_at.is_some_and(|change| change <= self.now) {
            self.found.due += 1;
        } else {
            let then = assess(&compiled.model, rules, people, visitor, state.assessed_at);
            let expected = subject.state_of(compiled, &then, state.assessed_at);
            self.compare_account(state, &expected);
            let place = AccountScores::from(expected).rank();
            if rank != place {
                self.differ(account.id.as_str(), "", "rank", &rank, &place);
            }
            let found = then.people.iter().zip(&then.mqls);
            for ((person, stored), (engagement, mql)) in people.iter().zip(stored).zip(found) {
                // A bound may be wider than it could be, not narrower than the score.
                let peak = stored.engagement.peak.max(engagement.score);
                let expected = PersonState {
                    rules: person.rules.clone(),
                    ledger: person.ledger.clone(),
                    engagement: Engagement { peak, ..*engagement },
                    mql: *mql,
                    last_activity: person.ledger.last_at(state.assessed_at),
                    ..stored.clone()
                };
                self.compare_person(stored, &expected, state.assessed_at);
            }
        }
        let at = self.found.as_of.secs();
        let shown = assess(&compiled.model, rules, people, visitor, at);
        self.digest.account(account.id.as_str(), &shown, visitor);
        self.found.activities += visitor.entries().len() as u64;
        let found = shown.people.iter().zip(&shown.mqls);
        for (person, (engagement, &mql)) in people.iter().zip(found) {
            self.found.leads += 1;
            self.found.activities += person.ledger.entries().len() as u64;
            let fit = person.rules.fit.score;
            let lead = AssessedLead { engagement: engagement.score, mql };
            self.digest.person(person.lead.as_str(), fit, lead, &person.ledger);
        }
    }

    async fn people_without_account(
        &mut self,
        view: &View,
        compiled: &Compiled,
        turn: &Turn,
    ) -> Result<(), AppError> {
        let mut after = None;
        let at = self.found.as_of.secs();
        let facts = AccountFacts::new(&AccountProfile::default());
        let nobody = AccountRules::default();
        loop {
            turn.check()?;
            let page = view.people_without_account(after.as_ref(), CHUNK).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.lead.clone());
            let ids: Vec<_> = page.iter().map(|person| person.lead.clone()).collect();
            let leads = view.leads(ids.iter().cloned()).await?;
            let mut ledgers = ledgers_of_leads(view, compiled, ids).await?;
            for stored in page {
                let ledger = ledgers.remove(&stored.lead).unwrap_or_default();
                let profile = leads.get(&stored.lead).map(|lead| &lead.profile);
                let rules = profile.map(|profile| LeadRules::new(&compiled.model, profile, &facts));
                let rules = rules.unwrap_or_default();
                if stored.matching == compiled.matching && stored.ledger != ledger {
                    let (kept, made) = (stored.ledger.entries().len(), ledger.entries().len());
                    self.differ("", stored.lead.as_str(), "ledger", &kept, &made);
                }
                let found = assess_lead(&compiled.model, &rules, &nobody, &ledger, at);
                self.digest.person(stored.lead.as_str(), rules.fit.score, found, &ledger);
                self.found.leads += 1;
                self.found.activities += ledger.entries().len() as u64;
            }
        }
    }

    fn compare_account(&mut self, stored: &AccountState, expected: &AccountState) {
        let id = stored.id.as_str();
        let figures = |state: &AccountState| {
            [
                ("engagement", i64::from(state.engagement)),
                ("fit", i64::from(state.fit)),
                ("rules_fit", i64::from(state.rules.fit.score)),
                ("coverage", i64::from(state.rules.fit.coverage)),
                ("tier", state.tier.map_or(0, |tier| i64::from(tier.number()))),
                ("tier_met", state.tier_met.map_or(0, |tier| i64::from(tier.number()))),
                ("held_until", state.held_until.unwrap_or(i64::MIN)),
                ("mqa", i64::from(state.mqa)),
                ("priority", i64::from(state.priority)),
                ("phase", state.phase.map_or(0, |phase| i64::from(phase.number()))),
                ("engaged_people", i64::from(state.engaged_people)),
                ("people", i64::from(state.people)),
                ("last_activity", state.last_activity.unwrap_or(i64::MIN)),
                ("changes_at", state.changes_at.unwrap_or(i64::MIN)),
            ]
        };
        for ((value, kept), (_, made)) in figures(stored).into_iter().zip(figures(expected)) {
            if kept != made {
                self.differ(id, "", value, &kept, &made);
            }
        }
        if stored.visitor != expected.visitor {
            let (kept, made) = (stored.visitor.entries().len(), expected.visitor.entries().len());
            self.differ(id, "", "visitor_ledger", &kept, &made);
        }
        let (kept, made) = (&stored.rules, &expected.rules);
        if kept.exclusion != made.exclusion {
            let (kept, made) = (&kept.exclusion, &made.exclusion);
            self.differ(id, "", "exclusion", &format!("{kept:?}"), &format!("{made:?}"));
        }
        if kept.segment != made.segment {
            let (kept, made) = (&kept.segment, &made.segment);
            self.differ(id, "", "segment", &format!("{kept:?}"), &format!("{made:?}"));
        }
    }

    fn compare_person(&mut self, stored: &PersonState, expected: &PersonState, at: i64) {
        if stored == expected {
            return;
        }
        let account = stored.account.as_ref().map(ToString::to_string).unwrap_or_default();
        let lead = stored.lead.as_str();
        let shown = |person: &PersonState| {
            [
                ("engagement", format!("{:?} at {at}", person.engagement)),
                ("rules", format!("{:?}", person.rules)),
                ("mql", person.mql.to_string()),
                ("ledger", format!("{} entries", person.ledger.entries().len())),
                ("last_activity", format!("{:?}", person.last_activity)),
            ]
        };
        let before = self.found.differences_total;
        for ((value, kept), (_, made)) in shown(stored).into_iter().zip(shown(expected)) {
            if kept != made {
                self.differ(&account, lead, value, &kept, &made);
            }
        }
        if self.found.differences_total == before {
            self.differ(&account, lead, "ledger", &"other entries", &"of the same number");
        }
    }

    fn differ(
        &mut self,
        account: &str,
        lead: &str,
        value: &'static str,
        stored: &dyn ToString,
        recomputed: &dyn ToString,
    ) {
        self.found.differences_total += 1;
        if self.found.differences.len() < DIFFERENCES {
            self.found.differences.push(Difference {
                account: account.to_owned(),
                lead: lead.to_owned(),
                value,
                stored: stored.to_string(),
                recomputed: recomputed.to_string(),
            });
        }
    }
}
