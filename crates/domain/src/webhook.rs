//! The webhook catalogue, and the pure parts of delivery: retry schedule, signature input.
