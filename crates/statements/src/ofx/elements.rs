//! Aggregates and elements, whether their tags are closed or not.

use super::header;
use crate::{
    charset::Charset,
    markup::{Markup, Token},
    said::Place,
    source::Source,
    telling::Ended,
};

/// Aggregates that may stand inside each other; a tag that would be deeper is no aggregate.
const DEEPEST: usize = 32;

/// One step through a file; its name and value are asked for apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An aggregate begins.
    Begin,
    /// An element.
    Leaf,
    /// The aggregate that was begun last and not ended ends.
    End,
    /// Something that is no markup, in words; it has been skipped.
    Broken(&'static str),
}

/// The elements of a file.
///
/// What is an aggregate is known by its name, because the tags of a 1.x file do not show it; every
/// other tag is an element, and its end may be missing. A tag that is neither known nor has a value
/// is passed over, so that what is inside belongs to what is around it.
pub(super) struct Elements<'a> {
    markup: Markup<'a>,
    stack: Vec<String>,
    /// The tag that was opened last, of which it is not yet known what it is.
    open: Opened,
    /// Aggregates still to be ended before anything else.
    ending: usize,
    /// An aggregate to be begun after that.
    beginning: Option<String>,
    /// An end tag to be looked at after that.
    closing: Option<String>,
    /// What was just answered.
    name: String,
    value: String,
    place: Place,
    begun: bool,
}

/// Its texts are used again and again, because a file has a great many tags.
#[derive(Default)]
struct Opened {
    is_there: bool,
    name: String,
    text: String,
    place: Place,
}

impl<'a> Elements<'a> {
    /// From the beginning of a file.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            markup: Markup::new(source),
            stack: Vec::new(),
            open: Opened::default(),
            ending: 0,
            beginning: None,
            closing: None,
            name: String::new(),
            value: String::new(),
            place: Place { line: 1, column: 1 },
            begun: false,
        }
    }

    /// What began, ended or was said in the last step, in capitals.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
    /// The element's value, blanks folded; empty where it has none.
    pub(super) fn value(&self) -> &str {
        &self.value
    }
    /// How bytes that are not UTF-8 are read from here on.
    pub(super) fn state_charset(&mut self, charset: Charset) {
        self.markup.source().state_charset(charset);
    }
    /// Where the last step was.
    pub(super) fn place(&self) -> Place {
        self.place
    }
    /// Whether an aggregate of that name is open.
    pub(super) fn inside(&self, name: &str) -> bool {
        self.stack.iter().any(|open| open == name)
    }
    /// The open aggregates, the outermost first. When one ends it is no longer among them.
    pub(super) fn stack(&self) -> &[String] {
        &self.stack
    }
    /// Whether everything that was begun has ended; asked at the end of a file.
    pub(super) fn whole(&self) -> bool {
        self.stack.is_empty() && !self.open.is_there
    }
    /// Whether there was any tag at all.
    pub(super) fn begun(&self) -> bool {
        self.begun
    }

    /// The next step; `None` at the end of the file, where what is still open stays open.
    pub(super) fn next(&mut self) -> Result<Option<Step>, Ended> {
        loop {
            if self.ending > 0 {
                self.ending -= 1;
                self.name = self.stack.pop().unwrap_or_default();
                return Ok(Some(Step::End));
            }
            if let Some(name) = self.beginning.take() {
                self.name.clone_from(&name);
                self.stack.push(name);
                return Ok(Some(Step::Begin));
            }
            if let Some(name) = self.closing.take() {
                self.close(&name);
                continue;
            }
            let token = self.markup.next()?;
            match token {
                None => return Ok(None),
                Some(Token::Text(text)) if self.open.is_there => {
                    fold(&text, &mut self.open.text);
                }
                Some(Token::Text(_)) if self.begun => {}
                Some(Token::Text(text)) => {
                    if let Some(charset) = header::charset_of_lines(&text) {
                        self.markup.source().state_charset(charset);
                    }
                }
                Some(Token::Instruction(text)) => {
                    if let Some(charset) = header::charset_of_declaration(&text) {
                        self.markup.source().state_charset(charset);
                    }
                }
                Some(Token::Broken(problem)) => {
                    self.place = self.markup.place();
                    return Ok(Some(Step::Broken(problem)));
                }
                Some(Token::Open(tag)) => {
                    self.begun = true;
                    // What was open goes to `name` and `value`, and this takes its place.
                    let before = self.open.is_there;
                    let place_before = self.open.place;
                    std::mem::swap(&mut self.open.name, &mut self.name);
                    std::mem::swap(&mut self.open.text, &mut self.value);
                    self.open.is_there = !tag.empty;
                    self.open.name.clear();
                    self.open.name.push_str(tag.name);
                    self.open.name.make_ascii_uppercase();
                    self.open.text.clear();
                    self.open.place = self.markup.place();
                    if before && self.settle(place_before) {
                        return Ok(Some(Step::Leaf));
                    }
                }
                Some(Token::Close(name)) => {
                    self.begun = true;
                    if self.open.is_there {
                        // Its own end needs no second look, unless it was an empty aggregate.
                        let other = (!self.open.name.eq_ignore_ascii_case(name))
                            .then(|| name.to_ascii_uppercase());
                        self.open.is_there = false;
                        std::mem::swap(&mut self.open.name, &mut self.name);
                        std::mem::swap(&mut self.open.text, &mut self.value);
                        if self.settle(self.open.place) {
                            self.closing = other;
                            return Ok(Some(Step::Leaf));
                        }
                        self.closing = Some(other.unwrap_or_else(|| self.name.clone()));
                    } else {
                        let name = name.to_ascii_uppercase();
                        self.place = self.markup.place();
                        self.close(&name);
                    }
                }
            }
        }
    }

    /// Decides what the tag in `name` and `value` was, which was opened at `place`: true for an
    /// element.
    fn settle(&mut self, place: Place) -> bool {
        self.place = place;
        if self.value.ends_with(' ') {
            self.value.pop();
        }
        if !self.value.is_empty() || self.stack.len() >= DEEPEST || !is_aggregate(&self.name) {
            return true;
        }
        // Things that never stand inside their own kind: the end of the one before is missing.
        if let Some(at) = self.stack.iter().rposition(|open| *open == self.name) {
            self.ending = self.stack.len() - at;
        }
        self.beginning = Some(self.name.clone());
        false
    }

    /// Ends the open aggregate of that name, and those inside it whose ends are missing.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.stack.iter().rposition(|open| open == name) {
            self.ending = self.stack.len() - at;
        }
    }
}

