//! The people and companies of the sandbox: names, addresses and documents whose check digits are
//! right and whose owners do not exist.

use super::{chance::Seed, institutions::Country};
use jiff::civil::{Date, date};

/// Somebody with accounts.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) country: Country,
    /// A company instead of a person.
    pub(super) company: bool,
    /// What their numbers are drawn from: the same at every institution of the country.
    pub(super) seed: Seed,
    /// The full or registered name.
    pub(super) name: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) second_last: String,
    pub(super) female: bool,
    /// Born or founded.
    pub(super) born: Date,
    /// `CURP`, `RFC`, `CC`, `NIT`, `CPF` or `CNPJ`.
    pub(super) document_type: &'static str,
    pub(super) document: String,
    pub(super) email: String,
    pub(super) area_code: &'static str,
    pub(super) phone: String,
    pub(super) street: String,
    pub(super) city: City,
    pub(super) postcode: String,
}

/// A town.
#[derive(Debug, Clone, Copy)]
pub(super) struct City {
    pub(super) name: &'static str,
    /// As statements abbreviate it.
    pub(super) short: &'static str,
    pub(super) state: &'static str,
    /// The state's code in a CURP; the town's IBGE number in Brazil.
    pub(super) code: &'static str,
    area: &'static str,
    postcode: &'static str,
}

const fn city(
    name: &'static str,
    short: &'static str,
    state: &'static str,
    code: &'static str,
    area: &'static str,
    postcode: &'static str,
) -> City {
    City { name, short, state, code, area, postcode }
}

/// What a country's people are made of.
struct Stock {
    women: &'static [&'static str],
    men: &'static [&'static str],
    families: &'static [&'static str],
    streets: &'static [&'static str],
    cities: &'static [City],
    trades: &'static [&'static str],
    company: &'static str,
}

static MX: Stock = Stock {
    women: &["Mariana", "Lucía", "Fernanda", "Ximena", "Valeria", "Regina", "Paola", "Itzel"],
    men: &["Diego", "Emiliano", "Rodrigo", "Santiago", "Iván", "Mateo", "Gael", "Joaquín"],
    families: &[
        "Hernández",
        "García",
        "Martínez",
        "López",
        "Ramírez",
        "Torres",
        "Flores",
        "Vargas",
        "Cruz",
        "Mendoza",
    ],
    streets: &["Av. de los Fresnos", "Calle Jacaranda", "Calle Obsidiana", "Av. Pirules"],
    cities: &[
        city("Ciudad de México", "CDMX", "Ciudad de México", "DF", "55", "06700"),
        city("Guadalajara", "GDL", "Jalisco", "JC", "33", "44100"),
        city("Monterrey", "MTY", "Nuevo León", "NL", "81", "64000"),
        city("Puebla", "PUE", "Puebla", "PL", "22", "72000"),
    ],
    trades: &["Ferretería", "Panificadora", "Textiles", "Transportes"],
    company: "SA de CV",
};
static CO: Stock = Stock {
    women: &["Daniela", "Catalina", "Laura", "Juliana", "Manuela", "Natalia", "Carolina"],
    men: &["Andrés", "Camilo", "Sebastián", "Felipe", "Nicolás", "Esteban", "Tomás"],
    families: &[
        "Rodríguez",
        "Gómez",
        "González",
        "Moreno",
        "Rojas",
        "Díaz",
        "Muñoz",
        "Castro",
        "Ortiz",
        "Suárez",
    ],
    streets: &["Calle 45", "Carrera 13", "Transversal 22", "Diagonal 61"],
    cities: &[
        city("Bogotá", "BOG", "Cundinamarca", "11", "601", "110111"),
        city("Medellín", "MED", "Antioquia", "05", "604", "050001"),
        city("Cali", "CLO", "Valle del Cauca", "76", "602", "760001"),
    ],
    trades: &["Distribuidora", "Cafetera", "Confecciones", "Logística"],
    company: "SAS",
};
static BR: Stock = Stock {
    women: &["Ana", "Beatriz", "Camila", "Letícia", "Juliana", "Mariana", "Rafaela", "Sofia"],
    men: &["Lucas", "Pedro", "Gabriel", "Rafael", "Thiago", "Bruno", "Caio", "Vinícius"],
    families: &[
        "Silva", "Santos", "Oliveira", "Souza", "Pereira", "Costa", "Almeida", "Ribeiro",
        "Carvalho", "Barbosa",
    ],
    streets: &["Rua das Acácias", "Rua do Ipê", "Avenida Jatobá", "Travessa Manacá"],
    cities: &[
        city("São Paulo", "SAO PAULO", "SP", "3550308", "11", "01310100"),
        city("Rio de Janeiro", "RIO DE JANEI", "RJ", "3304557", "21", "20040002"),
        city("Recife", "RECIFE", "PE", "2611606", "81", "50030230"),
        city("Curitiba", "CURITIBA", "PR", "4106902", "41", "80010000"),
    ],
    trades: &["Padaria", "Mercearia", "Confecções", "Oficina"],
    company: "LTDA",
};

