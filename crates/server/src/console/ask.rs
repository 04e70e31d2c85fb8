//! The question before something is done that cannot be undone.

use super::frame::Frame;
use askama::Template;

/// A page that asks; the form on it is sent to the address of the page itself.
#[derive(Template)]
#[template(path = "console/ask.html")]
pub(super) struct Ask {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    /// What it is about.
    pub(super) subject: String,
    /// What will become of it, right after its name.
    pub(super) text: String,
    /// What doing it is called, and not doing it.
    pub(super) act: &'static str,
    pub(super) keep: &'static str,
    /// Where one comes from.
    pub(super) back: String,
}
