//! The activity types that a rule asks for, found in its expression: others need not be asked.

use std::collections::HashSet;

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

/// The activity types that can satisfy an expression, where its form tells: tests of
/// `activity.type` for equality or membership, joined by `||`, and to anything by `&&`.
pub(super) fn asked_for(part: &IdedExpr) -> Option<Vec<String>> {
    let Expr::Call(call) = &part.expr else { return None };
    let [left, right] = call.args.as_slice() else { return None };
    match call.func_name.as_str() {
        operators::LOGICAL_AND => match (asked_for(left), asked_for(right)) {
            (Some(one), Some(other)) => {
                Some(one.into_iter().filter(|kind| other.contains(kind)).collect())
            }
            (one, other) => one.or(other),
        },
        operators::LOGICAL_OR => {
            let (mut types, more) = (asked_for(left)?, asked_for(right)?);
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
        _ => asked_for(part).is_some(),
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
