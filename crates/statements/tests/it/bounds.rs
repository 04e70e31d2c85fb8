//! Whatever comes, a reader neither panics nor grows, and a file that is cut says what it said.

use crate::heard::{Heard, hear, hear_with, line, texts};
use proptest::prelude::*;
use statements::{DayOrder, Format, Options, Said, read, recognise};
use std::io::{BufRead, BufReader, Read};

const FOLDERS: &[&str] = &["ofx", "camt", "cnab240", "mt940", "qif"];

fn all_texts() -> Vec<(String, Vec<u8>)> {
    FOLDERS.iter().flat_map(|folder| texts(folder)).collect()
}

fn movements(heard: &Heard) -> Vec<String> {
    heard.all.iter().filter(|said| matches!(said, Said::Movement(_))).map(line).collect()
}

#[test]
fn a_file_that_is_cut_anywhere_says_the_movements_that_came_before() {
    for (name, bytes) in all_texts() {
        let Some(format) = recognise(&bytes) else { panic!("{name}") };
        // Half of a file may show less of how its days are written.
        let order =
            if name.ends_with("us.qif") { DayOrder::MonthFirst } else { DayOrder::DayFirst };
        let options =
            Options { day_order: Some(order), format: Some(format), ..Options::default() };
        let whole = movements(&hear_with(&bytes, &options));
        // Every place in a short file, some two thousand in a long one.
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 2000) {
            let heard = hear_with(&bytes[..end], &options);
            let cut = movements(&heard);
            assert_eq!(cut, whole[..cut.len()], "{name}, cut at {end}");
            // QIF has nothing that ends a file.
            if cut.len() < whole.len() && format != Format::Qif {
                let known = heard.end.map_or(true, |summary| summary.cut_off);
                assert!(known, "{name}, cut at {end}, does not say so");
            }
        }
    }
}

#[test]
fn it_makes_no_difference_how_the_bytes_come() {
    for (name, bytes) in all_texts().into_iter().chain(texts("csv")) {
        let whole = hear(&bytes).lines();
        for size in [1, 2, 3, 7, 64] {
            let mut lines = Vec::new();
            let slow = BufReader::with_capacity(size, &bytes[..]);
            let end = read(slow, &Options::default(), &mut |said| {
                lines.push(line(&said));
                Ok(())
            });
            assert!(end.is_ok(), "{name}");
            assert_eq!(lines, whole, "{name}, {size} bytes at a time");
        }
    }
}

