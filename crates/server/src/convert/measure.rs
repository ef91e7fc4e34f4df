//! How good a score was.

use abm_learn::measure::{AtCapacity, Bin, Estimate, Slice};
use abm_learn::{Measures, Verdict};
use abm_proto::v1;

pub(crate) fn to_proto(measures: &Measures) -> v1::ScoreMeasures {
    v1::ScoreMeasures {
        rows: count(measures.rows),
        positives: count(measures.positives),
        base_rate: measures.base_rate,
        auc: measures.auc.map(estimate),
        top_tenth_lift: measures.top_tenth_lift.map(estimate),
        deciles: measures.deciles.iter().map(slice).collect(),
        at_capacity: measures.capacity.as_ref().map(at_capacity),
        bins: measures.bins.iter().map(bin).collect(),
        brier: measures.brier.map(estimate),
        brier_of_base_rate: measures.brier_of_base_rate,
        verdict: verdict(measures.verdict).into(),
        verdict_text: measures.verdict.to_string(),
    }
}

pub(super) fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

pub(super) fn estimate(Estimate { value, interval }: Estimate) -> v1::Estimate {
    v1::Estimate { value, low: interval.low, high: interval.high }
}

fn slice(slice: &Slice) -> v1::ScoreSlice {
    v1::ScoreSlice {
        highest_score: slice.highest,
        lowest_score: slice.lowest,
        rows: slice.rows,
        positives: slice.positives,
        lift: slice.lift,
        captured_so_far: slice.captured_so_far,
    }
}

fn at_capacity(found: &AtCapacity) -> v1::ScoreAtCapacity {
    v1::ScoreAtCapacity {
        rows: count(found.rows),
        precision: found.precision.map(estimate),
        recall: found.recall,
        score: found.score,
    }
}

fn bin(bin: &Bin) -> v1::ScoreBin {
    v1::ScoreBin {
        lowest_score: bin.lowest,
        highest_score: bin.highest,
        rows: count(bin.rows),
        positives: count(bin.positives),
        rate: bin.rate,
    }
}

pub(super) fn verdict(verdict: Verdict) -> v1::ScoreVerdict {
    match verdict {
        Verdict::TooFew => v1::ScoreVerdict::TooFew,
        Verdict::WorseThanChance => v1::ScoreVerdict::WorseThanChance,
        Verdict::NoSignal => v1::ScoreVerdict::NoSignal,
        Verdict::Weak => v1::ScoreVerdict::Weak,
        Verdict::Fair => v1::ScoreVerdict::Fair,
        Verdict::Good => v1::ScoreVerdict::Good,
        Verdict::Strong => v1::ScoreVerdict::Strong,
        Verdict::TooGood => v1::ScoreVerdict::TooGood,
    }
}
