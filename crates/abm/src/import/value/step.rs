//! What is done to the text of a cell.

use anyhow::{Context, bail};

use super::{Decimal, host, html, json, slug};
use crate::import::map::{Mark, Transform};

/// One [`Transform`], ready to run.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Trim,
    Lower,
    Upper,
    Slug,
    Html,
    Number(Mark),
    Integer(Mark),
    Scale(Decimal, Mark),
    First(String),
    Host,
    Json(String),
}

impl Step {
    /// What the step makes of a text.
    ///
    /// # Errors
    /// What is wrong with the text, for a sentence that begins with its column.
    pub(super) fn apply(&self, text: String) -> Result<String, String> {
        let number = |mark| {
            Decimal::parse(&text, mark)
                .ok_or_else(|| "is not a number such as 1,556,000".to_owned())
        };
        let too_large = || "is too large a number".to_owned();
        match self {
            Self::Trim => Ok(text.trim().to_owned()),
            Self::Lower => Ok(text.to_lowercase()),
            Self::Upper => Ok(text.to_uppercase()),
            Self::Slug => Ok(slug(&text)),
            Self::Html => Ok(html::decode(&text)),
            Self::Number(mark) => Ok(number(*mark)?.to_string()),
            Self::Integer(mark) => Ok(number(*mark)?.rounded().ok_or_else(too_large)?.to_string()),
            Self::Scale(factor, mark) => {
                Ok(number(*mark)?.times(factor).ok_or_else(too_large)?.to_string())
            }
            Self::First(separator) => {
                let first = text.split(separator.as_str()).next().unwrap_or_default();
                Ok(first.trim().to_owned())
            }
            Self::Host => Ok(host(&text)),
            Self::Json(name) => json::get(&text, name),
        }
    }
}

/// Whether a transform reads a number.
pub(super) const fn is_numeric(transform: &Transform) -> bool {
    matches!(transform, Transform::Number | Transform::Integer | Transform::Scale(_))
}

/// Prepares transforms.
///
/// # Errors
/// When one of them lacks what it needs.
pub(super) fn steps(transforms: Vec<Transform>, mark: Mark) -> anyhow::Result<Vec<Step>> {
    // The first of them reads what people wrote, the others what the first one made of it.
    let mut mark = mark;
    let mut steps = Vec::new();
    for transform in transforms {
        let numeric = is_numeric(&transform);
        steps.push(match transform {
            Transform::Trim => Step::Trim,
            Transform::Lower => Step::Lower,
            Transform::Upper => Step::Upper,
            Transform::Slug => Step::Slug,
            Transform::Html => Step::Html,
            Transform::Number => Step::Number(mark),
            Transform::Integer => Step::Integer(mark),
            Transform::Scale(factor) => {
                let number = Decimal::parse(&factor, Mark::Point);
                let number = number.with_context(|| format!("`scale: {factor}` is no number"))?;
                Step::Scale(number, mark)
            }
            Transform::First(separator) if separator.is_empty() => {
                bail!("`first` needs a separator, for example `first: \";\"`")
            }
            Transform::First(separator) => Step::First(separator),
            Transform::Host => Step::Host,
            Transform::Json(name) => Step::Json(name),
        });
        if numeric {
            mark = Mark::Point;
        }
    }
    Ok(steps)
}
