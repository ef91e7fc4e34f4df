//! What is checked of a rule before it is ever asked: that it names fields and functions there
//! are, uses each as its type allows, is a condition, and is bounded in cost.

use std::fmt;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{ParseErrors, Program};

use super::Scope;
use super::pattern::{Pattern, PatternBudget};
use super::vocabulary::{
    ARITHMETIC, COMPARISONS, FUNCTIONS, Kind, LOGIC, METHODS, described, field_kind, kind_of,
};

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
