//! What an OFX server answers, besides statements.
