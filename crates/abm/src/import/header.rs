//! The columns of a file by their names.

use anyhow::bail;

/// The columns of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    names: Vec<String>,
}

/// Most columns that a message lists.
const LISTED: usize = 60;

impl Header {
    /// Takes the first row of a file, or the names that the map gives.
    ///
    /// # Errors
    /// When there is no column with a name.
    pub(crate) fn new(names: Vec<String>) -> anyhow::Result<Self> {
        let names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        if names.iter().all(String::is_empty) {
            bail!("the file has no header: its first row names no column");
        }
        Ok(Self { names })
    }

    /// The names as they stand in the file, from left to right.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns after the last one with a name: a header that ends in a comma has one.
    fn unnamed_at_end(&self) -> usize {
        self.names.iter().rev().take_while(|name| name.is_empty()).count()
    }

    /// Whether a row of this many cells fits; cells beyond the header count only when filled.
    pub(crate) fn fits(&self, cells: &[String]) -> bool {
        let least = self.names.len() - self.unnamed_at_end();
        cells.len() >= least && cells.iter().skip(self.names.len()).all(String::is_empty)
    }

    /// The place of a column; `None` when the file has none of that name.
    ///
    /// # Errors
    /// When several columns have the name.
    pub(crate) fn find(&self, name: &str) -> anyhow::Result<Option<usize>> {
        let mut places = self.names.iter().enumerate().filter(|(_, n)| *n == name.trim());
        let found = places.next().map(|(place, _)| place);
        if places.next().is_some() {
            bail!("the file has several columns named `{name}`");
        }
        Ok(found)
    }

    /// What to say about columns that the file does not have.
    pub(crate) fn unknown(&self, names: &[String]) -> String {
        let known: Vec<&str> =
            self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let told = names.iter().map(|name| match close_to(name, &known).as_slice() {
            [] => format!("unknown column `{name}`"),
            near => format!("unknown column `{name}` (did you mean {}?)", near.join(" or ")),
        });
        let told = told.collect::<Vec<_>>().join(", ");
        let list = known.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        let more = match known.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{told}, the file has: {list}{more}")
    }
}

/// The names that somebody who wrote `name` may have meant, the nearest first, at most three.
pub(crate) fn close_to(name: &str, known: &[&str]) -> Vec<String> {
    let plain = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|known| (distance(&wanted, &plain(known)), *known))
        .filter(|(distance, _)| *distance <= 2.min(wanted.len() / 2))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, name)| format!("`{name}`")).collect()
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (right, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let change = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = change.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::new(names.iter().map(|&name| name.to_owned()).collect()).unwrap()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn an_unknown_column_is_told_with_what_there_is() {
        let header = header(&["Company", "num. of employees", "Web site", ""]);
        assert_eq!(
            header.unknown(&["website".to_owned()]),
            "unknown column `website` (did you mean `Web site`?), \
             the file has: Company, num. of employees, Web site"
        );
        assert_eq!(close_to("compnay", &["company", "x"]), ["`company`"]);
        assert!(close_to("sector", &["company", "city"]).is_empty());
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_only_when_it_is_used() {
        let header = header(&["id", "name", "name"]);
        assert_eq!(header.find("id").unwrap(), Some(0));
        assert_eq!(header.find("other").unwrap(), None);
        assert!(header.find("name").unwrap_err().to_string().contains("several columns"));
    }

    #[test]
    fn cells_without_a_name_may_be_there_or_not() {
        let header = header(&["a", "b", ""]);
        assert!(header.fits(&cells(&["1", "2"])));
        assert!(header.fits(&cells(&["1", "2", "3"])));
        assert!(header.fits(&cells(&["1", "2", "3", "", ""])));
        assert!(!header.fits(&cells(&["1", "2", "3", "4"])));
        assert!(!header.fits(&cells(&["1"])));
    }

    #[test]
    fn the_distance_counts_single_changes() {
        let distance = |a: &str, b: &str| {
            super::distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        for (a, b, expected) in
            [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ab", 0)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
