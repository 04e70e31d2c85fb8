//! What makes two sightings look like the same movement: day, amount, direction, currency, and the
//! description without its noise.

use domain::record::{Direction, Movement};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::hash::{DefaultHasher, Hash, Hasher};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words that say where a movement is on its way, not what it is; they come and go as it posts.
/// Compared after case and accents are gone.
const STATUS_WORDS: &[&str] = &[
    // Spanish
    "PENDIENTE",
    "TRANSITO",
    "RETENIDO",
    "RETENCION",
    "AUTORIZACION",
    "PREAUTORIZACION",
    // Portuguese
    "PENDENTE",
    "PROVISORIO",
    "AUTORIZACAO",
    "PROCESSAMENTO",
    "BLOQUEADO",
    // English
    "PENDING",
    "AUTH",
    "AUTHORIZATION",
    "HOLD",
    "PROCESSING",
];

/// A number of at least this many digits is a running number (authorisation, terminal, batch).
/// Shorter ones distinguish: instalment `3/12`, shop `0042`, line `604`.
const RUNNING_NUMBER: usize = 5;

/// A word that mixes letters with at least this many digits is a running code: `TX84920A`.
const RUNNING_CODE: usize = 4;

/// A shared word is evidence of likeness only from this length on; `DE`, `LA` and `SA` are not.
const TELLING_WORD: usize = 3;

/// The description without case, accents, punctuation, status words and running numbers.
pub(super) fn normal(description: &str, into: &mut String) {
    into.clear();
    let mut word = String::new();
    let mut take = |word: &mut String| {
        if !word.is_empty() && !is_noise(word) {
            if !into.is_empty() {
                into.push(' ');
            }
            into.push_str(word);
        }
        word.clear();
    };
    if description.is_ascii() {
        for letter in description.bytes() {
            match letter {
                b'0'..=b'9' | b'A'..=b'Z' | b'/' => word.push(letter.into()),
                b'a'..=b'z' => word.push(letter.to_ascii_uppercase().into()),
                b'\'' => {}
                _ => take(&mut word),
            }
        }
    } else {
        for letter in description.nfkd().filter(|letter| !is_combining_mark(*letter)) {
            match letter {
                '/' => word.push(letter),
                '\'' | '’' => {}
                _ if letter.is_alphanumeric() => word.extend(letter.to_uppercase()),
                _ => take(&mut word),
            }
        }
    }
    take(&mut word);
}

fn is_noise(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    // An instalment, `3/12`, tells movements apart; a lone slash does not.
    if digits == 0 {
        return word.bytes().all(|letter| letter == b'/') || STATUS_WORDS.contains(&word);
    }
    let most = if digits == word.len() { RUNNING_NUMBER } else { RUNNING_CODE };
    digits >= most && !word.contains('/')
}

/// Whether two normal descriptions name different parts of a purchase: instalment `1/3` is not `3/3`,
/// and a movement never becomes another part.
pub(super) fn other_part(one: &str, other: &str) -> bool {
    part(one).zip(part(other)).is_some_and(|(one, other)| one != other)
}

fn part(text: &str) -> Option<&str> {
    // Most descriptions name none.
    text.contains('/').then(|| text.split(' ').find(|word| is_part(word))).flatten()
}

/// What a movement moves: amount, direction, currency.
pub(super) type Sum<'a> = (Decimal, Option<Direction>, &'a str);

/// What a movement moves.
pub(super) fn sum(movement: &Movement) -> Sum<'_> {
    (movement.amount.0, movement.direction, &movement.currency)
}

fn is_part(word: &str) -> bool {
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    word.split_once('/').is_some_and(|(n, of)| number(n) && number(of))
}

/// The marks by which the k-th item finds the k-th record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint<'a> {
    pub day: Date,
    pub amount: Decimal,
    pub direction: Option<Direction>,
    pub currency: &'a str,
    /// A hash of the normal description.
    pub text: u64,
}

impl<'a> Fingerprint<'a> {
    /// Of `movement`, whose normal description is `text`.
    pub(super) fn of(movement: &'a Movement, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            day: movement.value_date,
            amount: movement.amount.0,
            direction: movement.direction,
            currency: &movement.currency,
            text: hasher.finish(),
        }
    }
    /// All but the day.
    pub(super) fn of_any_day(self) -> Self {
        Self { day: Date::ZERO, ..self }
    }
    /// How many of the five fields differ.
    pub(super) fn differences(&self, other: &Self) -> usize {
        usize::from(self.day != other.day)
            + usize::from(self.amount != other.amount)
            + usize::from(self.direction != other.direction)
            + usize::from(self.currency != other.currency)
            + usize::from(self.text != other.text)
    }
}

/// How alike two normal descriptions are, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same words.
    Equal,
    /// All telling words of one are in the other, perhaps cut short.
    Contains,
    /// Most of the telling words are shared.
    Overlaps,
    /// One of them says nothing.
    Silent,
    /// Different words.
    Unlike,
}

impl Likeness {
    /// Enough to be one movement seen twice.
    pub(super) fn akin(self) -> bool {
        self <= Self::Overlaps
    }
}

