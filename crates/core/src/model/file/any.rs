//! Random model files, valid or not, for properties that hold for each.

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::yaml::any::{few, text};

type Any<T> = BoxedStrategy<T>;

/// Any model file whose figures are finite, and whose percentages and counts fit 32 bits.
pub fn any_file() -> Any<ModelFile> {
    let meaning = (
        text(),
        engagement(),
        prop::collection::btree_map(text(), figure().prop_map(|cap| GroupFile { cap }), 0..3),
        few(signal()),
        few(pattern()),
        (few(text()), figure()).prop_map(|(of, gap_minutes)| VisitsFile { of, gap_minutes }),
        (percent(), few(title_rule()))
            .prop_map(|(least_confidence, rules)| TitlesFile { least_confidence, rules }),
    );
    let fit = (few(fit_rule()), account_fit(), few(exclusion()), few(exclusion()), rollup());
    let bars = (
        grades(),
        few(tier()),
        few(any::<u8>().boxed()),
        prop_oneof![Just(ModelFile::HOLD_DAYS), figure()],
        of(bar()),
        of(mql()),
        few(segment()),
        (figure(), count()).prop_map(|(days, activities)| PhasesFile { days, activities }),
        (of(any::<u32>()), of(any::<u32>())).prop_map(|(priority_accounts, leads_per_week)| {
            CapacityFile { priority_accounts, leads_per_week }
        }),
    );
    (meaning, fit, bars)
        .prop_map(|(meaning, fit, bars)| {
            let (name, engagement, groups, signals, patterns, visits, titles) = meaning;
            let (lead_fit, account_fit, exclusions, lead_exclusions, rollup) = fit;
            let (grades, tiers, priority_tiers, hold_days, mqa, mql, segments, phases, capacity) =
                bars;
            ModelFile {
                name,
                engagement,
                groups,
                signals,
                patterns,
                visits,
                titles,
                lead_fit,
                account_fit,
                exclusions,
                lead_exclusions,
                rollup,
                grades,
                tiers,
                priority_tiers,
                hold_days,
                mqa,
                mql,
                segments,
                phases,
                capacity,
            }
        })
        .boxed()
}

/// A finite figure; whole ones, tiny ones and huge ones among them.
fn figure() -> Any<f64> {
    let any = any::<f64>().prop_filter("finite", |figure| figure.is_finite());
    prop_oneof![(-10_000..10_000_i32).prop_map(f64::from), -100.0..100.0, any].boxed()
}

fn percent() -> Any<i64> {
    prop_oneof![0..=100_i64, any::<i32>().prop_map(i64::from)].boxed()
}

fn count() -> Any<usize> {
    prop_oneof![0..100_usize, any::<u32>().prop_map(|count| count as usize)].boxed()
}

fn roles() -> Any<Vec<BuyingRole>> {
    few(role())
}

fn role() -> Any<BuyingRole> {
    select(BuyingRole::ALL).boxed()
}

fn seniority() -> Any<Seniority> {
    select(Seniority::ALL).boxed()
}

fn engagement() -> Any<EngagementFile> {
    let any = (figure(), count(), figure(), figure(), percent()).prop_map(
        |(half_life_days, daily_cap, half_points, look_back_days, engaged_floor)| EngagementFile {
            half_life_days,
            daily_cap,
            half_points,
            look_back_days,
            engaged_floor,
        },
    );
    prop_oneof![Just(EngagementFile::default()), any].boxed()
}

fn signal() -> Any<SignalFile> {
    let own = (of(figure()), of(count()), of(text()));
    let marks = (any::<bool>(), any::<bool>(), select(Shows::ALL), of(select(Phase::ALL)));
    (text(), text(), figure(), own, marks)
        .prop_map(|(name, when, points, own, (ignore, hand_raiser, shows, phase))| {
            let (half_life_days, daily_cap, group) = own;
            SignalFile {
                name,
                when,
                points,
                half_life_days,
                daily_cap,
                group,
                ignore,
                hand_raiser,
                shows,
                phase,
            }
        })
        .boxed()
}

