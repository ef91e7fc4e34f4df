//! A draft of fit rules, learned from what became of people.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::rule::{AccountFacts, Answer, LeadFacts, Rule, Scope};
use abm_core::title::TitleRules;
use abm_core::{AccountId, AccountProfile, LeadId, Model, WorkspaceId, fit, model};
use abm_learn::measure::{self, Scored};
use abm_learn::suggest::{self, TooFew};
use abm_learn::{Examples, Measures, Suggestion, split};
use abm_store::{LeadRecord, View};

use super::{SEED, check_names};
use crate::columns::{Columns, fields_of};
use crate::tries::{Awaited, Turn};
use crate::{App, AppError, room};

/// Most people that are looked at; of more, so many are drawn.
const PEOPLE: usize = 60_000;
/// People read at a time.
const PAGE: u64 = 1_000;
/// Share of people held out where no rule says which, in percent.
const HELD_OUT_PERCENT: u8 = 30;
/// Fewest people of whom an attribute must be known to be looked at.
const LEAST_KNOWN: usize = 20;

/// What is asked of a draft.
#[derive(Clone, Debug, Default)]
pub struct SuggestQuestion {
    /// Whether the outcome came, as a rule over `lead` and `account`. People of whom it is unknown
    /// are left out.
    pub outcome: String,
    /// Whom to learn from, as such a rule; the others are held out, and those of whom it is
    /// unknown left out. Empty holds out 30 % by a hash of the ids of their accounts, or of their
    /// own without one.
    pub train: String,
    /// Fields to leave out.
    pub leave_out: Vec<String>,
    /// Fields to use in spite of marks of a leak.
    pub allow: Vec<String>,
    /// The version whose other parts the draft has; the one in force when unset.
    pub base: Option<u64>,
    /// How many people can be worked, for precision and recall.
    pub capacity: Option<u64>,
}

/// A draft, and how it does on people it was not learned from.
#[derive(Clone, Debug)]
pub struct Suggested {
    /// The whole model file.
    pub file: String,
    /// The version it was made from.
    pub base: u64,
    /// What was learned.
    pub suggestion: Suggestion,
    /// The fit of the draft, measured on those held out.
    pub draft: Measures,
    /// The fit of the version it was made from, measured on the same.
    pub current: Measures,
    /// The position this was read at.
    pub revision: u64,
}

/// Somebody with an outcome.
struct Subject {
    lead: LeadRecord,
    outcome: bool,
}

/// The people of a question.
#[derive(Default)]
struct People {
    learned: Vec<Subject>,
    held_out: Vec<Subject>,
    accounts: BTreeMap<AccountId, AccountProfile>,
}

/// The rules of a question.
struct Asked {
    outcome: Rule,
    train: Option<Rule>,
}

impl Asked {
    fn new(question: &SuggestQuestion) -> Result<Self, AppError> {
        let compile = |field: &str, source: &str| {
            Rule::compile(source, Scope::Lead).map_err(|problems| {
                let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>();
                AppError::invalid(field, problems.join("; "))
            })
        };
        let train = (!question.train.is_empty()).then(|| compile("train_rule", &question.train));
        Ok(Self { outcome: compile("outcome_rule", &question.outcome)?, train: train.transpose()? })
    }

    /// Whether the outcome came, and whether somebody is learned from; `None` when either is
    /// unknown.
    fn of(
        &self,
        lead: &LeadRecord,
        account: &AccountFacts,
        titles: &TitleRules,
    ) -> Option<(bool, bool)> {
        let facts = LeadFacts::new(&lead.profile, &titles.read(&lead.profile), account);
        let known = |rule: &Rule| match rule.answer(&facts) {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Unknown => None,
        };
        let outcome = known(&self.outcome)?;
        let is_learned = match &self.train {
            Some(train) => known(train)?,
            None => !split::is_held_out(SEED, unit(lead).1, HELD_OUT_PERCENT),
        };
        Some((outcome, is_learned))
    }
}

impl App {
    /// Learns rules of a person's fit from people of whom it is known what became of them, and
    /// measures them on others. Stores nothing, and ends early when nobody waits for it any more.
    /// What is held out decides nothing in the draft.
    ///
    /// # Errors
    /// When a rule is wrong, there is no such version, or there are too few outcomes; while others
    /// read the whole base here already ([`AppError::Overloaded`]).
    pub async fn suggest_model(
        &self,
        workspace: WorkspaceId,
        question: SuggestQuestion,
        awaited: Awaited,
    ) -> Result<Suggested, AppError> {
        let asked = Asked::new(&question)?;
        let turn = self.turn(awaited)?;
        let view = self.inner.store.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let base = match question.base {
            Some(version) => version,
            None => self.inner.workspace(&view).await?.model_version,
        };
        let compiled = self.inner.models.get(&view, base).await?;
        let record = self.inner.model_record(&view, base).await?;
        let people = read_people(&view, &asked, &compiled.model.titles, &turn).await?;
        drop(view);
        // Takes seconds of computing: not on the threads that answer other calls.
        let learned = tokio::task::spawn_blocking(move || {
            turn.check()?;
            let (suggestion, file, model) = learn(&people, &question, &record.file)?;
            turn.check()?;
            let measured = |model: &Model| measure(&people, model, question.capacity);
            let (draft, current) = (measured(&model), measured(&compiled.model));
            Ok(Suggested { file, base, suggestion, draft, current, revision })
        });
        learned.await.map_err(|_| AppError::Broken)?
    }
}

