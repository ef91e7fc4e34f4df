//! Numbers as people write them, without loss.

use std::fmt;

use crate::import::map::Mark;

/// A decimal number: `digits` divided by ten to the power of `decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i128,
    decimals: u32,
}

/// Most digits that are read: enough for any amount, few enough for exact products.
const DIGITS: usize = 18;

impl Decimal {
    /// Reads `1556000`, `1,556,000.50`, `$3.2`, `-0.0` or `1.5E+06`; with the other mark
    /// `1.556.000,50`. A group of thousands has exactly three digits, so that `1,5` is refused
    /// rather than read as 15.
    pub(crate) fn parse(text: &str, mark: Mark) -> Option<Self> {
        let (point, group) = match mark {
            Mark::Point => ('.', ','),
            Mark::Comma => (',', '.'),
        };
        let text = text.trim();
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let text = text.trim_start_matches(['$', '\u{20ac}', '\u{a3}']).trim();
        let (text, exponent) = match text.split_once(['e', 'E']) {
            Some((text, exponent)) => (text, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = text.split_once(point).unwrap_or((text, ""));
        let whole = ungrouped(whole, group)?;
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
            return None;
        }
        let decimals = decimals.trim_end_matches('0');
        let digits = format!("{whole}{decimals}");
        if digits.trim_start_matches('0').len() > DIGITS || exponent.abs() > 18 {
            return None;
        }
        let digits: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let shift = i32::try_from(decimals.len()).ok()? - exponent;
        let (digits, decimals) = match u32::try_from(shift) {
            Ok(decimals) => (digits, decimals),
            Err(_) => (digits.checked_mul(power(shift.unsigned_abs())?)?, 0),
        };
        Some(Self { digits: if negative { -digits } else { digits }, decimals })
    }

    /// The product, exact; `None` when it is too large.
    pub(crate) fn times(self, other: &Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self { digits, decimals: self.decimals.checked_add(other.decimals)? }.reduced())
    }

    /// The nearest whole number, halves away from zero; `None` when it is too large.
    pub(crate) fn rounded(self) -> Option<i64> {
        let unit = power(self.decimals)?;
        let half = unit / 2 * self.digits.signum();
        i64::try_from(self.digits.checked_add(half)? / unit).ok()
    }

    /// Without zeros at the end of the decimals.
    fn reduced(mut self) -> Self {
        while self.decimals > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.decimals -= 1;
        }
        self
    }
}

/// Takes out what groups thousands; `None` when the groups are not of three digits.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let is_group = |letter: char| letter == group || "' \u{a0}\u{202f}\u{2019}".contains(letter);
    let mut groups = whole.split(is_group);
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for part in groups {
        if part.len() != 3 || !(1..=3).contains(&first.len()) {
            return None;
        }
        digits.push_str(part);
    }
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Plain: digits, and a point where there are decimals.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { digits, decimals } = self.reduced();
        let sign = if digits < 0 { "-" } else { "" };
        let places = decimals as usize;
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = text.split_at_checked(text.len() - places).unwrap_or((&text, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str, mark: Mark) -> Option<String> {
        Decimal::parse(text, mark).map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("1556000", "1556000"),
            ("1,556,000", "1556000"),
            ("0.0", "0"),
            ("-0.50", "-0.5"),
            ("$3,362.10", "3362.1"),
            ("1.5E+06", "1500000"),
            ("2e-2", "0.02"),
            ("1 556 000", "1556000"),
            ("1'556'000", "1556000"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text, Mark::Point).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(plain("1.556.000,5", Mark::Comma).as_deref(), Some("1556000.5"));
    }

    #[test]
    fn what_may_be_read_in_two_ways_is_refused() {
        for bad in
            ["", "-", ".", "1,5", "1,5560", "1556,000", ",5", "5M", "1-5", "0x10", "NaN", "1.2.3"]
        {
            assert_eq!(plain(bad, Mark::Point), None, "{bad}");
        }
        assert_eq!(plain("1.5", Mark::Comma), None);
        assert_eq!(plain("12345678901234567890", Mark::Point), None);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let rounded = |text| Decimal::parse(text, Mark::Point).unwrap().rounded();
        assert_eq!(rounded("2.5"), Some(3));
        assert_eq!(rounded("-2.5"), Some(-3));
        assert_eq!(rounded("2.49"), Some(2));
        assert_eq!(rounded("0.04"), Some(0));
    }

    proptest! {
        #[test]
        fn a_number_survives_being_shown(digits in -1_000_000_000_000_i64.., decimals in 0_u32..6) {
            let digits = i128::from(digits % 1_000_000_000_000);
            let number = Decimal { digits, decimals };
            let again = Decimal::parse(&number.to_string(), Mark::Point).unwrap();
            prop_assert_eq!(again.reduced(), number.reduced());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            if let Some(number) = Decimal::parse(&text, Mark::Comma) {
                let _ = (number.rounded(), number.times(&number), number.to_string());
            }
        }
    }
}
