//! What is checked of a rule before it is ever asked: that it names fields and functions there
//! are, uses each as its type allows, is a condition, and is bounded in cost.

use std::collections::HashSet;
use std::fmt;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use cel::{ParseErrors, Program};

use super::Scope;
use super::pattern::{Pattern, PatternBudget};

/// Longest expression, in bytes.
const SOURCE_BYTES: usize = 2_048;
/// Most parts (names, calls, values) of one expression.
const PARTS: usize = 256;

/// One thing that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// Column in the expression, from 1; `None` when it is about the whole.
    pub column: Option<u32>,
    /// One sentence for a person.
    pub message: String,
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

fn whole(message: impl Into<String>) -> Vec<RuleProblem> {
    vec![RuleProblem { column: None, message: message.into() }]
}

pub(super) fn length(source: &str) -> Result<(), Vec<RuleProblem>> {
    if source.trim().is_empty() {
        return Err(whole("the expression is empty"));
    }
    if source.len() > SOURCE_BYTES {
        let length = source.len();
        return Err(whole(format!("is {length} bytes long, at most {SOURCE_BYTES} are allowed")));
    }
    Ok(())
}

pub(super) fn parse_problems(errors: &ParseErrors) -> Vec<RuleProblem> {
    let mut problems: Vec<_> = errors
        .errors
        .iter()
        .map(|error| RuleProblem {
            column: u32::try_from(error.pos.1).ok(),
            message: error.msg.clone(),
        })
        .collect();
    if problems.is_empty() {
        problems = whole("cannot be read as an expression");
    }
    problems
}

/// The type of a field or of what an expression answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Bool,
    List,
    Attributes,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "a truth value",
            Self::List => "a list",
            Self::Attributes => "the attributes",
        }
    }
}

/// The fields of each record that rules may name.
const FIELDS: [(&str, &[(&str, Kind)]); 4] = [
    (
        "activity",
        &[
            ("type", Kind::Text),
            ("source", Kind::Text),
            ("campaign", Kind::Text),
            ("attributes", Kind::Attributes),
        ],
    ),
    (
        "lead",
        &[
            ("title", Kind::Text),
            ("country", Kind::Text),
            ("seniority", Kind::Text),
            ("buying_role", Kind::Text),
            ("stage", Kind::Text),
            ("email_domain", Kind::Text),
            ("attributes", Kind::Attributes),
        ],
    ),
    (
        "account",
        &[
            ("name", Kind::Text),
            ("website", Kind::Text),
            ("industry", Kind::Text),
            ("country", Kind::Text),
            ("region", Kind::Text),
            ("city", Kind::Text),
            ("owner", Kind::Text),
            ("employees", Kind::Number),
            ("annual_revenue_usd", Kind::Number),
            ("domains", Kind::List),
            ("attributes", Kind::Attributes),
        ],
    ),
    (
        "handoff",
        &[
            ("hand_raiser", Kind::Bool),
            ("cause", Kind::Text),
            ("engagement", Kind::Number),
            ("fit", Kind::Number),
            ("tier", Kind::Number),
            ("label", Kind::Text),
        ],
    ),
];

/// The functions called on a value: what it can be, and what they answer.
const METHODS: [(&str, &[Kind], Kind); 5] = [
    ("contains", &[Kind::Text], Kind::Bool),
    ("startsWith", &[Kind::Text], Kind::Bool),
    ("endsWith", &[Kind::Text], Kind::Bool),
    ("matches", &[Kind::Text], Kind::Bool),
    ("size", &[Kind::Text, Kind::List, Kind::Attributes], Kind::Number),
];

/// The other functions: what they answer.
const FUNCTIONS: [(&str, Kind); 5] = [
    ("size", Kind::Number),
    ("int", Kind::Number),
    ("double", Kind::Number),
    ("string", Kind::Text),
    ("bool", Kind::Bool),
];

const COMPARISONS: [&str; 6] = [
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
];
const LOGIC: [&str; 4] = [
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::NOT_STRICTLY_FALSE,
];
const ARITHMETIC: [&str; 6] = [
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
];