fn pattern() -> Any<PatternFile> {
    let part = (few(text()), count()).prop_map(|(of, at_least)| PartFile { of, at_least });
    let span = (any::<u64>(), of(any::<u64>())).prop_map(|(from, to)| VisitSpanFile { from, to });
    let when = (few(part.boxed()), of(figure()), of(span));
    (text(), when, signal())
        .prop_map(|(name, (all, within_days, visits), worth)| PatternFile {
            name,
            all,
            within_days,
            visits,
            points: worth.points,
            half_life_days: worth.half_life_days,
            daily_cap: worth.daily_cap,
            group: worth.group,
            hand_raiser: worth.hand_raiser,
            shows: worth.shows,
            phase: worth.phase,
        })
        .boxed()
}

fn title_rule() -> Any<TitleRuleFile> {
    (text(), text(), of(seniority()), of(role()), percent())
        .prop_map(|(name, matches, seniority, buying_role, confidence)| TitleRuleFile {
            name,
            matches,
            seniority,
            buying_role,
            confidence,
        })
        .boxed()
}

fn fit_rule() -> Any<FitRuleFile> {
    (text(), text(), any::<i32>())
        .prop_map(|(name, when, points)| FitRuleFile { name, when, points })
        .boxed()
}

fn account_fit() -> Any<AccountFitFile> {
    (few(fit_rule()), percent(), count(), percent(), roles())
        .prop_map(|(rules, people_percent, top_people, roles_percent, required_roles)| {
            AccountFitFile { rules, people_percent, top_people, roles_percent, required_roles }
        })
        .boxed()
}

fn exclusion() -> Any<ExclusionFile> {
    (text(), text()).prop_map(|(name, when)| ExclusionFile { name, when }).boxed()
}

fn rollup() -> Any<RollupFile> {
    use Operator::{Champion, Max, Mean, Median, SaturatingSum, TopKMean};
    let operator = select(vec![SaturatingSum, Max, Mean, Median, TopKMean, Champion]);
    let seniorities = prop::collection::btree_map(seniority(), any::<u32>(), 0..5);
    let roles = prop::collection::btree_map(role(), any::<u32>(), 0..5);
    (operator, figure(), count(), seniorities, roles, any::<u32>())
        .prop_map(|(operator, half_points, top, seniorities, roles, visitor)| RollupFile {
            operator,
            half_points,
            top,
            seniority_percent: seniorities,
            buying_role_percent: roles,
            unknown_visitor_percent: visitor,
        })
        .boxed()
}

fn grades() -> Any<GradesFile> {
    let fit = (percent(), percent(), percent()).prop_map(|(a, b, c)| FitGradesFile { a, b, c });
    let fit = prop_oneof![Just(FitGradesFile::default()), fit];
    let digits =
        (percent(), percent()).prop_map(|(high, medium)| EngagementGradesFile { high, medium });
    let digits = prop_oneof![Just(EngagementGradesFile::default()), digits];
    (fit, digits).prop_map(|(fit, engagement)| GradesFile { fit, engagement }).boxed()
}

fn tier() -> Any<TierFile> {
    (any::<u8>(), bar())
        .prop_map(|(tier, bar)| {
            let BarFile { fit, engagement, engaged_people, roles } = bar;
            TierFile { tier, fit, engagement, engaged_people, roles }
        })
        .boxed()
}

fn bar() -> Any<BarFile> {
    (percent(), percent(), any::<u32>(), roles())
        .prop_map(|(fit, engagement, engaged_people, roles)| BarFile {
            fit,
            engagement,
            engaged_people,
            roles,
        })
        .boxed()
}

fn mql() -> Any<MqlFile> {
    (percent(), percent()).prop_map(|(fit, engagement)| MqlFile { fit, engagement }).boxed()
}

fn segment() -> Any<SegmentFile> {
    let tiers = of(few(tier()));
    (text(), text(), tiers, of(few(any::<u8>().boxed())), of(bar()), of(mql()))
        .prop_map(|(name, when, tiers, priority_tiers, mqa, mql)| SegmentFile {
            name,
            when,
            tiers,
            priority_tiers,
            mqa,
            mql,
        })
        .boxed()
}
