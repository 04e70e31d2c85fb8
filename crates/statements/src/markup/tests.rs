use super::*;

fn pieces(text: &str) -> Vec<String> {
    let mut markup = Markup::new(Source::new(text.as_bytes(), text.as_bytes()));
    let mut pieces = Vec::new();
    while let Some(token) = markup.next().expect("memory does not fail") {
        pieces.push(match token {
            Token::Open(tag) => {
                let Tag { name, empty, .. } = &tag;
                let currency = tag.attribute("Ccy").map(|value| format!(" Ccy={value}"));
                format!("<{name}{}{}>", currency.unwrap_or_default(), if *empty { "/" } else { "" })
            }
            Token::Close(name) => format!("</{name}>"),
            Token::Text(text) => text.into_owned(),
            Token::Instruction(text) => format!("?{text}"),
            Token::Broken(problem) => format!("!{problem}"),
        });
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

#[test]
fn tags_are_told_from_texts_however_they_are_written() {
    for (text, is) in [
        ("<A>1<B>2</B>", &["<A>", "1", "<B>", "2", "</B>"][..]),
        ("<ns:A xmlns:ns='u' x=\"a>b\">1</ns:A>", &["<A>", "1", "</A>"]),
        ("<A Ccy=\"E&amp;R\" />", &["<A Ccy=E&R/>"]),
        ("<A x:Ccy = 'EUR'>", &["<A Ccy=EUR>"]),
        ("<A/><B />", &["<A/>", "<B/>"]),
        ("<A>1 < 2 & 3</A>", &["<A>", "1 ", "< 2 & 3", "</A>"]),
        ("<?xml version='1.0' ?><A>", &["?xml version='1.0'", "<A>"]),
        ("<!DOCTYPE x><!-- a > b --><A>", &["<A>"]),
        ("<![CDATA[a <b> ]] ]>c]]>d", &["a <b> ]] ]>c", "d"]),
        ("a &lt;&#233;&#xE9;&nbsp;&bogus;&#0;&", &["a <éé &bogus;&#0;&"]),
        ("<A", &["!the file ends inside a tag"]),
        ("<A <B>", &["!a tag is not closed by “>” and was left out"]),
        ("<!-- ", &["!the file ends inside a comment or a quoted text"]),
        ("</>", &["!a tag is not closed by “>” and was left out"]),
    ] {
        assert_eq!(pieces(text), is, "{text}");
    }
}

#[test]
fn nothing_grows_by_what_a_file_defines() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><A>&c;</A>";
    let shown = pieces(bomb).concat();
    assert!(shown.len() <= bomb.len(), "{shown}");
    assert!(shown.contains("&c;"), "{shown}");
}
