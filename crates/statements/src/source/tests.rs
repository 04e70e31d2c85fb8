use super::*;

fn source(bytes: &[u8]) -> Source<'_> {
    Source::new(bytes, bytes)
}

fn lines(bytes: &[u8]) -> Vec<(u64, String)> {
    let mut source = source(bytes);
    let mut lines = Vec::new();
    while let Some(line) = source.line().expect("memory does not fail") {
        lines.push((line.place.line, line.text().into_owned()));
    }
    lines
}

#[test]
fn lines_end_in_every_way_that_lines_end() {
    let all = [(1, "a".to_owned()), (2, String::new()), (3, "b".to_owned())];
    for text in ["a\n\nb", "a\r\n\r\nb\r\n", "a\r\rb\r", "\u{feff}a\n\nb\n"] {
        assert_eq!(lines(text.as_bytes()), all, "{text:?}");
    }
    assert_eq!(lines(b""), []);
    let wide: Vec<u8> = "\u{feff}a\n\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(lines(&wide), all);
}

#[test]
fn a_line_without_end_is_cut() {
    let long = vec![b'x'; LONGEST + 5];
    let mut source = source(&long);
    let line = source.line().expect("memory does not fail").expect("a line");
    assert!(line.cut);
    assert_eq!(line.bytes.len(), LONGEST);
    assert!(source.line().expect("memory does not fail").is_none());
}

#[test]
fn a_part_of_a_line_that_is_not_there_is_empty() {
    let mut source = source(b"abc");
    let line = source.line().expect("memory does not fail").expect("a line");
    assert_eq!((&*line.part(1, 2), &*line.part(2, 9), &*line.part(5, 9)), ("b", "c", ""));
    assert_eq!(line.at(2).to_string(), "line 1, column 2");
}

#[test]
fn places_count_letters_and_not_bytes() {
    let mut source = source("é\nçã<x".as_bytes());
    let mut held = Vec::new();
    let reached = source.until(b'<', &mut held).expect("memory does not fail");
    assert_eq!(reached, (Reached::Stop, false));
    assert_eq!(source.place(), Place { line: 2, column: 4 });
    assert_eq!(source.until(b'<', &mut held).expect("it"), (Reached::End, false));
}

#[test]
fn a_source_that_fails_is_said_with_its_place() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let head = b"<OFX>\n<A>";
    let input = io::Cursor::new(&head[..]).chain(BufReader::new(Failing));
    let mut source = Source::new(head, input);
    assert!(source.line().is_ok());
    let ended = source.line().err();
    let place = Place { line: 2, column: 1 };
    assert_eq!(ended, Some(Ended::unreadable(place, "the file could not be read to its end")));
}
