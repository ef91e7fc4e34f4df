//! Patterns of `matches`: compiled with their rule, once, instead of each time it is asked.

use std::any::Any;

use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use cel::common::types::{CelBool, CelString, Type};
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env};
use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled pattern takes: bounds the cost of looking for it.
const PATTERN_BYTES: usize = 64 * 1_024;

/// Most patterns of all rules of one file, and most bytes that they are written in: each costs
/// time and memory, whatever rule it is of.
const PATTERNS: usize = 1_000;
const SOURCES_BYTES: usize = 128 * 1_024;

/// What the patterns of a file have cost so far, counted before any is compiled.
#[derive(Debug, Default)]
pub(crate) struct PatternBudget {
    patterns: usize,
    bytes: usize,
}

impl PatternBudget {
    /// Takes a pattern into account.
    ///
    /// # Errors
    /// What is to be told of it when it is one too many.
    pub(crate) fn spend(&mut self, source: &str) -> Result<(), String> {
        self.patterns += 1;
        self.bytes = self.bytes.saturating_add(source.len());
        if self.patterns <= PATTERNS && self.bytes <= SOURCES_BYTES {
            return Ok(());
        }
        Err(format!(
            "is too costly: all patterns together are more than {PATTERNS}, or longer than \
             {SOURCES_BYTES} bytes"
        ))
    }
}

/// The name that `x.matches("...")` is called by once its pattern is compiled; no expression
/// can be written that calls it.
const MATCHES: &str = "@matches";

static PATTERN: Type = Type::new_unspecified_type("pattern");

/// A compiled pattern, as a value of expressions.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    pub(super) fn new(source: &str) -> Result<Self, regex::Error> {
        RegexBuilder::new(source).size_limit(PATTERN_BYTES).build().map(Self)
    }
}

impl Val for Pattern {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        &PATTERN
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Pattern {}

fn matches(text: &CelString<'_>, pattern: &Pattern) -> CelBool {
    pattern.0.is_match(text.inner()).into()
}

/// Makes compiled patterns known to expressions.
pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    cel::add_member_overload!(env, fn matches: (CelString, Pattern) -> CelBool, name = MATCHES)
}

/// Puts a name in place of each pattern of an expression: that of its position among those
/// taken out.
pub(super) fn take_out(part: &mut IdedExpr, patterns: &mut Vec<Pattern>) {
    match &mut part.expr {
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| take_out(target, patterns));
            call.args.iter_mut().for_each(|arg| take_out(arg, patterns));
            if call.func_name == "matches"
                && let [IdedExpr { expr, .. }] = call.args.as_mut_slice()
                && let Expr::Literal(LiteralValue::String(source)) = expr
                && let Ok(pattern) = Pattern::new(source)
            {
                *expr = Expr::Ident(format!("@{}", patterns.len()));
                call.func_name = MATCHES.to_owned();
                patterns.push(pattern);
            }
        }
        Expr::Select(select) => take_out(&mut select.operand, patterns),
        Expr::List(list) => list.elements.iter_mut().for_each(|part| take_out(part, patterns)),
        Expr::Comprehension(inner) => {
            for part in [
                &mut inner.iter_range,
                &mut inner.accu_init,
                &mut inner.loop_cond,
                &mut inner.loop_step,
                &mut inner.result,
            ] {
                take_out(part, patterns);
            }
        }
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Map(_) | Expr::Struct(_) => {}
    }
}

/// The pattern that a name stands for.
pub(super) fn named<'a>(name: &str, patterns: &'a [Pattern]) -> Option<&'a Pattern> {
    patterns.get(name.strip_prefix('@')?.parse::<usize>().ok()?)
}
