//! Accounts: soon.
