use proptest::prelude::*;

use super::write;
use crate::model::file::any_file;
use crate::model::{DEFAULT_FILE, parse, read_file};

proptest! {
    /// Nothing is lost, and what is canonical is written as it is.
    #[test]
    fn what_is_written_is_read_as_it_was(file in any_file()) {
        let written = write(&file);
        let read = read_file(&written);
        prop_assert_eq!(read.as_ref(), Ok(&file), "{}", &written);
        prop_assert_eq!(read.map(|read| write(&read)), Ok(written));
    }
}

#[test]
fn the_default_model_is_the_same_model_in_canonical_form() {
    let file = read_file(DEFAULT_FILE).unwrap();
    let written = write(&file);
    assert_eq!(read_file(&written).unwrap(), file);
    let (model, again) = (parse(DEFAULT_FILE).unwrap(), parse(&written).unwrap());
    assert_eq!(model.matching_fingerprint(), again.matching_fingerprint());
    // Every figure of `engagement` is as it is without it.
    assert!(!written.contains("engagement:\n  half"), "{written}");
}

#[test]
fn a_canonical_file_is_readable() {
    let file = r#"{hold_days: 14, tiers: [{roles: [champion], tier: 1, fit: 70}], name: small,
        signals: [{points: 1.5, when: "activity.type == \"visit: 1\"", name: 'no', shows: interest}],
        groups: {web: {cap: 12.0}}, visits: {of: ['no'], gap_minutes: 30},
        lead_fit: [{name: all, when: 'lead.title != ""', points: -5}]}"#;
    let expected = r#"name: small
groups:
  web:
    cap: 12
signals:
  - name: "no"
    when: "activity.type == \"visit: 1\""
    points: 1.5
visits:
  of: ["no"]
lead_fit:
  - name: all
    when: lead.title != ""
    points: -5
tiers:
  - tier: 1
    fit: 70
    roles: [champion]
"#;
    assert_eq!(write(&read_file(file).unwrap()), expected);
}
