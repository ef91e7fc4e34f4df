//! Rules: expressions in CEL, the Common Expression Language.
//!
//! A rule is compiled once and checked then: which fields it names, what it compares them
//! with, how much it can cost. It answers yes or no, or that a field it needs is not known.

mod activity_types;
mod check;
mod facts;
mod pattern;
mod vocabulary;

use std::sync::{Arc, LazyLock};

use cel::common::types::CelBool;
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, IdedExpr, Value};

use pattern::Pattern;

pub(crate) use pattern::PatternBudget;

pub use check::RuleProblem;
pub use facts::{AccountFacts, ActivityFacts, Facts, HandoffFacts, LeadFacts, Record};

/// What a rule may speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `activity` alone: a ledger must not change when a profile does.
    Activity,
    /// `lead` and its `account`.
    Lead,
    /// `account` alone.
    Account,
    /// `handoff`, with its `lead` and `account`.
    Handoff,
}

/// The answer of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// A field it needs is not known, or holds something it cannot use.
    Unknown,
}

/// A compiled, checked rule.
#[derive(Debug)]
pub struct Rule {
    source: String,
    /// As compiled, its patterns taken out.
    expression: IdedExpr,
    patterns: Vec<Pattern>,
    /// The activity types that can satisfy it; `None` when any can.
    types: Option<Vec<String>>,
    /// Whether one of `types` is all it asks for.
    only_type: bool,
}

/// The standard functions, made once: building them costs far more than a rule.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let declared = pattern::declare(&mut env);
    debug_assert!(declared.is_ok(), "no standard function has this name");
    Arc::new(env)
});

impl Rule {
    /// Compiles and checks an expression.
    ///
    /// # Errors
    /// Every problem found, each with its place in the expression.
    pub fn compile(source: &str, scope: Scope) -> Result<Self, Vec<RuleProblem>> {
        Self::compile_within(source, scope, &mut PatternBudget::default())
    }

    /// The same for one of several rules, whose patterns share a budget.
    ///
    /// # Errors
    /// As there, and when the budget is used up.
    pub(crate) fn compile_within(
        source: &str,
        scope: Scope,
        budget: &mut PatternBudget,
    ) -> Result<Self, Vec<RuleProblem>> {
        check::length(source)?;
        let program = ENV.compile(source).map_err(|errors| check::parse_problems(&errors))?;
        check::expression(&program, scope, budget)?;
        let types = activity_types::asked_for(program.expression());
        let only_type = types.is_some() && activity_types::is_type_test(program.expression());
        let (mut expression, mut patterns) = (program.expression().clone(), Vec::new());
        pattern::take_out(&mut expression, &mut patterns);
        Ok(Self { source: source.to_owned(), expression, patterns, types, only_type })
    }

    /// Stands in for an expression that cannot be used, so that what surrounds it can be looked at.
    /// It is never asked, and answers unknown.
    pub(crate) fn unusable(source: &str) -> Self {
        let (expression, patterns) = (IdedExpr::default(), Vec::new());
        Self { source: source.to_owned(), expression, patterns, types: None, only_type: false }
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The activity types that can satisfy the rule; `None` when any can.
    #[must_use]
    pub fn types(&self) -> Option<&[String]> {
        self.types.as_deref()
    }

    /// Whether the activity's type being one of [`Rule::types`] is all the rule asks for.
    #[must_use]
    pub fn is_only_type(&self) -> bool {
        self.only_type
    }

    /// What the rule says of these facts.
    #[must_use]
    pub fn answer(&self, facts: &impl Facts) -> Answer {
        let names = Names { facts, patterns: &self.patterns };
        let mut context = Context::with_env(Arc::clone(&ENV));
        context.set_variable_resolver(&names);
        let answer = Value::resolve_val(&self.expression, &context);
        match answer.as_ref().ok().and_then(|value| value.downcast_ref::<CelBool>()) {
            Some(yes) if *yes.inner() => Answer::Yes,
            Some(_) => Answer::No,
            None => Answer::Unknown,
        }
    }
}

/// What the names of an expression stand for; nothing is copied.
struct Names<'a, F> {
    facts: &'a F,
    patterns: &'a [Pattern],
}