impl Country {
    fn stock(self) -> &'static Stock {
        match self {
            Self::Mexico => &MX,
            Self::Colombia => &CO,
            Self::Brazil => &BR,
        }
    }
}

impl Person {
    /// Whoever goes by `user` in that country: always the same.
    pub(super) fn of(country: Country, company: bool, user: &str) -> Self {
        let seed = Seed::of(&["person", country.code(), user]).with(u64::from(company));
        let stock = country.stock();
        let female = seed.with(1).once_in(2);
        let first = seed.with(2).pick(if female { stock.women } else { stock.men });
        let last = seed.with(3).pick(stock.families);
        let second_last = seed.with(4).pick(stock.families);
        let city = seed.with(5).pick(stock.cities);
        let (y, m, d) = (seed.with(6), seed.with(7), seed.with(8));
        let years = if company { (1985, 2018) } else { (1955, 1990) };
        let born = date(
            i16::try_from(y.between(years.0, years.1)).unwrap_or(1980),
            m.small(12).cast_signed() + 1,
            d.small(28).cast_signed() + 1,
        );
        let name = match (company, country) {
            (true, _) => format!("{} {last} {}", seed.with(9).pick(stock.trades), stock.company),
            (false, Country::Brazil) => format!("{first} {second_last} {last}"),
            (false, _) => format!("{first} {last} {second_last}"),
        };
        let (document_type, document) = match (country, company) {
            (Country::Mexico, false) => {
                ("CURP", curp(first, last, second_last, born, female, city.code, seed.with(10)))
            }
            (Country::Mexico, true) => ("RFC", company_rfc(&name, born, seed.with(10))),
            (Country::Colombia, false) => ("CC", format!("10{}", seed.with(10).digits(8))),
            (Country::Colombia, true) => ("NIT", nit(&format!("9{}", seed.with(10).digits(8)))),
            (Country::Brazil, false) => ("CPF", cpf(&seed.with(10).digits(9))),
            (Country::Brazil, true) => ("CNPJ", cnpj(&format!("{}0001", seed.with(10).digits(8)))),
        };
        Self {
            email: format!("{}.{}@example.com", bare(first), bare(last)).to_lowercase(),
            area_code: city.area,
            // No telephone of these countries begins with three fives.
            phone: format!(
                "555{}",
                seed.with(11).digits(if country == Country::Brazil { 6 } else { 5 })
            ),
            street: format!(
                "{} {}",
                seed.with(12).pick(stock.streets),
                seed.with(13).between(10, 990)
            ),
            postcode: city.postcode.into(),
            first: first.into(),
            last: last.into(),
            second_last: second_last.into(),
            country,
            company,
            seed,
            name,
            female,
            born,
            document_type,
            document,
            city,
        }
    }
    /// The same person under a document of the caller's choice.
    pub(super) fn known_as(self, name: &str, document: &str) -> Self {
        Self { name: name.into(), document: document.into(), ..self }
    }
    /// The address in one line.
    pub(super) fn address(&self) -> String {
        format!("{}, {}, {}, {}", self.street, self.city.name, self.city.state, self.postcode)
    }
    /// The telephone number in full.
    pub(super) fn telephone(&self) -> String {
        format!("+{}{}{}", self.country.dialling(), self.area_code, self.phone)
    }
    /// Somebody they know, in capitals as statements write it.
    pub(super) fn friend(&self, seed: Seed) -> String {
        let stock = self.country.stock();
        let first = seed.with(1).pick(if seed.once_in(2) { stock.women } else { stock.men });
        bare(&format!("{first} {}", seed.with(2).pick(stock.families)))
    }
}

