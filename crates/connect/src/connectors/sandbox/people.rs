//! The people and companies of the sandbox: names, addresses and documents whose check digits are
//! right and whose owners do not exist.

use super::{
    chance::Seed,
    institutions::Country,
    national_ids::{bare, cnpj, company_rfc, cpf, curp, nit, nss, person_rfc, rut, said_by_curp},
};
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
    /// `CURP`, `RFC`, `CC`, `NIT`, `CPF`, `CNPJ` or `RUT`.
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

static CL: Stock = Stock {
    women: &["Javiera", "Constanza", "Catalina", "Francisca", "Antonia", "Isidora", "Paz"],
    men: &["Matías", "Vicente", "Benjamín", "Cristóbal", "Ignacio", "Joaquín", "Tomás"],
    families: &[
        "Muñoz",
        "Rojas",
        "Contreras",
        "Sepúlveda",
        "Morales",
        "Fuentes",
        "Araya",
        "Espinoza",
        "Tapia",
        "Reyes",
    ],
    streets: &["Calle Los Canelos", "Av. El Boldo", "Pasaje Las Lengas", "Calle Arrayán"],
    cities: &[
        city("Santiago", "SANTIAGO", "Región Metropolitana", "13", "2", "8320000"),
        city("Valparaíso", "VALPARAISO", "Valparaíso", "05", "32", "2340000"),
        city("Concepción", "CONCEPCION", "Biobío", "08", "41", "4030000"),
    ],
    trades: &["Comercial", "Panadería", "Constructora", "Transportes"],
    company: "SpA",
};

impl Country {
    fn stock(self) -> &'static Stock {
        match self {
            Self::Mexico => &MX,
            Self::Colombia => &CO,
            Self::Brazil => &BR,
            Self::Chile => &CL,
        }
    }
}

impl Person {
    /// Whoever goes by `user` in that country: always the same.
    pub(super) fn of(country: Country, company: bool, user: &str) -> Self {
        let seed = Seed::of(&["person", country.code(), user]).with(u64::from(company));
        let stock = country.stock();
        // A person's CURP says when they were born.
        let said = said_by_curp(user).filter(|_| country == Country::Mexico && !company);
        let female = said.map_or_else(|| seed.with(1).once_in(2), |(_, female)| female);
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
        let born = said.map_or(born, |(born, _)| born);
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
            (Country::Chile, false) => {
                ("RUT", rut(&seed.with(10).between(8_000_000, 20_000_000).to_string()))
            }
            (Country::Chile, true) => ("RUT", rut(&format!("7{}", seed.with(10).digits(7)))),
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
    /// What Mexico's tax authority knows a person by.
    pub(super) fn rfc(&self) -> String {
        person_rfc(&self.document, self.seed.with(31))
    }
    /// What Mexico's social security knows a person by.
    pub(super) fn nss(&self) -> String {
        nss(self.seed.with(15))
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

#[cfg(test)]
mod tests {
    use super::*;

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