/// Adds `text` to `into` with every run of blanks folded into one, and none at the beginning.
fn fold(text: &str, into: &mut String) {
    let text = if into.is_empty() { text.trim_start() } else { text };
    if into.len() + text.len() > crate::source::LONGEST {
        return;
    }
    // Nearly always there is nothing to fold.
    let mut before = into.as_bytes().last().copied().unwrap_or_default();
    let folded = text.bytes().all(|byte| {
        let fine = (b' '..0x7F).contains(&byte) && !(byte == b' ' && before == b' ');
        before = byte;
        fine
    });
    if folded {
        into.push_str(text);
        return;
    }
    for letter in text.chars() {
        if letter.is_whitespace() || letter == '\0' {
            if !into.is_empty() && !into.ends_with(' ') {
                into.push(' ');
            }
        } else {
            into.push(letter);
        }
    }
}

/// Whether a tag without a value is the beginning of something.
fn is_aggregate(name: &str) -> bool {
    // Most are told by how their names end: requests and responses, lists, accounts.
    ["RS", "RQ", "LIST", "FROM", "ACCTTO", "MSGSET"].iter().any(|end| name.ends_with(end))
        || name.contains("MSGS")
        || matches!(
            name,
            "LEDGERBAL"
                | "AVAILBAL"
                | "INVBAL"
                | "BAL"
                | "OFX"
                | "OFC"
                | "STATUS"
                | "FI"
                | "ACCTSTMT"
                | "STMTTRN"
                | "STMTTRNP"
                | "GENTRN"
                | "CURRENCY"
                | "ORIGCURRENCY"
                | "PAYEE"
                | "INVTRAN"
                | "INVBUY"
                | "INVSELL"
                | "INVBANKTRAN"
                | "BUYDEBT"
                | "BUYMF"
                | "BUYOPT"
                | "BUYOTHER"
                | "BUYSTOCK"
                | "SELLDEBT"
                | "SELLMF"
                | "SELLOPT"
                | "SELLOTHER"
                | "SELLSTOCK"
                | "INCOME"
                | "REINVEST"
                | "INVEXPENSE"
                | "MARGININTEREST"
                | "RETOFCAP"
                | "TRANSFER"
                | "JRNLFUND"
                | "JRNLSEC"
                | "SPLIT"
                | "SECID"
                | "MFACHALLENGE"
                | "ACCTINFO"
                | "BANKACCTINFO"
                | "CCACCTINFO"
                | "INVACCTINFO"
                | "LOANACCTINFO"
                | "SIGNONINFO"
                | "MSGSETCORE"
        )
}

#[cfg(test)]
mod tests;