/// Capitals without accents.
pub(super) fn bare(text: &str) -> String {
    text.chars()
        .map(|c| match c.to_uppercase().next().unwrap_or(c) {
            'Á' | 'Ã' | 'Â' | 'À' => 'A',
            'É' | 'Ê' => 'E',
            'Í' => 'I',
            'Ó' | 'Õ' | 'Ô' => 'O',
            'Ú' | 'Ü' => 'U',
            'Ç' => 'C',
            'Ñ' => 'N',
            c => c,
        })
        .collect()
}

fn letters(text: &str) -> Vec<char> {
    bare(text).chars().filter(char::is_ascii_alphabetic).collect()
}
fn is_vowel(c: char) -> bool {
    "AEIOU".contains(c)
}
/// The first letter after the first that is a vowel, or is none.
fn inner(text: &str, vowel: bool) -> char {
    letters(text).into_iter().skip(1).find(|c| is_vowel(*c) == vowel).unwrap_or('X')
}
fn initial(text: &str) -> char {
    letters(text).first().copied().unwrap_or('X')
}
fn yymmdd(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day())
}

/// What letters count in a CURP's check digit.
const CURP_ORDER: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
/// What letters count in an RFC's.
const RFC_ORDER: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";

fn curp(
    first: &str,
    last: &str,
    second_last: &str,
    born: Date,
    female: bool,
    state: &str,
    seed: Seed,
) -> String {
    let mut curp =
        String::from_iter([initial(last), inner(last, true), initial(second_last), initial(first)]);
    curp.push_str(&yymmdd(born));
    curp.push(if female { 'M' } else { 'H' });
    curp.push_str(state);
    curp.extend([inner(last, false), inner(second_last, false), inner(first, false)]);
    curp.push(char::from(if born.year() < 2000 { b'0' } else { b'A' } + seed.small(10)));
    let place = |c| CURP_ORDER.chars().position(|o| o == c).unwrap_or(0);
    let sum: usize = curp.chars().enumerate().map(|(i, c)| place(c) * (18 - i)).sum();
    curp + &((10 - sum % 10) % 10).to_string()
}

fn company_rfc(name: &str, born: Date, seed: Seed) -> String {
    let name: String = letters(name).into_iter().take(3).collect();
    with_rfc_digit(format!("{name}{}{}", yymmdd(born), seed.digits(2)))
}
/// The RFC of somebody whose CURP is known: it begins in the same way.
pub(super) fn person_rfc(person: &Person) -> String {
    let begins: String = person.document.chars().take(10).collect();
    with_rfc_digit(begins + &person.seed.with(14).digits(2))
}
fn with_rfc_digit(rfc: String) -> String {
    let place = |c| RFC_ORDER.chars().position(|o| o == c).unwrap_or(0);
    // Companies have a letter less than people, which counts as a blank in front.
    let sum: usize =
        format!("{rfc:>12}").chars().zip((2..=13).rev()).map(|(c, weight)| place(c) * weight).sum();
    let check = match (11 - sum % 11) % 11 {
        10 => "A".to_owned(),
        digit => digit.to_string(),
    };
    rfc + &check
}
/// The number of somebody at Mexico's social security.
pub(super) fn nss(person: &Person) -> String {
    let base = person.seed.with(15).digits(10);
    let doubled = values(&base).rev().enumerate().map(|(i, d)| match i % 2 {
        0 => d * 2 / 10 + d * 2 % 10,
        _ => d,
    });
    let sum: u32 = doubled.sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}