impl<F: Facts> VariableResolver for Names<'_, F> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match self.facts.record(name) {
            Some(record) => Some(CowVal::Borrowed(&record.0)),
            None => pattern::named(name, self.patterns).map(|pattern| CowVal::Borrowed(pattern)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{AccountProfile, Activity, ActivityKey, Timestamp};

    fn answer(source: &str, profile: &AccountProfile) -> Answer {
        Rule::compile(source, Scope::Account).unwrap().answer(&AccountFacts::new(profile))
    }

    #[test]
    fn a_rule_on_a_field_that_is_not_known_is_unknown_not_false() {
        let mut profile = AccountProfile::default();
        assert_eq!(answer("account.employees >= 200", &profile), Answer::Unknown);
        profile.employees = Some(199);
        assert_eq!(answer("account.employees >= 200", &profile), Answer::No);
        profile.employees = Some(200);
        assert_eq!(answer("account.employees >= 200", &profile), Answer::Yes);
        assert_eq!(
            answer("has(account.industry) && account.industry == 'Retailing'", &profile),
            Answer::No
        );
    }

    fn problems(source: &str, scope: Scope) -> String {
        let found = Rule::compile(source, scope).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_rule_is_refused_where_it_is_wrong() {
        let cases = [
            ("account.employes > 1", "column 8: `employes` is not a field of account"),
            ("lead.title == 'x'", "column 1: `lead` is not known here, only account"),
            ("account.employees > '1'", "compares account.employees, a number, with a text"),
            ("account.industry == 7", "compares account.industry, a text, with a number"),
            ("7 < account.attributes.seats", "account.attributes.seats, a text, with a number"),
            ("account.employees in ['many']", "compares account.employees, a number, with a text"),
            ("'a' in account.name", "account.name, a text, is not a list"),
            ("account.name.first == 'a'", "account.name, a text, has no fields"),
            ("account.domains.contains('a')", "account.domains, a list, has no `contains`"),
            ("account.name.lower() == 'a'", "column 19: `lower` cannot be called on a value"),
            ("lower(account.name) == 'a'", "`lower` is not a function, only size"),
            ("account.employees && true", "account.employees, a number, is not a condition"),
            ("!account.name", "account.name, a text, is not a condition"),
            ("account.name.matches('(')", "has a pattern that cannot be used"),
            (r"account.name.matches('(\\w{90}){90}')", "has a pattern that cannot be used"),
            ("account.name.matches(account.city)", "takes one pattern, in quotes"),
            ("account['nme'] == 'a'", "a field is named after a dot"),
            ("account.name ? true : false", "account.name, a text, is not a condition"),
            ("account.?name.hasValue()", "cannot be called on a value"),
            ("size(account.domains)", "is not a condition"),
            ("account.domains.filter(a, a != '')", "is not a condition"),
            ("account.employees", "is not a condition"),
            ("'yes'", "is not a condition"),
            ("account.employees >", "column"),
            ("", "is empty"),
        ];
        for (source, expected) in cases {
            let found = problems(source, Scope::Account);
            assert!(found.contains(expected), "{source}: {found}");
        }
        let costly = vec!["account.employees > 1"; 200].join(" || ");
        assert!(problems(&costly, Scope::Account).contains("long"));
        let nested = "account.domains.all(a, account.domains.all(b, a == b))";
        assert!(problems(nested, Scope::Account).contains("inside another"));
    }

    #[test]
    fn what_is_accepted_can_be_answered() {
        let profile = AccountProfile {
            name: "Acme Interns".into(),
            employees: Some(20),
            website: "https://www.acme.com".into(),
            attributes: [("plan".to_owned(), "pro".to_owned())].into(),
            ..AccountProfile::default()
        };
        for (source, expected) in [
            (r"account.name.matches('(?i)\\binterns?\\b')", Answer::Yes),
            ("account.name.matches('^acme') || account.name.matches('s$')", Answer::Yes),
            ("account.domains.exists(d, d.matches('[.]com$') && d.size() < 9)", Answer::Yes),
            ("account.domains.exists_one(d, d == 'b.com')", Answer::No),
            ("account.domains.filter(d, d.endsWith('.com')).size() == 1", Answer::Yes),
            ("account.attributes['plan'] in ['pro', 'max']", Answer::Yes),
            ("'plan' in account.attributes && has(account.attributes.plan)", Answer::Yes),
            ("account.attributes.size() > 1", Answer::No),
            ("account.attributes.seats == '7'", Answer::Unknown),
            ("account.employees * 2 + 1 > 40 ? account.name != '' : false", Answer::Yes),
            ("account.employees < 20.5", Answer::Yes),
            ("int('7') == 7 && string(account.employees) == '20'", Answer::Yes),
        ] {
            assert_eq!(answer(source, &profile), expected, "{source}");
        }
    }

    #[test]
    fn the_types_that_can_match_are_read_off_the_rule() {
        let types = |source| {
            let rule = Rule::compile(source, Scope::Activity).unwrap();
            (rule.types().map(<[String]>::to_vec), rule.is_only_type())
        };
        assert_eq!(types("activity.type == 'a'"), (Some(vec!["a".into()]), true));
        assert_eq!(
            types("activity.type in ['a', 'b']"),
            (Some(vec!["a".into(), "b".into()]), true)
        );
        let with_more = "activity.type == 'a' && activity.attributes.url.contains('x')";
        assert_eq!(types(with_more), (Some(vec!["a".into()]), false));
        assert_eq!(types("activity.type == 'a' || activity.source == 'b'"), (None, false));
        let (ab, abc) = (["a", "b"].map(String::from), ["a", "b", "c"].map(String::from));
        assert_eq!(
            types("activity.type == 'a' || 'b' == activity.type || activity.type in ['c', 'a']"),
            (Some(abc.to_vec()), true)
        );
        assert_eq!(
            types("(activity.type == 'a' && activity.source == 'x') || activity.type == 'b'"),
            (Some(ab.to_vec()), false)
        );
        assert_eq!(
            types("activity.type in ['c', 'b', 'a'] && (activity.type in ['a', 'b'])"),
            (Some(["b", "a"].map(String::from).to_vec()), true)
        );
        assert_eq!(types("activity.type == 'a' && activity.type == 'b'"), (Some(Vec::new()), true));
        assert_eq!(types("activity.type in []"), (Some(Vec::new()), true));
        assert_eq!(types("activity.type != 'a'"), (None, false));
    }

    fn activity(kind: &str, source: &str) -> Activity {
        Activity {
            key: ActivityKey { source: source.into(), activity_id: "1".into() },
            kind: kind.into(),
            occurred_at: Timestamp::from_secs(0),
            lead: None,
            account: None,
            email: String::new(),
            campaign: String::new(),
            attributes: Default::default(),
        }
    }

    /// Tests of types and others, joined at random.
    fn expression() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("activity.type == 'a'".to_owned()),
            Just("'b' == activity.type".to_owned()),
            Just("activity.type in ['a', 'c']".to_owned()),
            Just("activity.type in []".to_owned()),
            Just("activity.type != 'b'".to_owned()),
            Just("activity.source == 'x'".to_owned()),
            Just("activity.campaign == 'x'".to_owned()),
            Just("true".to_owned()),
        ];
        leaf.prop_recursive(4, 16, 2, |inner| {
            let join = (inner.clone(), prop_oneof![Just("&&"), Just("||")], inner.clone());
            prop_oneof![
                join.prop_map(|(one, by, other)| format!("({one}) {by} ({other})")),
                inner.prop_map(|one| format!("!({one})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_activity_of_another_type_satisfies_a_rule(source in expression()) {
            let rule = Rule::compile(&source, Scope::Activity).unwrap();
            for (kind, from) in ["a", "b", "c", "d"].iter().flat_map(|kind| [(kind, "x"), (kind, "")])
            {
                let activity = activity(kind, from);
                let holds = rule.answer(&ActivityFacts::new(&activity)) == Answer::Yes;
                let listed = rule.types().is_none_or(|types| types.contains(&activity.kind));
                prop_assert!(listed || !holds, "{} of {}", source, kind);
                prop_assert!(!rule.is_only_type() || listed == holds, "{} of {}", source, kind);
            }
        }
    }
}
