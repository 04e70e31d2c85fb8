//! The cage and its way out, on this machine as it is.

mod cage;