/// The tax number of a company that is only known by name.
pub(super) fn tax_number(country: Country, name: &str) -> String {
    let seed = Seed::of(&["company", name]);
    let founded = date(
        1980 + i16::from(seed.with(1).small(30)),
        seed.with(2).small(12).cast_signed() + 1,
        seed.with(3).small(28).cast_signed() + 1,
    );
    match country {
        Country::Mexico => company_rfc(name, founded, seed),
        Country::Colombia => nit(&format!("9{}", seed.digits(8))),
        Country::Brazil => cnpj(&format!("{}0001", seed.digits(8))),
    }
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u32> {
    digits.bytes().map(|b| u32::from(b.wrapping_sub(b'0')))
}

/// Eleven less the remainder by eleven of the digits weighed from the right, twice.
fn twice_mod_11(base: &str, most: u32) -> String {
    let mut number = base.to_owned();
    for _ in 0..2 {
        let weights = (2..=most).cycle();
        let sum: u32 = values(&number).rev().zip(weights).map(|(d, w)| d * w).sum();
        number += &(match sum % 11 {
            0 | 1 => 0,
            r => 11 - r,
        })
        .to_string();
    }
    number
}
fn cpf(base: &str) -> String {
    twice_mod_11(base, 11)
}
fn cnpj(base: &str) -> String {
    twice_mod_11(base, 9)
}
fn nit(base: &str) -> String {
    const WEIGHTS: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let sum: u32 = values(base).rev().zip(WEIGHTS).map(|(d, w)| d * w).sum();
    let check = match sum % 11 {
        r @ (0 | 1) => r,
        r => 11 - r,
    };
    format!("{base}-{check}")
}

/// Eighteen digits: the bank, the place, the account and a check digit.
pub(super) fn clabe(bank: &str, place: &str, account: &str) -> String {
    let base = format!("{bank}{place}{account}");
    let sum: u32 = values(&base).zip([3, 7, 1].into_iter().cycle()).map(|(d, w)| d * w % 10).sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

/// The digit that proves a Brazilian account number.
pub(super) fn account_digit(number: &str) -> u32 {
    let sum: u32 = values(number).rev().zip((2..=9).cycle()).map(|(d, w)| d * w).sum();
    match sum % 11 {
        0 | 1 => 0,
        r => 11 - r,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_known_examples() {
        assert_eq!(cpf("529982247"), "52998224725");
        assert_eq!(cnpj("112223330001"), "11222333000181");
        assert_eq!(clabe("032", "180", "00011835971"), "032180000118359719");
        assert_eq!(nit("860034313"), "860034313-7");
        let born = date(1972, 1, 15);
        let curp = curp("Gloria", "Hernández", "García", born, true, "DF", Seed::of(&[]));
        assert!(curp.starts_with("HEGG720115MDFRRL"), "{curp}");
        assert_eq!(curp.len(), 18);
    }
    #[test]
    fn a_person_is_the_same_whenever_they_are_met() {
        for country in Country::ALL {
            for company in [false, true] {
                let one = Person::of(country, company, "bnk100");
                let two = Person::of(country, company, "bnk100");
                assert_eq!(format!("{one:?}"), format!("{two:?}"));
                let other = Person::of(country, company, "bnk101");
                assert_ne!(one.document, other.document);
                assert!(one.email.is_ascii(), "{}", one.email);
            }
        }
    }
}
