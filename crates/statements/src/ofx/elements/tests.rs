use super::*;

fn steps(text: &str) -> (Vec<String>, bool) {
    let mut elements = Elements::new(Source::new(text.as_bytes(), text.as_bytes()));
    let mut steps = Vec::new();
    while let Some(step) = elements.next().expect("memory does not fail") {
        steps.push(match step {
            Step::Begin => format!("{}(", elements.name()),
            Step::Leaf => format!("{}={}", elements.name(), elements.value()),
            Step::End => format!("){}", elements.name()),
            Step::Broken(problem) => format!("!{problem}"),
        });
    }
    (steps, elements.whole())
}

#[test]
fn closed_and_open_tags_say_the_same() {
    let is = ["OFX(", "STATUS(", "CODE=0", "SEVERITY=INFO", ")STATUS", "NAME=", "MEMO=a b", ")OFX"];
    for text in [
        "<OFX><STATUS><CODE>0<SEVERITY>INFO</STATUS><NAME><MEMO>a  b</OFX>",
        "<OFX><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS><NAME></NAME><MEMO>a b</MEMO></OFX>",
        "<ofx>\n <status>\n <code>0\n <severity>INFO\n </status><name>\n<memo> a\n b </memo>\n</ofx>",
        "<OFX><STATUS><CODE>0</CODE></CODE><SEVERITY>INFO</STATUS><NAME><MEMO>a <![CDATA[b]]></OFX>",
    ] {
        assert_eq!(steps(text), (is.map(str::to_owned).to_vec(), true), "{text}");
    }
}

#[test]
fn a_missing_end_is_implied_by_what_follows() {
    let (steps, whole) = steps("<OFX><STMTTRN><FITID>1<STMTTRN><FITID>2</OFX>");
    let is = ["OFX(", "STMTTRN(", "FITID=1", ")STMTTRN", "STMTTRN(", "FITID=2", ")STMTTRN", ")OFX"];
    assert_eq!(steps, is);
    assert!(whole);
}

#[test]
fn what_is_not_known_is_passed_through() {
    let (known, _) = steps("<OFX><VENDOR><STATUS></STATUS></VENDOR><X.Y/></OFX></NOBODY>");
    assert_eq!(known, ["OFX(", "VENDOR=", "STATUS(", ")STATUS", ")OFX"]);
    let deep = "<STATUS><ALIST><BLIST>".repeat(40);
    assert!(!steps(&deep).1);
}

#[test]
fn a_file_that_is_cut_is_not_whole() {
    for text in ["<OFX>", "<OFX><CODE>1", "<OFX><STATUS></STATUS>"] {
        assert!(!steps(text).1, "{text}");
    }
}