/// `head`, then `filling` again and again.
struct Endless<'a> {
    head: &'a [u8],
    filling: &'a [u8],
    at: usize,
    left: u64,
}
impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let from = if self.head.is_empty() { &self.filling[self.at..] } else { self.head };
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = from.len().min(out.len()).min(most);
        out[..count].copy_from_slice(&from[..count]);
        if self.head.is_empty() {
            self.at = (self.at + count) % self.filling.len();
        } else {
            self.head = &self.head[count..];
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn endless<'a>(head: &'a [u8], filling: &'a [u8]) -> impl BufRead + 'a {
    BufReader::new(Endless { head, filling, at: 0, left: 512 * 1024 })
}

#[test]
fn lines_texts_tags_and_nesting_without_end_are_cut_and_said() {
    let none: &[u8] = b"<OFX><STMTRS><BANKACCTFROM><ACCTID>1</BANKACCTFROM><STMTTRN><MEMO>";
    for (head, filling) in [
        (none, &b"a long text "[..]),
        (none, b"&amp;"),
        (b"<OFX><TAG ", b"x"),
        (b"<OFX><TAG a=\"", b">"),
        (b"<OFX><!--", b"->"),
        (b"<OFX><![CDATA[", b"]>"),
        (b"<?xml ", b"? "),
        (b"OFXHEADER:100", b"\n"),
        (b"<OFX>", b"<STMTTRN>"),
        (b"<OFX>", b"<ALIST><BLIST><CLIST>"),
        (b"<OFX>", b"<STATUS><CODE>2000</STATUS>"),
        (b"<OFX>", b"</STMTTRN>"),
        (b"<OFX>", b"<<<"),
    ] {
        let mut most = 0;
        let mut count = 0_u64;
        let source = endless(head, filling);
        let options = Options { format: Some(Format::Ofx), ..Options::default() };
        let end = read(source, &options, &mut |said| {
            most = most.max(line(&said).len());
            count += 1;
            Ok(())
        });
        let shown = String::from_utf8_lossy(head);
        // Of 2 MiB, 64 KiB of a text are kept at most, and a thousand faults said at most.
        assert!(most <= 66 * 1024, "{shown}: {most} bytes in one thing said");
        assert!(count <= 1001, "{shown}: {count} things said");
        if let Ok(summary) = end {
            assert!(summary.cut_off, "{shown}");
        }
    }
}

#[test]
fn fields_lines_elements_and_rows_without_end_are_cut_and_said() {
    let csv: &[u8] = b"Data;Descricao;Valor\n05/01/2026;x;1,00\n";
    let camt: &[u8] = b"<Document><BkToCstmrStmt><Stmt>";
    let mt940: &[u8] = b":20:1\n:25:1\n:60F:C260101EUR1,\n:61:260101C1,NTRF\n";
    let cnab: &[u8] = b"23700011E0440032";
    for (format, head, filling) in [
        (Format::Csv, csv, &b"a long line "[..]),
        (Format::Csv, csv, b"\"\n"),
        (Format::Csv, csv, b"05/01/2026;\"open;1,00\n"),
        (Format::Csv, csv, b";"),
        (Format::Csv, b"", b"Data;Valor "),
        (Format::Camt, camt, b"<Ntry><NtryDtls><TxDtls><RmtInf><Ustrd>x</Ustrd></RmtInf></TxDtls>"),
        (Format::Camt, camt, b"<Bal><Amt>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"),
        (Format::Camt, camt, b"<Acct><Nm>long name </Nm>"),
        (Format::Camt, camt, b"<a>"),
        (Format::Camt, b"<Document><BkToCstmrStmt><Stmt><Ntry><AddtlNtryInf>", b"word "),
        (Format::Mt940, mt940, b":86:more and more\n"),
        (Format::Mt940, mt940, b"more and more\n"),
        (Format::Mt940, mt940, b"\n"),
        (Format::Mt940, mt940, b":86:105?20"),
        (Format::Mt940, mt940, b":\n"),
        (Format::Cnab240, cnab, b"0"),
        (Format::Cnab240, cnab, b"\n3"),
    ] {
        let mut most = 0;
        let mut faults = 0_u64;
        let source = Endless { head, filling, at: 0, left: 512 * 1024 };
        let options = Options { format: Some(format), ..Options::default() };
        let end = read(BufReader::new(source), &options, &mut |said| {
            most = most.max(line(&said).len());
            faults += u64::from(matches!(said, Said::Fault(_)));
            Ok(())
        });
        let shown = String::from_utf8_lossy(filling);
        assert!(most <= 66 * 1024, "{format}, {shown}: {most} bytes in one thing said");
        assert!(faults <= 1001, "{format}, {shown}: {faults} faults said");
        drop(end);
    }
}

/// Pieces that files are made of, so that chance gets far.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "OFXHEADER:100\n",
            "CHARSET:1252\n",
            "<OFX>",
            "<OFC>",
            "</OFX>",
            "<STMTRS>",
            "</STMTRS>",
            "<STMTTRN>",
            "</STMTTRN>",
            "<TRNAMT>",
            "<DTPOSTED>",
            "<MEMO>",
            "20260131",
            "-10.50",
            "[-3:BRT]",
            "<BANKACCTFROM>",
            "<ACCTID>",
            "<LEDGERBAL>",
            "<BALAMT>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "&amp;",
            "&#0;",
            "&#xD800;",
            "<",
            ">",
            "/",
            "\n",
            "\r",
            "<?xml ",
            "?>",
            "<STATUS>",
            "<CODE>",
            "15500",
            "<CURDEF>",
            "é",
            "\u{feff}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        hear(&bytes);
        for &format in Format::ALL {
            hear_with(&bytes, &Options { format: Some(format), ..Options::default() });
        }
    }
    #[test]
    fn any_pieces_of_files_are_read_or_refused(bytes in pieces()) {
        for &format in Format::ALL {
            let options = Options { format: Some(format), ..Options::default() };
            let (one, again) = (hear_with(&bytes, &options), hear_with(&bytes, &options));
            prop_assert_eq!(one.lines(), again.lines());
            prop_assert_eq!(one.end, again.end);
        }
    }
}