/// Everybody with an outcome, and their accounts.
async fn read_people(
    view: &View,
    asked: &Asked,
    titles: &TitleRules,
    turn: &Turn,
) -> Result<People, AppError> {
    let (mut people, mut drawn) = (People::default(), BTreeMap::new());
    let mut after: Option<LeadId> = None;
    loop {
        turn.check()?;
        let page = view.leads_after(None, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        let wanted: BTreeSet<AccountId> = page
            .iter()
            .filter_map(|lead| lead.account.clone())
            .filter(|id| !people.accounts.contains_key(id))
            .collect();
        let found = view.accounts(wanted).await?;
        people.accounts.extend(found.into_iter().map(|(id, account)| (id, account.profile)));
        for lead in page {
            let account = people.account_of(&lead);
            if let Some((outcome, is_learned)) = asked.of(&lead, &account, titles) {
                let place = split::place(SEED, lead.id.as_str());
                drawn.insert((place, lead.id.clone()), (Subject { lead, outcome }, is_learned));
            }
            if drawn.len() > PEOPLE {
                drawn.pop_last();
            }
        }
    }
    let mut drawn: Vec<_> = drawn.into_values().collect();
    drawn.sort_by(|(one, _), (other, _)| one.lead.id.cmp(&other.lead.id));
    for (subject, is_learned) in drawn {
        let part = if is_learned { &mut people.learned } else { &mut people.held_out };
        part.push(subject);
    }
    Ok(people)
}

/// What somebody is part of: their account, if they have one, or nothing but themselves. People of
/// one account have much in common, its outcome maybe: they are learned from together, or held
/// out together. Tells which of both it is, and its id.
fn unit(lead: &LeadRecord) -> (bool, &str) {
    match &lead.account {
        Some(account) => (true, account.as_str()),
        None => (false, lead.id.as_str()),
    }
}

/// The units of people as numbers, in the order in which they first come.
fn units(subjects: &[Subject]) -> Vec<u32> {
    let mut numbers = BTreeMap::new();
    let mut found = Vec::with_capacity(subjects.len());
    for Subject { lead, .. } in subjects {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        found.push(*numbers.entry(unit(lead)).or_insert(next));
    }
    found
}

impl People {
    /// Refuses names that no field of these people is called by.
    fn check_names(&self, question: &SuggestQuestion) -> Result<(), AppError> {
        let leads = self.learned.iter().chain(&self.held_out).map(|subject| &subject.lead);
        let fields = fields_of(leads, self.accounts.values());
        let is_known = |name: &str| fields.iter().any(|field| field.is_called(name));
        check_names("field", &question.leave_out, &question.allow, is_known)
    }

    fn profile_of(&self, lead: &LeadRecord) -> Option<&AccountProfile> {
        self.accounts.get(lead.account.as_ref()?)
    }

    fn account_of(&self, lead: &LeadRecord) -> AccountFacts {
        match self.profile_of(lead) {
            Some(profile) => AccountFacts::new(profile),
            None => AccountFacts::new(&AccountProfile::default()),
        }
    }

    /// What is known of those who are learned from, field by field, as rules are told it.
    fn examples(&self, titles: &TitleRules) -> Examples<'_> {
        let mut columns = Columns::default();
        for subject in &self.learned {
            let position = titles.read(&subject.lead.profile);
            columns.add(&subject.lead, &position, self.profile_of(&subject.lead));
        }
        let columns = columns.known_of(LEAST_KNOWN);
        Examples {
            columns,
            units: units(&self.learned),
            outcomes: self.learned.iter().map(|subject| subject.outcome).collect(),
        }
    }
}

/// Learns, and puts what was learned into a model file.
fn learn(
    people: &People,
    question: &SuggestQuestion,
    file: &str,
) -> Result<(Suggestion, String, Model), AppError> {
    people.check_names(question)?;
    let base = model::parse(file).map_err(AppError::Model)?;
    let room = room::for_lead_fit(&model::read_file(file).map_err(AppError::Model)?);
    if room == 0 {
        let message = "the model has as many rules as it may have without any of a person's fit";
        return Err(AppError::invalid("base_version", message));
    }
    let defaults = suggest::Options::default();
    let options = suggest::Options {
        leave_out: question.leave_out.clone(),
        allow: question.allow.clone(),
        asked_by: vec![question.outcome.clone(), question.train.clone()],
        rules: room.min(defaults.rules),
        ..defaults
    };
    let suggestion = suggest::suggest(&people.examples(&base.titles), &options)
        .map_err(|few: TooFew| AppError::invalid("outcome_rule", few.to_string()))?;
    let notes = suggestion.rules.iter().map(|rule| {
        let percent = 100.0 * rule.rate;
        format!("{} of {}: {percent:.0} %, lift {:.2}", rule.positives, rule.rows, rule.lift)
    });
    let everybody = format!("{} of {}", suggestion.positives, suggestion.rows);
    let notes = std::iter::once(everybody).chain(notes);
    let rules: Vec<_> = suggestion.lead_fit().into_iter().zip(notes).collect();
    let file = model::with_lead_fit(file, &rules).map_err(AppError::Model)?;
    let model = model::parse(&file).map_err(AppError::Model)?;
    Ok((suggestion, file, model))
}

/// How well the fit of a model orders those who are held out. Those of one account are no more
/// certain together than one of them.
fn measure(people: &People, model: &Model, capacity: Option<u64>) -> Measures {
    let scored = people.held_out.iter().map(|Subject { lead, outcome }| {
        let fit = fit::lead_fit(model, &lead.profile, &people.account_of(lead));
        Scored { score: f64::from(fit.score), outcome: *outcome, segment: None }
    });
    let scored: Vec<Scored<'_>> = scored.collect();
    let options = measure::Options { capacity, seed: SEED, ..measure::Options::default() };
    measure::measure_units(&scored, &units(&people.held_out), &options)
}