/// Compares two normal descriptions.
pub(super) fn likeness<'a>(one: &'a str, other: &'a str) -> Likeness {
    if one == other {
        return if one.is_empty() { Likeness::Silent } else { Likeness::Equal };
    }
    // Descriptions are short; a bound keeps a hostile one from costing its square.
    let words = |text: &'a str| -> Vec<&'a str> {
        text.split(' ').filter(|word| word.len() >= TELLING_WORD).take(24).collect()
    };
    let (one, other) = (words(one), words(other));
    if one.is_empty() || other.is_empty() {
        return Likeness::Silent;
    }
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    // Institutions cut descriptions at a fixed width, so the last word may be a beginning.
    let same = |a: &str, b: &str| {
        a == b || (a.len() > 3 && b.starts_with(a)) || (b.len() > 3 && a.starts_with(b))
    };
    let shared = short.iter().filter(|word| long.iter().any(|w| same(word, w))).count();
    if shared == short.len() {
        Likeness::Contains
    } else if shared * 2 > short.len() && shared * 3 >= long.len() {
        Likeness::Overlaps
    } else {
        Likeness::Unlike
    }
}

/// How far the amount of a pending movement may be from the posted one.
pub(super) struct Tolerance {
    /// Only where the description has one of these words; empty for all.
    words: &'static [&'static str],
    /// Only on cards.
    on_card: bool,
    /// Only where the pending amount is a round sum.
    round: bool,
    /// The posted amount, in thousandths of the pending one.
    from: i64,
    to: i64,
}

/// The first that applies decides.
const TOLERANCES: &[Tolerance] = &[
    // Pumps and hotels reserve a round sum and post what was used.
    Tolerance {
        words: &[
            "GASOLINERA",
            "GASOLINA",
            "PEMEX",
            "POSTO",
            "SHELL",
            "IPIRANGA",
            "TERPEL",
            "FUEL",
            "HOTEL",
            "POUSADA",
        ],
        on_card: true,
        round: true,
        from: 0,
        to: 100_000,
    },
    // Tips are added after the card was read; a conversion is fixed only when it posts.
    Tolerance { words: &[], on_card: true, round: false, from: 950, to: 1_300 },
    // Elsewhere only roundings and small fees move an amount.
    Tolerance { words: &[], on_card: false, round: false, from: 990, to: 1_010 },
];

/// The least and the greatest amount at which `pending` may post.
pub(super) fn posts_between(pending: &Movement, text: &str) -> (Decimal, Decimal) {
    let applies = |t: &&Tolerance| {
        (!t.on_card || pending.on_card)
            && (!t.round || pending.amount.0.fract().is_zero())
            && (t.words.is_empty() || text.split(' ').any(|word| t.words.contains(&word)))
    };
    let amount = pending.amount.0;
    TOLERANCES.iter().find(applies).map_or((amount, amount), |t| {
        let times =
            |thousandths| amount.checked_mul(Decimal::new(thousandths, 3)).unwrap_or(amount);
        (times(t.from), times(t.to))
    })
}

/// Roughly how many units of a currency make one US dollar. Only the order of magnitude matters:
/// it tells a conversion from another purchase.
const PER_DOLLAR: &[(&str, i64)] = &[
    ("ARS", 1_200),
    ("BRL", 5),
    ("CAD", 1),
    ("CHF", 1),
    ("CLP", 900),
    ("COP", 4_000),
    ("EUR", 1),
    ("GBP", 1),
    ("MXN", 18),
    ("PEN", 4),
    ("USD", 1),
    ("UYU", 40),
];

/// How many times more or less than the rough rate a conversion may give.
const ROUGHNESS: i64 = 2;

/// Whether `pending` may have posted as `posted` in another currency. Currencies that the table
/// does not know convert to anything.
pub(super) fn converts(pending: &Movement, posted: &Movement) -> bool {
    let per_dollar =
        |currency: &str| PER_DOLLAR.iter().find(|(code, _)| *code == currency).map(|(_, n)| *n);
    let rates = per_dollar(&pending.currency).zip(per_dollar(&posted.currency));
    rates.is_none_or(|(from, to)| {
        // pending / from and posted / to, both in dollars, without dividing.
        let times =
            |amount: Decimal, n: i64| amount.checked_mul(Decimal::from(n)).unwrap_or(Decimal::MAX);
        let (old, new) = (times(pending.amount.0, to), times(posted.amount.0, from));
        old <= times(new, ROUGHNESS) && new <= times(old, ROUGHNESS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(description: &str) -> String {
        let mut text = String::new();
        normal(description, &mut text);
        text
    }

    #[test]
    fn case_accents_spaces_and_running_numbers_do_not_matter() {
        assert_eq!(plain("  Café   São João  000123456 "), "CAFE SAO JOAO");
        assert_eq!(plain("COMPRA Pendiente OXXO TX84920A"), "COMPRA OXXO");
        assert_eq!(plain("cafe sao joao"), plain("CAFÉ SÃO JOÃO *"));
    }

    #[test]
    fn an_instalment_and_a_shop_number_do_matter() {
        assert_ne!(plain("LOJA 3/12"), plain("LOJA 4/12"));
        assert_ne!(plain("OXXO 0042"), plain("OXXO 0043"));
    }

    #[test]
    fn a_description_that_grows_is_still_akin() {
        assert_eq!(
            likeness(&plain("RESTAURANTE DO J"), &plain("RESTAURANTE DO JOAO SAO PAULO BR")),
            Likeness::Contains
        );
        assert_eq!(
            likeness(&plain("UBER TRIP"), &plain("Compra UBER *TRIP HELP.UBER.COM")),
            Likeness::Contains
        );
        assert_eq!(likeness(&plain("PADARIA REAL"), &plain("FARMACIA CENTRAL")), Likeness::Unlike);
        assert_eq!(likeness("", ""), Likeness::Silent);
    }
}
