//! The ways in which one character of a secret may be written.

/// How many bytes a character takes here, in each way in which it may be written here.
#[derive(Default)]
pub(super) struct Lengths {
    found: [usize; 4],
    count: usize,
    /// The text ends before it is known.
    pub(super) more: bool,
}

impl Lengths {
    pub(super) fn found(&self) -> impl Iterator<Item = usize> {
        self.found.iter().copied().take(self.count)
    }
    fn add(&mut self, length: usize) {
        if let Some(place) = self.found.get_mut(self.count) {
            *place = length;
            self.count += 1;
        }
    }
    fn is(&mut self, text: &[u8], wanted: &[u8], fold: bool) {
        match compare(text, wanted, fold) {
            Some(true) => self.add(wanted.len()),
            Some(false) => {}
            None => self.more = true,
        }
    }
}

/// The longest of all dresses is an HTML number with this many digits, leading zeros included.
const MOST_DIGITS: usize = 8;

/// Named characters of HTML that libraries write when they escape, and those of our languages.
const NAMED: &[(char, &str)] = &[
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&quot;"),
    ('\'', "&apos;"),
    ('\u{a0}', "&nbsp;"),
    ('á', "&aacute;"),
    ('â', "&acirc;"),
    ('à', "&agrave;"),
    ('ã', "&atilde;"),
    ('ç', "&ccedil;"),
    ('é', "&eacute;"),
    ('ê', "&ecirc;"),
    ('í', "&iacute;"),
    ('ñ', "&ntilde;"),
    ('ó', "&oacute;"),
    ('ô', "&ocirc;"),
    ('õ', "&otilde;"),
    ('ú', "&uacute;"),
    ('ü', "&uuml;"),
    ('Á', "&Aacute;"),
    ('Â', "&Acirc;"),
    ('À', "&Agrave;"),
    ('Ã', "&Atilde;"),
    ('Ç', "&Ccedil;"),
    ('É', "&Eacute;"),
    ('Ê', "&Ecirc;"),
    ('Í', "&Iacute;"),
    ('Ñ', "&Ntilde;"),
    ('Ó', "&Oacute;"),
    ('Ô', "&Ocirc;"),
    ('Õ', "&Otilde;"),
    ('Ú', "&Uacute;"),
    ('Ü', "&Uuml;"),
];

/// What a backslash stands before in JSON and in JavaScript.
const ESCAPED: &[(char, u8)] = &[
    ('"', b'"'),
    ('\\', b'\\'),
    ('/', b'/'),
    ('\'', b'\''),
    ('\n', b'n'),
    ('\r', b'r'),
    ('\t', b't'),
    ('\u{8}', b'b'),
    ('\u{c}', b'f'),
];

/// The bytes with which `character` may begin.
pub(super) fn beginnings(character: char, fold: bool) -> Vec<u8> {
    let mut all = vec![b'%', b'&', b'\\'];
    let mut buffer = [0; 4];
    let first = character.encode_utf8(&mut buffer).as_bytes()[0];
    all.push(first);
    if fold {
        all.extend([first.to_ascii_lowercase(), first.to_ascii_uppercase()]);
    }
    if character == ' ' {
        all.push(b'+');
    }
    all
}

/// How `text` may begin with `character`.
pub(super) fn lengths(text: &[u8], character: char, fold: bool) -> Lengths {
    let mut all = Lengths::default();
    let mut buffer = [0; 4];
    let plain = character.encode_utf8(&mut buffer).as_bytes();
    all.is(text, plain, fold);
    match text.first() {
        Some(b'+') if character == ' ' => all.add(1),
        Some(b'%') => percent(text, plain, fold, &mut all),
        Some(b'&') => html(text, character, fold, &mut all),
        Some(b'\\') => json(text, character, fold, &mut all),
        _ => {}
    }
    all
}

/// Whether `text` begins with `wanted`; `None` if it ends before that is known.
fn compare(text: &[u8], wanted: &[u8], fold: bool) -> Option<bool> {
    let both = text.len().min(wanted.len());
    let same = if fold {
        text[..both].eq_ignore_ascii_case(&wanted[..both])
    } else {
        text[..both] == wanted[..both]
    };
    if same && both < wanted.len() { None } else { Some(same) }
}

/// `%C3%A9`, each byte.
fn percent(text: &[u8], plain: &[u8], fold: bool, all: &mut Lengths) {
    for (number, byte) in plain.iter().enumerate() {
        let three = &text[(number * 3).min(text.len())..];
        match three {
            [] | [b'%'] => return all.more = true,
            [b'%', one] if one.is_ascii_hexdigit() => return all.more = true,
            [b'%', high, low, ..] if hex(&[*high, *low]).is_some_and(|n| same(n, *byte, fold)) => {}
            _ => return,
        }
    }
    all.add(plain.len() * 3);
}

fn same(number: u32, byte: u8, fold: bool) -> bool {
    u8::try_from(number).is_ok_and(|n| n == byte || fold && n.eq_ignore_ascii_case(&byte))
}

fn same_character(number: u32, character: char, fold: bool) -> bool {
    char::from_u32(number)
        .is_some_and(|c| c == character || fold && c.eq_ignore_ascii_case(&character))
}

/// `&amp;`, `&#233;`, `&#xE9;`.
fn html(text: &[u8], character: char, fold: bool, all: &mut Lengths) {
    for (_, name) in NAMED.iter().filter(|(named, _)| *named == character) {
        all.is(text, name.as_bytes(), false);
    }
    let (radix, start) = match text {
        [_] | [_, b'#'] => return all.more = true,
        [_, b'#', b'x' | b'X', ..] => (16, 3),
        [_, b'#', ..] => (10, 2),
        _ => return,
    };
    let digits = &text[start..];
    let count = digits.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    if count > MOST_DIGITS {
        return;
    }
    let number = std::str::from_utf8(&digits[..count])
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, radix).ok());
    match digits.get(count) {
        None => all.more = true,
        // Browsers do without the semicolon.
        Some(end) if number.is_some_and(|number| same_character(number, character, fold)) => {
            all.add(start + count + usize::from(*end == b';'));
        }
        Some(_) => {}
    }
}

/// `\"`, `\u00e9`, `\ud83d\ude00`, `\xe9`.
fn json(text: &[u8], character: char, fold: bool, all: &mut Lengths) {
    let Some(after) = text.get(1) else { return all.more = true };
    if ESCAPED.iter().any(|(escaped, by)| *escaped == character && by == after) {
        all.add(2);
    }
    let (marker, digits) = match after {
        b'u' => (b'u', 4),
        b'x' => (b'x', 2),
        _ => return,
    };
    let mut units = [0; 2];
    for (number, unit) in character.encode_utf16(&mut units).iter().enumerate() {
        let piece = &text[(number * (digits + 2)).min(text.len())..];
        let head = [b'\\', marker];
        match compare(piece, &head, false) {
            None => return all.more = true,
            Some(false) => return,
            Some(true) => {}
        }
        let piece = &piece[2..];
        let there = &piece[..piece.len().min(digits)];
        if !there.iter().all(u8::is_ascii_hexdigit) {
            return;
        }
        if there.len() < digits {
            return all.more = true;
        }
        let found = hex(there);
        let fits = found == Some(u32::from(*unit))
            || found.is_some_and(|found| same_character(found, character, fold));
        if !fits {
            return;
        }
    }
    all.add(character.len_utf16() * (digits + 2));
}

fn hex(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
