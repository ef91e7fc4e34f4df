use abm_core::model::file::{ModelFile, any_file};
use abm_core::model::{DEFAULT_FILE, read_file, write};
use abm_proto::v1;
use proptest::prelude::*;
use prost::Message;

use super::{from_proto, to_proto};

/// The file with each field that may be written in two ways written in the other one.
fn otherwise(mut file: ModelFile) -> ModelFile {
    for signal in &mut file.signals {
        signal.points = if signal.points == 0.0 { -0.0 } else { signal.points };
    }
    file.hold_days = if file.hold_days == 0.0 { -0.0 } else { file.hold_days };
    file
}

proptest! {
    #[test]
    fn a_spec_says_what_its_file_says(file in any_file()) {
        let (read, found) = from_proto(to_proto(file.clone()));
        prop_assert_eq!((read, found), (file, Vec::new()));
    }

    /// Through bytes and through canonical files, there and back.
    #[test]
    fn equal_models_have_specs_of_equal_bytes(file in any_file()) {
        let bytes = to_proto(file.clone()).encode_to_vec();
        let (read, _) = from_proto(v1::ModelSpec::decode(bytes.as_slice()).unwrap());
        prop_assert_eq!(&to_proto(read).encode_to_vec(), &bytes);
        let read = read_file(&write(&file)).unwrap();
        prop_assert_eq!(&to_proto(read).encode_to_vec(), &bytes);
        prop_assert_eq!(&to_proto(otherwise(file)).encode_to_vec(), &bytes);
    }
}

#[test]
fn what_is_left_out_has_the_default_of_a_file() {
    let spec = v1::ModelSpec {
        name: "small".into(),
        engagement: Some(v1::EngagementSpec { half_points: Some(7.0), ..Default::default() }),
        patterns: vec![v1::PatternSpec {
            name: "twice".into(),
            all: vec![v1::PartSpec { of: vec!["a".into()], at_least: None }],
            visits: Some(v1::VisitSpanSpec::default()),
            ..Default::default()
        }],
        titles: Some(v1::TitlesSpec::default()),
        account_fit: Some(v1::AccountFitSpec::default()),
        rollup: Some(v1::RollupSpec::default()),
        grades: Some(v1::GradesSpec::default()),
        phases: Some(v1::PhasesSpec::default()),
        ..Default::default()
    };
    let file = "{name: small, engagement: {half_points: 7},
        patterns: [{name: twice, all: [{of: [a]}], visits: {}}]}";
    assert_eq!(from_proto(spec), (read_file(file).unwrap(), Vec::new()));
    let only_name = v1::ModelSpec { name: "x".into(), ..Default::default() };
    assert_eq!(from_proto(only_name).0, read_file("name: x").unwrap());
}

#[test]
fn what_no_file_can_say_is_told_by_its_path() {
    let mut spec = to_proto(read_file(DEFAULT_FILE).unwrap());
    spec.signals[2].shows = 9;
    spec.signals[3].phase = -1;
    spec.tiers[1].tier = 300;
    spec.tiers[0].roles = vec![1, 0];
    spec.groups.push(spec.groups[0].clone());
    let rollup = spec.rollup.get_or_insert_default();
    rollup.seniority_percent.push(rollup.seniority_percent[0]);
    rollup.buying_role_percent.push(v1::BuyingRoleWeight { buying_role: 0, percent: 9 });
    let (_, found) = from_proto(spec);
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    let expected = [
        "groups",
        "signals[2].shows",
        "signals[3].phase",
        "rollup.seniority_percent",
        "rollup.buying_role_percent",
        "tiers[0].roles[1]",
        "tiers[1].tier",
    ];
    assert_eq!(paths, expected, "{found:?}");
}
