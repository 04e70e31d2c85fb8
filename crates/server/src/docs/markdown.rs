//! From the text of a document to HTML. The documents are ours; HTML in them would be shown as text.

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html,
};

/// A document without its title.
pub(super) struct Rendered {
    pub(super) title: String,
    pub(super) html: String,
    /// The id and text of each heading of the second level.
    pub(super) headings: Vec<(String, String)>,
}

/// Renders `text`; `located` says where a link leads, or that here it leads nowhere.
pub(super) fn render(text: &str, located: impl Fn(&str) -> Option<String>) -> Rendered {
    let mut headings = Vec::new();
    let mut title = String::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut links = Vec::new();
    let mut parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inside: Vec<_> = parser
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                let said = plain(&inside);
                if level == HeadingLevel::H1 {
                    title = said;
                    continue;
                }
                let id = anchor(&said);
                events.push(tag(format!("<{level} id=\"{id}\">")));
                events.extend(inside);
                events.push(tag(format!("</{level}>\n")));
                if level == HeadingLevel::H2 {
                    headings.push((id, said));
                }
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let place = located(&dest_url);
                links.push(place.is_some());
                if let Some(place) = place {
                    let dest_url = CowStr::from(place);
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            // What is wider than a phone scrolls by itself, also for who has no mouse.
            Event::Start(Tag::Table(columns)) => {
                events.push(tag("<div class=\"wide\" tabindex=\"0\">".into()));
                events.push(Event::Start(Tag::Table(columns)));
            }
            // A column without a name has no heading to read out.
            Event::Start(Tag::TableHead) => {
                events.push(event);
                let mut cells = parser
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::TableHead)))
                    .peekable();
                while let Some(cell) = cells.next() {
                    match cells.next_if(|next| matches!(next, Event::End(TagEnd::TableCell))) {
                        Some(_) if matches!(cell, Event::Start(_)) => {
                            events.push(tag("<td></td>".into()));
                        }
                        end => events.extend([Some(cell), end].into_iter().flatten()),
                    }
                }
                events.push(Event::End(TagEnd::TableHead));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(tag("</div>\n".into()));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(said) => said.split(' ').next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                events
                    .push(tag(format!("<pre tabindex=\"0\" data-language=\"{language}\"><code>")));
            }
            Event::End(TagEnd::CodeBlock) => events.push(tag("</code></pre>\n".into())),
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            event => events.push(event),
        }
    }
    let mut html = String::with_capacity(text.len().saturating_mul(2));
    push_html(&mut html, events.into_iter());
    Rendered { title, html, headings }
}

fn tag(text: String) -> Event<'static> {
    Event::Html(text.into())
}

/// What a heading says, without its marks.
fn plain(events: &[Event<'_>]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(&**text),
            _ => None,
        })
        .collect()
}

/// What links to a heading call it: its words in lower case, joined by hyphens, as code hosts do.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_by_what_they_say() {
        let rendered = render("# The `cage`\n\n## What it's *for*\n\ntext\n", |_| None);
        assert_eq!(rendered.title, "The cage");
        assert_eq!(rendered.headings, [("what-its-for".to_owned(), "What it's for".to_owned())]);
        assert!(rendered.html.contains("<h2 id=\"what-its-for\">What it's <em>for</em></h2>"));
    }

    #[test]
    fn a_link_that_leads_nowhere_here_is_its_text() {
        let located = |target: &str| (target == "a.md").then(|| "/there/".to_owned());
        let html = render("[one](a.md) and [two](lib.rs)", located).html;
        assert_eq!(html, "<p><a href=\"/there/\">one</a> and two</p>\n");
    }

    #[test]
    fn a_column_without_a_name_has_no_heading() {
        let html = render("| a | |\n|---|---|\n| b | c |\n", |_| None).html;
        assert!(html.contains("<thead><tr><th>a</th><td></td></tr></thead>"), "{html}");
        assert!(html.contains("<tr><td>b</td><td>c</td></tr>"), "{html}");
    }

    #[test]
    fn markup_in_a_document_is_text() {
        let html = render("a <b>c</b>\n\n<script>alert(1)</script>\n", |_| None).html;
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    }
}
