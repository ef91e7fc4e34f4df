//! What sales wants to know of a lead before it calls it qualified.

use crate::named::named;

named!(
    /// What sales wants to know of a lead before it calls it qualified: the four of the customary
    /// scheme named BANT.
    Criterion {
        /// There is money for it.
        Budget = "budget",
        /// The person can decide, or brings us to who can.
        Authority = "authority",
        /// They have the problem that we solve.
        Need = "need",
        /// They want it solved within a time worth waiting for.
        Timing = "timing",
    }
);