impl Scope {
    const fn records(self) -> &'static [&'static str] {
        match self {
            Self::Activity => &["activity"],
            Self::Lead => &["lead", "account"],
            Self::Account => &["account"],
            Self::Handoff => &["handoff", "lead", "account"],
        }
    }
}

/// The type of what an expression answers, where its form tells.
fn kind_of(part: &IdedExpr) -> Option<Kind> {
    match &part.expr {
        Expr::Literal(literal) => match literal {
            LiteralValue::Boolean(_) => Some(Kind::Bool),
            LiteralValue::String(_) => Some(Kind::Text),
            LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => {
                Some(Kind::Number)
            }
            LiteralValue::Bytes(_) | LiteralValue::Null => None,
        },
        Expr::Select(select) if select.test => Some(Kind::Bool),
        Expr::Select(select) => field_kind(select),
        Expr::Call(call) => call_kind(call),
        Expr::List(_) => Some(Kind::List),
        // A macro answers what it has gathered, or a test of it.
        Expr::Comprehension(inner) => match &inner.result.expr {
            Expr::Ident(_) => kind_of(&inner.accu_init),
            _ => kind_of(&inner.result),
        },
        _ => None,
    }
}

/// The field of a record, or the type of one of its attributes.
fn field_kind(select: &SelectExpr) -> Option<Kind> {
    match &select.operand.expr {
        Expr::Ident(record) => {
            let (_, fields) = FIELDS.iter().find(|(name, _)| name == record)?;
            fields.iter().find(|(name, _)| *name == select.field).map(|&(_, kind)| kind)
        }
        Expr::Select(inner) if field_kind(inner) == Some(Kind::Attributes) => Some(Kind::Text),
        _ => None,
    }
}

fn call_kind(call: &CallExpr) -> Option<Kind> {
    let name = call.func_name.as_str();
    match name {
        operators::CONDITIONAL => kind_of(call.args.get(1)?),
        operators::IN => Some(Kind::Bool),
        // The domains of an account and all attributes are texts.
        operators::INDEX => Some(Kind::Text),
        // Texts and lists are added as well.
        operators::ADD => kind_of(call.args.first()?),
        _ if COMPARISONS.contains(&name) || LOGIC.contains(&name) => Some(Kind::Bool),
        _ if ARITHMETIC.contains(&name) => Some(Kind::Number),
        _ if call.target.is_some() => {
            METHODS.iter().find(|(known, ..)| *known == name).map(|&(_, _, answer)| answer)
        }
        _ => FUNCTIONS.iter().find(|(known, _)| *known == name).map(|&(_, answer)| answer),
    }
}

/// How an expression is called in a message: a field by its name, anything else by its type.
fn described(part: &IdedExpr, kind: Kind) -> String {
    fn path(part: &IdedExpr) -> Option<String> {
        match &part.expr {
            Expr::Ident(name) => Some(name.clone()),
            Expr::Select(select) => Some(format!("{}.{}", path(&select.operand)?, select.field)),
            _ => None,
        }
    }
    path(part).map_or(kind.name().to_owned(), |path| format!("{path}, {},", kind.name()))
}

pub(super) fn expression(
    program: &Program,
    scope: Scope,
    budget: &mut PatternBudget,
) -> Result<(), Vec<RuleProblem>> {
    let (variables, found) = (Vec::new(), Vec::new());
    let mut check = Check { program, scope, budget, spent: false, parts: 0, variables, found };
    let root = program.expression();
    check.visit(root);
    if check.parts > PARTS {
        let message = format!("is too long: {} parts, at most {PARTS} are allowed", check.parts);
        check.found.push(RuleProblem { column: None, message });
    }
    if check.found.is_empty() && kind_of(root) != Some(Kind::Bool) {
        check.found = whole("is not a condition: it does not answer yes or no");
    }
    if check.found.is_empty() { Ok(()) } else { Err(check.found) }
}

struct Check<'a> {
    program: &'a Program,
    scope: Scope,
    budget: &'a mut PatternBudget,
    /// Whether it was told that the budget is used up.
    spent: bool,
    parts: usize,
    /// Variables of the macros around the part being looked at.
    variables: Vec<&'a str>,
    found: Vec<RuleProblem>,
}

