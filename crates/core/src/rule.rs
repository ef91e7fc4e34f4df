//! Rules: expressions in CEL, the Common Expression Language.
//!
//! A rule is compiled once and checked then: which fields it names, what it compares them
//! with, how much it can cost. It answers yes or no, or that a field it needs is not known.

mod check;
mod facts;

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Program, Value};

pub use check::RuleProblem;
pub use facts::{AccountFacts, ActivityFacts, Facts, LeadFacts};

/// What a rule may speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `activity` alone: a ledger must not change when a profile does.
    Activity,
    /// `lead` and its `account`.
    Lead,
    /// `account` alone.
    Account,
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
    program: Program,
    /// The activity types that can satisfy it; `None` when any can.
    types: Option<Vec<String>>,
    /// Whether one of `types` is all it asks for.
    only_type: bool,
}

/// The standard functions, made once: building them costs far more than a rule.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

impl Rule {
    /// Compiles and checks an expression.
    ///
    /// # Errors
    /// Every problem found, each with its place in the expression.
    pub fn compile(source: &str, scope: Scope) -> Result<Self, Vec<RuleProblem>> {
        check::length(source)?;
        let program = ENV.compile(source).map_err(|errors| check::parse_problems(&errors))?;
        check::expression(&program, scope)?;
        let types = check::activity_types(program.expression());
        let only_type = types.is_some() && check::is_type_test(program.expression());
        Ok(Self { source: source.to_owned(), program, types, only_type })
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
        let mut context = Context::with_env(Arc::clone(&ENV));
        facts.bind(&mut context);
        match self.program.execute(&context) {
            Ok(Value::Bool(true)) => Answer::Yes,
            Ok(Value::Bool(false)) => Answer::No,
            Ok(_) | Err(_) => Answer::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountProfile;

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
        assert_eq!(types("activity.type != 'a'"), (None, false));
    }
}
