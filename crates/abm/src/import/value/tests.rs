use super::*;
use crate::import::map::Field;

struct Columns(&'static [&'static str]);

impl Places for Columns {
    fn place(&mut self, column: &str, optional: bool) -> anyhow::Result<Option<usize>> {
        let place = self.0.iter().position(|name| *name == column);
        assert!(place.is_some() || optional, "{column}");
        Ok(place)
    }
}

fn value(yaml: &str, columns: &'static [&'static str]) -> anyhow::Result<Value> {
    let field = serde_saphyr::from_str::<Field>(yaml).unwrap();
    let nothing = ["NULL".to_owned()];
    Value::new(field.into_spec(), &nothing, Mark::Point, false, &mut Columns(columns))
}

fn read(yaml: &str, cells: &[&str]) -> Result<String, String> {
    let row: Vec<String> = cells.iter().map(|&cell| cell.to_owned()).collect();
    value(yaml, &["a", "b", "c"]).unwrap().read(&row)
}

fn text(yaml: &str, cells: &[&str]) -> String {
    read(yaml, cells).unwrap()
}

#[test]
fn a_value_comes_from_a_column_several_a_constant_or_a_template() {
    assert_eq!(text("b", &["1", "2"]), "2");
    assert_eq!(text("{columns: [a, b, c]}", &["", "NULL", "3"]), "3");
    assert_eq!(text("{const: USA}", &[]), "USA");
    assert_eq!(text("{template: '{a}@{b}'}", &["ada", "x.com"]), "ada@x.com");
    assert_eq!(text("{template: '{a}@{b}'}", &["ada", ""]), "", "half an address is none");
    assert_eq!(text("{template: '{{{a}}}'}", &["x"]), "{x}");
    assert_eq!(text("{columns: [a, away], optional: true}", &["", ""]), "");
    assert_eq!(text("{template: '{a}{away}', optional: true}", &["x"]), "");
}

#[test]
fn what_means_nothing_is_stated_for_all_fields_or_for_one() {
    assert_eq!(text("a", &["NULL"]), "");
    assert_eq!(text("{column: a, empty_as: [Select, '0']}", &["NULL"]), "NULL");
    assert_eq!(text("{column: a, empty_as: [Select, '0']}", &["0"]), "");
}

#[test]
fn steps_run_in_order_and_values_come_last() {
    assert_eq!(text("{column: a, transform: [html, slug]}", &["AT&amp;T"]), "at-t");
    assert_eq!(text("{column: a, transform: [{first: ';'}, upper]}", &["ab ; cd"]), "AB");
    assert_eq!(text("{column: a, transform: [{scale: 1000000}]}", &["3,362.1"]), "3362100000");
    assert_eq!(text("{column: a, transform: [{scale: 0.01}, integer]}", &["250"]), "3");
    assert_eq!(text("{column: a, transform: [host]}", &["https://www.IBM.com/x"]), "ibm.com");
    let stages = "{column: a, values: {MarketingQualifiedLead: mql}, otherwise: other}";
    assert_eq!(text(stages, &["marketingqualifiedlead"]), "mql");
    assert_eq!(text(stages, &["1452450030"]), "other");
    assert_eq!(text(stages, &[""]), "", "nothing stays nothing");
    assert_eq!(text("{column: a, values: {x: y}}", &["z"]), "z");
    assert_eq!(text("{column: a, values: {x: y}, default: d}", &["NULL"]), "d");
}

#[test]
fn what_is_no_number_is_told_with_its_column() {
    let error = read("{column: a, transform: [number]}", &["many"]).unwrap_err();
    assert_eq!(error, "column `a` is not a number such as 1,556,000");
}

#[test]
fn a_digest_is_an_id_and_depends_on_every_cell() {
    let hash = |cells: &[&str]| text("{hash_of: [a, b, c]}", cells);
    let id = hash(&["x", "yz", "2"]);
    assert_eq!(id.len(), 32);
    assert_eq!(id, hash(&["x", "yz", "2"]));
    for other in [["x", "yz", "3"], ["xy", "z", "2"], ["x", "", "yz2"]] {
        assert_ne!(id, hash(&other));
    }
    assert_eq!(hash(&["", "NULL", ""]), "", "no content, no id");
}

#[test]
fn parts_that_contradict_each_other_are_refused() {
    for bad in [
        "{}",
        "{column: a, const: b}",
        "{columns: []}",
        "{column: a, otherwise: x}",
        "{column: a, transform: [{first: ''}]}",
        "{column: a, transform: [{scale: much}]}",
        "{template: 'a}b'}",
    ] {
        assert!(value(bad, &["a"]).is_err(), "{bad}");
    }
}
