//! What was done, said once, on the next page that is shown. It goes there in a cookie of its own, which
//! that page takes away: an address would say it again to everybody who comes back to it.

use super::visitor::{cookie, said_in_cookie};
use crate::origin::Origin;
use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
};

/// The name of the cookie.
const COOKIE: &str = "vinculo_console_note";
/// For how long a note waits for a page.
const KEPT: &str = "60";

/// What was done, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note(&'static (&'static str, &'static str));

/// What did not come to be done.
const ENDED: &str = "ended";

/// Acts that lead to a page, and what it says of them.
static ACTS: [(&str, &str); 19] = [
    (ENDED, "Your sign-in had ended, and nothing was done. Sign in, and do it once more."),
    ("refresh", "The refresh is queued. What it brings stands in the timeline."),
    ("delete", "The link is deleted, with everything that was stored of it."),
    ("replay", "The delivery is on its way again."),
    ("replay-all", "They are on their way again, in the order in which they were announced."),
    ("test", "A test event is on its way."),
    ("change", "The endpoint is changed. What is announced from now on goes there."),
    ("enable", "The endpoint is enabled again. What it missed can be sent again."),
    ("disable", "Nothing is sent there any more; what was pending is cancelled."),
    ("forget", "The endpoint is deleted; what was pending is cancelled."),
    ("close", "The institution is left alone. Its links wait, and keep their status."),
    ("open", "The institution may be asked again. What waits goes on within minutes."),
    ("retry", "The work is queued. It is done as soon as a worker is free."),
    ("revoke", "The key is refused from now on, and every token that was made with it."),
    ("password", "The password is changed. Your other sign-ins have ended."),
    ("advance", "The clock stands there now, and everything on the way is done."),
    ("fault", "It goes wrong from now on."),
    ("faults", "All of it goes right again."),
    ("sign-out", "You are signed out."),
];

impl Note {
    fn of(act: &str) -> Option<Self> {
        ACTS.iter().find(|(known, _)| *known == act).map(Self)
    }
    /// The one that a request brings to the page that it asks for.
    pub(super) fn brought(headers: &HeaderMap) -> Option<Self> {
        said_in_cookie(headers, COOKIE).and_then(Self::of)
    }
    /// The sentence.
    pub(super) fn text(self) -> &'static str {
        self.0.1
    }
    /// Whether it is no good news.
    pub(super) fn ended(self) -> bool {
        self.0.0 == ENDED
    }
}

/// Leads on to `page`, where it will be said that `act` was done.
pub(super) fn after(act: &str, page: &str) -> Response {
    let mut response = Redirect::to(page).into_response();
    if let Some(note) = Note::of(act) {
        response.extensions_mut().insert(note);
    }
    response
}

/// Leads somebody who must sign in first to `page`, where it will be said that nothing was done.
pub(super) fn after_nothing(page: &str) -> Response {
    after(ENDED, page)
}

/// Gives the browser the note that a response leaves for the next page, or takes away the one that this
/// page has said.
pub(super) fn pass_on(response: &mut Response, brought: Option<Note>, origin: &Origin) {
    let left = response.extensions_mut().remove::<Note>();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    let said = match (left, brought) {
        (Some(Note((act, _))), _) => cookie(COOKIE, Some((act, Some(KEPT))), origin),
        (None, Some(_)) if is_page => cookie(COOKIE, None, origin),
        (None, _) => None,
    };
    if let Some(said) = said {
        response.headers_mut().append(header::SET_COOKIE, said);
    }
}
