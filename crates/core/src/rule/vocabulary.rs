//! What rules can speak of: the fields of records and the functions, with their types, and the type
//! of what an expression answers.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};

use super::Scope;

/// The type of a field or of what an expression answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
    List,
    Attributes,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
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
pub(super) const METHODS: [(&str, &[Kind], Kind); 5] = [
    ("contains", &[Kind::Text], Kind::Bool),
    ("startsWith", &[Kind::Text], Kind::Bool),
    ("endsWith", &[Kind::Text], Kind::Bool),
    ("matches", &[Kind::Text], Kind::Bool),
    ("size", &[Kind::Text, Kind::List, Kind::Attributes], Kind::Number),
];

/// The other functions: what they answer.
pub(super) const FUNCTIONS: [(&str, Kind); 5] = [
    ("size", Kind::Number),
    ("int", Kind::Number),
    ("double", Kind::Number),
    ("string", Kind::Text),
    ("bool", Kind::Bool),
];

pub(super) const COMPARISONS: [&str; 6] = [
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
];
pub(super) const LOGIC: [&str; 4] = [
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::NOT_STRICTLY_FALSE,
];
pub(super) const ARITHMETIC: [&str; 6] = [
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
];

impl Scope {
    pub(super) const fn records(self) -> &'static [&'static str] {
        match self {
            Self::Activity => &["activity"],
            Self::Lead => &["lead", "account"],
            Self::Account => &["account"],
            Self::Handoff => &["handoff", "lead", "account"],
        }
    }
}

/// The type of what an expression answers, where its form tells.
pub(super) fn kind_of(part: &IdedExpr) -> Option<Kind> {
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
pub(super) fn field_kind(select: &SelectExpr) -> Option<Kind> {
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
pub(super) fn described(part: &IdedExpr, kind: Kind) -> String {
    fn path(part: &IdedExpr) -> Option<String> {
        match &part.expr {
            Expr::Ident(name) => Some(name.clone()),
            Expr::Select(select) => Some(format!("{}.{}", path(&select.operand)?, select.field)),
            _ => None,
        }
    }
    path(part).map_or(kind.name().to_owned(), |path| format!("{path}, {},", kind.name()))
}
