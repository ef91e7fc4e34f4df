use Seniority::{CLevel, Director, Manager, Other, Vp};

use super::*;
use crate::model;

#[test]
fn titles_of_real_life_are_read_as_people_read_them() {
    let model = model::parse(model::DEFAULT_FILE).expect("valid");
    let cases = [
        ("CEO", Some(CLevel)),
        ("Chief Executive Officer", Some(CLevel)),
        ("Co-Founder & CEO", Some(CLevel)),
        ("Founder/CTO", Some(CLevel)),
        ("CTO, EMEA", Some(CLevel)),
        ("Deputy CIO", Some(CLevel)),
        ("Chief Financial Officer", Some(CLevel)),
        ("Vice President and CFO", Some(CLevel)),
        ("Chief Human Resources Officer", Some(CLevel)),
        ("President", Some(CLevel)),
        ("Owner", Some(CLevel)),
        ("Managing Director", Some(CLevel)),
        ("Vice President", Some(Vp)),
        ("Vice-President Sales", Some(Vp)),
        ("VP Marketing", Some(Vp)),
        ("SVP, Operations", Some(Vp)),
        ("EVP Global Sales", Some(Vp)),
        ("Senior Vice President of Engineering", Some(Vp)),
        ("General Manager", Some(Vp)),
        ("Assistant Vice President", Some(Manager)),
        ("Head of Purchasing", Some(Director)),
        ("Global Head of IT", Some(Director)),
        ("Director", Some(Director)),
        ("Sr. Director, Product Marketing", Some(Director)),
        ("Director, Office of the CTO", Some(Director)),
        ("Chief of Staff to the CEO", Some(Director)),
        ("Student Affairs Director", Some(Director)),
        ("Assistant Director", Some(Director)),
        ("Marketing Manager", Some(Manager)),
        ("Assistant Manager", Some(Manager)),
        ("IT Manager", Some(Manager)),
        ("Engineering Team Lead", Some(Manager)),
        ("Internal Audit Manager", Some(Manager)),
        ("International Sales Manager", Some(Manager)),
        ("Assistant to the CEO", Some(Other)),
        ("Executive Assistant to the CFO", Some(Other)),
        ("Executive Assistant", Some(Other)),
        ("EA to VP Sales", Some(Other)),
        ("Account Manager", Some(Other)),
        ("Senior Product Manager", Some(Other)),
        ("Key Account Manager", Some(Other)),
        ("Product Owner", Some(Other)),
        ("Art Director", Some(Other)),
        ("Intern", Some(Other)),
        ("Marketing Intern", Some(Other)),
        ("PhD Student", Some(Other)),
        ("Former CEO", Some(Other)),
        ("Software Engineer", Some(Other)),
        ("Lead Generation Specialist", Some(Other)),
        ("Strategist", None),
        ("", None),
    ];
    for (title, expected) in cases {
        let lead = LeadProfile { title: title.to_owned(), ..LeadProfile::default() };
        let found = model.titles.read(&lead).seniority.map(|known| known.value);
        assert_eq!(found, expected, "{title}");
    }
    for (title, expected) in [
        ("CFO", Some(BuyingRole::EconomicBuyer)),
        ("Chief Information Officer", Some(BuyingRole::DecisionMaker)),
        ("Head of Procurement", Some(BuyingRole::EconomicBuyer)),
        ("VP Sales", Some(BuyingRole::DecisionMaker)),
        ("Enterprise Architect", Some(BuyingRole::TechnicalBuyer)),
        ("Director of IT", Some(BuyingRole::TechnicalBuyer)),
        ("Developer", Some(BuyingRole::EndUser)),
        ("Assistant to the CEO", None),
        ("Marketing Director", None),
    ] {
        let lead = LeadProfile { title: title.to_owned(), ..LeadProfile::default() };
        let found = model.titles.read(&lead).buying_role.map(|known| known.value);
        assert_eq!(found, expected, "{title}");
    }
}

#[test]
fn what_a_caller_sent_is_never_read_anew() {
    let model = model::parse(model::DEFAULT_FILE).expect("valid");
    let lead =
        LeadProfile { title: "CEO".into(), seniority: Some(Manager), ..LeadProfile::default() };
    let found = model.titles.read(&lead);
    assert_eq!(found.seniority, Some(Known::given(Manager)));
    let role = Known { value: BuyingRole::DecisionMaker, source: Source::Title { confidence: 95 } };
    assert_eq!(found.buying_role, Some(role));
}

#[test]
fn each_thing_is_told_by_the_first_rule_that_is_sure_enough() {
    let file = "
name: titles
titles:
  least_confidence: 50
  rules:
    - {name: a, matches: head, seniority: vp, confidence: 49}
    - {name: b, matches: head, buying_role: champion, confidence: 50}
    - {name: c, matches: HEAD, seniority: director, buying_role: blocker, confidence: 100}
";
    let model = model::parse(file).expect("valid");
    let lead = LeadProfile { title: "The Head".into(), ..LeadProfile::default() };
    let found = model.titles.read(&lead);
    let sure = |confidence| Source::Title { confidence };
    assert_eq!(found.seniority, Some(Known { value: Director, source: sure(100) }));
    assert_eq!(found.buying_role, Some(Known { value: BuyingRole::Champion, source: sure(50) }));
}
