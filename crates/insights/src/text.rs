//! What banks print, made comparable.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The most of a description that is looked at, in letters.
const LONGEST: usize = 400;

/// Words that say how money travelled or which document it went by, and not whose it is.
const GENERIC: &[&str] = &[
    "a",
    "abono",
    "al",
    "aut",
    "auto",
    "autom",
    "automatico",
    "bco",
    "bimestre",
    "boleto",
    "cargo",
    "clave",
    "cob",
    "cobro",
    "com",
    "compra",
    "compras",
    "con",
    "concepto",
    "conta",
    "cr",
    "cred",
    "credito",
    "cta",
    "cuenta",
    "da",
    "de",
    "deb",
    "debito",
    "del",
    "dep",
    "deposito",
    "desde",
    "do",
    "doc",
    "dom",
    "domiciliacion",
    "domiciliado",
    "e",
    "el",
    "em",
    "en",
    "entre",
    "enviada",
    "enviado",
    "envio",
    "fact",
    "factura",
    "fatura",
    "folio",
    "guia",
    "la",
    "los",
    "mensal",
    "mensual",
    "mes",
    "na",
    "no",
    "nro",
    "num",
    "numero",
    "orden",
    "pag",
    "pagamento",
    "pago",
    "pagto",
    "para",
    "pelo",
    "pgto",
    "pix",
    "por",
    "pse",
    "qna",
    "quincena",
    "rastreo",
    "recebida",
    "recebido",
    "recibida",
    "recibido",
    "recurrente",
    "ref",
    "referencia",
    "rfc",
    "spei",
    "suc",
    "sucursal",
    "tarjeta",
    "ted",
    "transf",
    "transferencia",
    "traspaso",
    "y",
];

/// Months, as they stand in dates.
const MONTHS: &[&str] = &[
    "abr",
    "abril",
    "ago",
    "agosto",
    "dez",
    "dezembro",
    "dic",
    "diciembre",
    "ene",
    "enero",
    "feb",
    "febrero",
    "fev",
    "fevereiro",
    "jan",
    "janeiro",
    "jul",
    "julho",
    "julio",
    "jun",
    "junho",
    "junio",
    "mai",
    "maio",
    "mar",
    "marco",
    "marzo",
    "may",
    "mayo",
    "nov",
    "novembro",
    "noviembre",
    "oct",
    "octubre",
    "out",
    "outubro",
    "sep",
    "septiembre",
    "set",
    "setembro",
];

/// Writes lower-case letters and digits without accents into `into`, words separated by one space.
pub(crate) fn plain(text: &str, into: &mut String) {
    into.clear();
    let mut gap = false;
    let mut push = |letter: char| {
        if letter.is_alphanumeric() {
            if gap && !into.is_empty() {
                into.push(' ');
            }
            gap = false;
            into.extend(letter.to_lowercase());
        } else if letter != '\'' && letter != '&' {
            gap = true;
        }
    };
    for letter in text.chars().take(LONGEST) {
        if letter.is_ascii() {
            push(letter);
        } else {
            std::iter::once(letter).nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
        }
    }
}

/// Who is behind a plain text: without numbers, masks, dates and words that only say how money
/// travelled. Where nothing else is there, those words.
pub(crate) fn source(plain: &str) -> String {
    let telling = |word: &&str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let is_mask =
            word.len() > 1 && word.bytes().all(|byte| byte == b'x' || byte.is_ascii_digit());
        digits < 3 && digits < word.len() && !is_mask && MONTHS.binary_search(word).is_err()
    };
    let words: Vec<&str> = plain.split(' ').filter(|w| !w.is_empty()).filter(telling).collect();
    let own: Vec<&str> =
        words.iter().copied().filter(|word| GENERIC.binary_search(word).is_err()).collect();
    if own.is_empty() { words.join(" ") } else { own.join(" ") }
}

/// Words as a name: each with a capital.
pub(crate) fn titled(words: &str) -> String {
    let mut title = String::with_capacity(words.len());
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        if !title.is_empty() {
            title.push(' ');
        }
        let mut letters = word.chars();
        title.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        title.push_str(letters.as_str());
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made_plain(text: &str) -> String {
        let mut into = "left over".into();
        plain(text, &mut into);
        into
    }

    #[test]
    fn lists_are_sorted_so_that_they_can_be_searched() {
        assert!(GENERIC.is_sorted() && MONTHS.is_sorted());
    }
    #[test]
    fn accents_case_and_punctuation_do_not_matter() {
        assert_eq!(made_plain("  NÓMINA—2ª quincena  "), "nomina 2a quincena");
        assert_eq!(made_plain("PAG*Ação/São Paulo"), "pag acao sao paulo");
        assert_eq!(made_plain("AT&T Mc Donald's"), "att mc donalds");
        assert_eq!(made_plain("•••"), "");
    }
    #[test]
    fn a_source_is_the_same_in_every_month() {
        let january =
            source(&made_plain("SPEI RECIBIDO BANORTE 0001234 NOMINA EMPRESA SA 15/ENE/24"));
        let june = source(&made_plain("SPEI recibido Banorte 0009876 Nómina Empresa SA 14/JUN/24"));
        assert_eq!(january, june);
        assert_eq!(january, "banorte nomina empresa sa");
        assert_eq!(source("pix recebido"), "pix recebido");
        assert_eq!(source("compra xxxx 1234 xx12"), "compra");
        assert_eq!(titled("cfe suministrador"), "Cfe Suministrador");
    }
    proptest! {
        #[test]
        fn plain_text_is_plain_and_bounded(text in any::<String>()) {
            let plain = made_plain(&text);
            prop_assert!(!plain.starts_with(' ') && !plain.ends_with(' ') && !plain.contains("  "));
            prop_assert_eq!(&made_plain(&plain), &plain);
            let source = source(&plain);
            prop_assert!(source.len() <= plain.len());
            titled(&source);
        }
    }
}