impl<'a> Check<'a> {
    fn problem(&mut self, at: &IdedExpr, message: String) {
        let column = self.program.source_info().offset_for(at.id).map(|(start, _)| start + 1);
        self.found.push(RuleProblem { column, message });
    }

    fn visit(&mut self, part: &'a IdedExpr) {
        self.parts += 1;
        match &part.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.visit_name(part, name),
            Expr::Select(select) => {
                if let Expr::Ident(record) = &select.operand.expr
                    && self.scope.records().contains(&record.as_str())
                    && field_kind(select).is_none()
                {
                    let message = format!("`{}` is not a field of {record}", select.field);
                    self.problem(part, message);
                } else if let Some(kind) = kind_of(&select.operand)
                    && kind != Kind::Attributes
                {
                    let operand = described(&select.operand, kind);
                    self.problem(part, format!("{operand} has no fields"));
                }
                self.visit(&select.operand);
            }
            Expr::Call(call) => self.visit_call(part, call),
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element)),
            Expr::Map(_) | Expr::Struct(_) => {
                self.problem(part, "maps and messages cannot be made in a rule".into());
            }
            Expr::Comprehension(inner) => {
                if !self.variables.is_empty() {
                    self.problem(part, "a macro inside another costs too much".into());
                    return;
                }
                self.visit(&inner.iter_range);
                self.variables.extend([inner.iter_var.as_str(), inner.accu_var.as_str()]);
                self.variables.extend(inner.iter_var2.as_deref());
                for step in [&inner.accu_init, &inner.loop_cond, &inner.loop_step, &inner.result] {
                    self.visit(step);
                }
                self.variables.clear();
            }
        }
    }

    fn visit_name(&mut self, part: &'a IdedExpr, name: &'a str) {
        let records = self.scope.records();
        if !self.variables.contains(&name) && !records.contains(&name) {
            let known = records.join(" and ");
            self.problem(part, format!("`{name}` is not known here, only {known}"));
        }
    }

    fn visit_call(&mut self, part: &'a IdedExpr, call: &'a CallExpr) {
        match (&call.target, call.args.as_slice()) {
            (Some(target), args) => self.visit_method(part, call, target, args),
            (None, [left, right]) if COMPARISONS.contains(&call.func_name.as_str()) => {
                self.visit_comparison(part, left, right);
            }
            (None, [item, list]) if call.func_name == operators::IN => {
                self.visit_membership(part, item, list);
            }
            (None, [record, _]) if call.func_name == operators::INDEX => {
                let records = self.scope.records();
                if matches!(&record.expr, Expr::Ident(name) if records.contains(&name.as_str())) {
                    self.problem(part, "a field is named after a dot, not in brackets".into());
                }
            }
            (None, [condition, ..]) if call.func_name == operators::CONDITIONAL => {
                self.expect(condition, &[Kind::Bool], "is not a condition");
            }
            (None, args) if LOGIC.contains(&call.func_name.as_str()) => {
                for arg in args {
                    self.expect(arg, &[Kind::Bool], "is not a condition");
                }
            }
            (None, _) => {
                let name = call.func_name.as_str();
                let known = FUNCTIONS.iter().any(|(known, _)| *known == name);
                if !known && !ARITHMETIC.contains(&name) {
                    let known = FUNCTIONS.map(|(name, _)| name).join(", ");
                    self.problem(part, format!("`{name}` is not a function, only {known}"));
                }
            }
        }
        call.target.iter().for_each(|target| self.visit(target));
        call.args.iter().for_each(|arg| self.visit(arg));
    }

    fn visit_method(
        &mut self,
        part: &IdedExpr,
        call: &CallExpr,
        target: &IdedExpr,
        args: &[IdedExpr],
    ) {
        let name = call.func_name.as_str();
        let Some((_, on, _)) = METHODS.iter().find(|(known, ..)| *known == name) else {
            let known = METHODS.map(|(name, ..)| name).join(", ");
            self.problem(part, format!("`{name}` cannot be called on a value, only {known}"));
            return;
        };
        self.expect(target, on, &format!("has no `{name}`"));
        if name != "matches" {
            return;
        }
        match args {
            [IdedExpr { expr: Expr::Literal(LiteralValue::String(pattern)), .. }] => {
                self.visit_pattern(part, pattern);
            }
            _ => self.problem(part, "`matches` takes one pattern, in quotes".into()),
        }
    }

    /// Compiles a pattern, unless it is one too many, which is told once.
    fn visit_pattern(&mut self, part: &IdedExpr, pattern: &str) {
        if let Err(message) = self.budget.spend(pattern) {
            if !self.spent {
                self.problem(part, message);
            }
            self.spent = true;
        } else if let Err(error) = Pattern::new(pattern) {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default();
            self.problem(part, format!("has a pattern that cannot be used: {reason}"));
        }
    }

    fn visit_comparison(&mut self, part: &IdedExpr, left: &IdedExpr, right: &IdedExpr) {
        let (Some(one), Some(other)) = (kind_of(left), kind_of(right)) else { return };
        if one != other {
            // The field first, whichever side it stands on.
            let (field, kind, value) = match &left.expr {
                Expr::Literal(_) => (right, other, one),
                _ => (left, one, other),
            };
            let (field, value) = (described(field, kind), value.name());
            self.problem(part, format!("compares {field} with {value}"));
        }
    }

    fn visit_membership(&mut self, part: &IdedExpr, item: &IdedExpr, list: &IdedExpr) {
        self.expect(list, &[Kind::List, Kind::Attributes], "is not a list");
        if let Expr::List(list) = &list.expr {
            list.elements.iter().for_each(|element| self.visit_comparison(part, item, element));
        }
    }

    /// Notes a problem when an expression is certainly of another type.
    fn expect(&mut self, part: &IdedExpr, kinds: &[Kind], otherwise: &str) {
        if let Some(kind) = kind_of(part).filter(|kind| !kinds.contains(kind)) {
            self.problem(part, format!("{} {otherwise}", described(part, kind)));
        }
    }
}

