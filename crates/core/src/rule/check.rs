//! What is checked of a rule before it is ever asked: that it names fields there are, compares
//! them with values of their type, is a condition, and is bounded in cost.

use std::fmt;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use cel::{ParseErrors, Program};

use super::Scope;

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

/// The type of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Bool,
    Texts,
    Attributes,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "a truth value",
            Self::Texts => "a list",
            Self::Attributes => "the attributes",
        }
    }
}

/// The fields of each record that rules may name.
const FIELDS: [(&str, &[(&str, Kind)]); 3] = [
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
            ("domains", Kind::Texts),
            ("attributes", Kind::Attributes),
        ],
    ),
];

impl Scope {
    const fn records(self) -> &'static [&'static str] {
        match self {
            Self::Activity => &["activity"],
            Self::Lead => &["lead", "account"],
            Self::Account => &["account"],
        }
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

pub(super) fn expression(program: &Program, scope: Scope) -> Result<(), Vec<RuleProblem>> {
    let mut check = Check { program, scope, parts: 0, variables: Vec::new(), found: Vec::new() };
    let root = program.expression();
    check.visit(root);
    if check.parts > PARTS {
        let message = format!("is too long: {} parts, at most {PARTS} are allowed", check.parts);
        check.found.push(RuleProblem { column: None, message });
    }
    let is_condition = match &root.expr {
        Expr::Literal(LiteralValue::Boolean(_)) | Expr::Call(_) | Expr::Comprehension(_) => true,
        Expr::Select(select) => select.test,
        _ => false,
    };
    if check.found.is_empty() && !is_condition {
        check.found = whole("is not a condition: it does not answer yes or no");
    }
    if check.found.is_empty() { Ok(()) } else { Err(check.found) }
}

struct Check<'a> {
    program: &'a Program,
    scope: Scope,
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
        const COMPARISONS: [&str; 6] = [
            operators::EQUALS,
            operators::NOT_EQUALS,
            operators::LESS,
            operators::LESS_EQUALS,
            operators::GREATER,
            operators::GREATER_EQUALS,
        ];
        if COMPARISONS.contains(&call.func_name.as_str())
            && let [left, right] = call.args.as_slice()
        {
            self.visit_comparison(part, left, right);
            self.visit_comparison(part, right, left);
        }
        call.target.iter().for_each(|target| self.visit(target));
        call.args.iter().for_each(|arg| self.visit(arg));
    }

    fn visit_comparison(&mut self, part: &IdedExpr, field: &IdedExpr, value: &IdedExpr) {
        let (Expr::Select(select), Expr::Literal(literal)) = (&field.expr, &value.expr) else {
            return;
        };
        let given = match literal {
            LiteralValue::Boolean(_) => Kind::Bool,
            LiteralValue::String(_) => Kind::Text,
            LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => Kind::Number,
            LiteralValue::Bytes(_) | LiteralValue::Null => return,
        };
        if let Some(kind) = field_kind(select)
            && kind != given
            && let Expr::Ident(record) = &select.operand.expr
        {
            let (kind, given, field) = (kind.name(), given.name(), &select.field);
            self.problem(part, format!("compares {record}.{field}, {kind}, with {given}"));
        }
    }
}

/// The activity types that can satisfy an expression, where its form tells: an equality or a
/// membership test of `activity.type`, alone or joined to more by `&&`.
pub(super) fn activity_types(part: &IdedExpr) -> Option<Vec<String>> {
    let Expr::Call(call) = &part.expr else { return None };
    let [left, right] = call.args.as_slice() else { return None };
    match call.func_name.as_str() {
        operators::LOGICAL_AND => activity_types(left).or_else(|| activity_types(right)),
        operators::EQUALS if is_type(left) => text(right).map(|value| vec![value]),
        operators::EQUALS if is_type(right) => text(left).map(|value| vec![value]),
        operators::IN if is_type(left) => match &right.expr {
            Expr::List(list) => list.elements.iter().map(text).collect(),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is nothing but a test of `activity.type` against given texts.
pub(super) fn is_type_test(part: &IdedExpr) -> bool {
    matches!(&part.expr, Expr::Call(call) if call.func_name != operators::LOGICAL_AND)
        && activity_types(part).is_some()
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