/// The activity types that can satisfy an expression, where its form tells: tests of
/// `activity.type` for equality or membership, joined by `||`, and to anything by `&&`.
pub(super) fn activity_types(part: &IdedExpr) -> Option<Vec<String>> {
    let Expr::Call(call) = &part.expr else { return None };
    let [left, right] = call.args.as_slice() else { return None };
    match call.func_name.as_str() {
        operators::LOGICAL_AND => match (activity_types(left), activity_types(right)) {
            (Some(one), Some(other)) => {
                Some(one.into_iter().filter(|kind| other.contains(kind)).collect())
            }
            (one, other) => one.or(other),
        },
        operators::LOGICAL_OR => {
            let (mut types, more) = (activity_types(left)?, activity_types(right)?);
            types.extend(more);
            Some(each_once(types))
        }
        operators::EQUALS if is_type(left) => text(right).map(|value| vec![value]),
        operators::EQUALS if is_type(right) => text(left).map(|value| vec![value]),
        operators::IN if is_type(left) => match &right.expr {
            Expr::List(list) => {
                list.elements.iter().map(text).collect::<Option<_>>().map(each_once)
            }
            _ => None,
        },
        _ => None,
    }
}

fn each_once(mut types: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    types.retain(|kind| seen.insert(kind.clone()));
    types
}

/// Whether an expression is nothing but tests of `activity.type` against given texts.
pub(super) fn is_type_test(part: &IdedExpr) -> bool {
    let Expr::Call(call) = &part.expr else { return false };
    match call.func_name.as_str() {
        operators::LOGICAL_AND | operators::LOGICAL_OR => call.args.iter().all(is_type_test),
        _ => activity_types(part).is_some(),
    }
}

fn is_type(part: &IdedExpr) -> bool {
    matches!(&part.expr, Expr::Select(select)
        if !select.test
            && select.field == "type"
            && matches!(&select.operand.expr, Expr::Ident(record) if record == "activity"))
}

fn text(part: &IdedExpr) -> Option<String> {
    match &part.expr {
        Expr::Literal(LiteralValue::String(value)) => Some(value.inner().to_owned()),
        _ => None,
    }
}
