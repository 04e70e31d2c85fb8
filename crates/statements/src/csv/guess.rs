//! A mapping proposed from the head of a file.
//!
//! Told by the words of the header in Portuguese, Spanish and English, and by what stands in the rows
//! below it; without a header by the rows alone.

use super::{
    cells::{self, Written, fold, plain},
    mapping::{Column, Columns, DecimalSign, Mapping, Sign},
    rows::Splitter,
};
use crate::{
    days::{self, DayOrder},
    format::HEAD,
    source::head_of,
};
use std::fmt;

/// A mapping that fits the head of a file, and what it leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The proposal.
    pub mapping: Mapping,
    /// How sure it is, from 0 to 100: the share of rows that can be read with it, less for each doubt.
    pub sure: u8,
    /// What the file does not show, and a person should decide. The mapping has the likelier choice.
    pub doubts: Vec<Doubt>,
}

/// Something that a file does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Every day can be read with the day or the month first, and no word shows the language.
    DayOrder,
    /// Commas and points may be fractions or thousands.
    DecimalSign,
    /// No amount has a minus: which way money went is not shown.
    Sign,
    /// No row names the columns; they were told by what is in them.
    Columns,
    /// No column is a description.
    Description,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DayOrder => "whether the day or the month comes first does not show",
            Self::DecimalSign => "whether commas or points are fractions does not show",
            Self::Sign => "no amount has a minus: which way money went does not show",
            Self::Columns => "no row names the columns: they were told by what is in them",
            Self::Description => "no column is known to be a description",
        })
    }
}

/// Rows that are looked at.
const SAMPLE: usize = 60;
/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 40;

impl Mapping {
    /// Proposes a mapping for a file that begins with `head` (its first [`HEAD`] bytes, or all of a
    /// shorter one). `None` where no column is a day, or none an amount.
    #[must_use]
    pub fn guess(head: &[u8]) -> Option<Guess> {
        let cut = head.len() >= HEAD;
        let text = head_of(&head[..head.len().min(HEAD)]);
        // The last line may not be all of one.
        match text.rfind('\n') {
            Some(end) if cut => of_text(&text[..end]),
            _ => of_text(&text),
        }
    }
}

/// The likeliest mapping for a file that begins with `head`.
pub(super) fn of_text(head: &str) -> Option<Guess> {
    let lines: Vec<&str> = head.lines().take(SAMPLE + HEADER_WITHIN).collect();
    // Spreadsheets say what separates columns in a line of its own.
    let stated = lines.first().and_then(|line| line.trim().strip_prefix("sep=")?.chars().next());
    let delimiters = match &stated {
        Some(delimiter) => std::slice::from_ref(delimiter),
        None => &[';', '\t', ',', '|'],
    };
    let skip = usize::from(stated.is_some());
    delimiters
        .iter()
        .filter_map(|&delimiter| with(delimiter, lines.get(skip..)?, skip))
        .max_by_key(|(guess, columns)| (guess.sure, *columns))
        .map(|(guess, _)| guess)
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Date,
    ValueDate,
    Description,
    Amount,
    Debit,
    Credit,
    Direction,
    Balance,
    Id,
    Reference,
    Kind,
    Counterparty,
    Currency,
    Account,
}

/// Words of headers, folded. A column is what its name is, or begins with; earlier roles are tried
/// first, so that “data valor” is no amount.
const WORDS: &[(Role, &[&str])] = &[
    (
        Role::ValueDate,
        &["data valor", "fecha valor", "value date", "effective date", "fecha efectiva"],
    ),
    (
        Role::Direction,
        &[
            "d c",
            "c d",
            "debito credito",
            "credito debito",
            "cargo abono",
            "debit credit",
            "credit debit",
            "natureza",
            "naturaleza",
        ],
    ),
    (
        Role::Date,
        &[
            "data",
            "fecha",
            "date",
            "transaction date",
            "posting date",
            "post date",
            "posted date",
            "booking date",
            "dt",
            "dia",
        ],
    ),
    (
        Role::Id,
        &["identificador", "transaction id", "id da transacao", "id transacao", "fitid", "id"],
    ),
    (
        Role::Debit,
        &[
            "debito",
            "debitos",
            "cargo",
            "cargos",
            "retiro",
            "retiros",
            "egreso",
            "egresos",
            "saida",
            "saidas",
            "debit",
            "debits",
            "withdrawal",
            "withdrawals",
            "money out",
            "paid out",
        ],
    ),
    (
        Role::Credit,
        &[
            "credito",
            "creditos",
            "abono",
            "abonos",
            "deposito",
            "depositos",
            "ingreso",
            "ingresos",
            "entrada",
            "entradas",
            "credit",
            "credits",
            "deposit",
            "deposits",
            "money in",
            "paid in",
        ],
    ),
    (Role::Balance, &["saldo", "balance", "running bal", "running balance"]),
    (Role::Amount, &["valor", "monto", "importe", "amount", "montante", "quantia", "value"]),
    (
        Role::Reference,
        &[
            "documento",
            "docto",
            "doc",
            "numero do documento",
            "numero documento",
            "numero de documento",
            "nro documento",
            "n documento",
            "referencia",
            "reference",
            "folio",
            "check",
            "cheque",
            "num doc",
        ],
    ),
    (Role::Currency, &["moeda", "moneda", "currency", "divisa"]),
    (Role::Account, &["conta", "cuenta", "account", "numero da conta", "numero de cuenta"]),
    (Role::Counterparty, &["favorecido", "beneficiario", "contraparte", "payee", "nome", "nombre"]),
    (Role::Kind, &["tipo", "type", "transaction type", "categoria", "category", "codigo"]),
    (
        Role::Description,
        &[
            "descricao",
            "historico",
            "lancamento",
            "lancamentos",
            "detalhe",
            "detalhes",
            "descripcion",
            "concepto",
            "detalle",
            "movimiento",
            "description",
            "memo",
            "details",
            "narrative",
            "title",
            "titulo",
            "estabelecimento",
            "transaccion",
            "particulars",
            "motivo",
            "name",
        ],
    ),
];

/// What a header says that each of its columns is. `None` where it names no day or no amount.
fn roles(header: &[String]) -> Option<Vec<Option<Role>>> {
    let folded: Vec<String> = header.iter().map(|cell| fold(cell)).collect();
    // Most rows are none: a word for the day is looked for first.
    let days = WORDS.iter().filter(|(role, _)| *role == Role::Date).flat_map(|(_, words)| *words);
    let mut days = days.copied();
    if !days.any(|word| folded.iter().any(|cell| cell.starts_with(word))) {
        return None;
    }
    let mut roles: Vec<Option<Role>> = vec![None; folded.len()];
    for whole in [true, false] {
        for (role, words) in WORDS {
            // A whole word is surer than how a name begins.
            let fits = |cell: &str| {
                words.iter().any(|word| {
                    cell == *word
                        || (!whole && cell.strip_prefix(word).is_some_and(|t| t.starts_with(' ')))
                })
            };
            for (at, cell) in folded.iter().enumerate() {
                let taken = *role != Role::Description && roles.contains(&Some(*role));
                if roles[at].is_none() && !taken && fits(cell) {
                    roles[at] = Some(*role);
                }
            }
        }
    }
    let has = |role| roles.contains(&Some(role));
    let money =
        has(Role::Amount) || (has(Role::Debit) && has(Role::Credit)) || has(Role::Direction);
    (has(Role::Date) && money).then_some(roles)
}

/// What columns are by what is in them.
fn roles_of(rows: &[Vec<String>]) -> Option<Vec<Option<Role>>> {
    let columns = rows.iter().map(Vec::len).max()?;
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at)).map(|cell| plain(cell));
    let filled = |at: usize| cells(at).filter(|cell| !cell.is_empty());
    let all = |at: usize, is: fn(&str) -> bool| {
        let (count, good) =
            filled(at).fold((0, 0), |(c, g), cell| (c + 1, g + usize::from(is(cell))));
        count > 0 && good * 5 >= count * 4
    };
    let is_day = |cell: &str| !matches!(cells::written(cell), Written::Nothing);
    let is_money = |cell: &str| {
        cell.contains(|c: char| c.is_ascii_digit())
            && [DecimalSign::Comma, DecimalSign::Point]
                .iter()
                .any(|sign| matches!(cells::amount(cell, *sign), Ok(Some(_))))
    };
    let date = (0..columns).find(|&at| all(at, is_day) && filled(at).count() * 2 >= rows.len())?;
    // A number without a fraction is more often an id than an amount.
    let fraction = |at: usize| filled(at).any(|cell| cell.contains([',', '.']));
    let money: Vec<usize> = (0..columns)
        .filter(|&at| at != date && all(at, is_money) && !all(at, is_day) && fraction(at))
        .collect();
    let mut roles = vec![None; columns];
    roles[date] = Some(Role::Date);
    let apart = |one: usize, other: usize| {
        rows.iter().all(|row| {
            let blank = |at: usize| row.get(at).is_none_or(|cell| plain(cell).is_empty());
            blank(one) || blank(other)
        })
    };
    match money.as_slice() {
        [] => return None,
        [debit, credit, rest @ ..] if apart(*debit, *credit) => {
            roles[*debit] = Some(Role::Debit);
            roles[*credit] = Some(Role::Credit);
            if let Some(balance) = rest.first() {
                roles[*balance] = Some(Role::Balance);
            }
        }
        [amount, rest @ ..] => {
            roles[*amount] = Some(Role::Amount);
            if let Some(balance) = rest.first() {
                roles[*balance] = Some(Role::Balance);
            }
        }
    }
    let letters = |at: usize| -> usize {
        filled(at).map(|cell| cell.chars().filter(|c| c.is_alphabetic()).count()).sum()
    };
    let longest = (0..columns).filter(|&at| roles[at].is_none()).max_by_key(|&at| letters(at));
    if let Some(at) = longest.filter(|&at| letters(at) > 0) {
        roles[at] = Some(Role::Description);
    }
    Some(roles)
}

/// The rows of a file's head, split at one delimiter, and what their columns are.
struct Sample<'a> {
    names: Option<&'a [String]>,
    roles: Vec<Option<Role>>,
    /// Below the header, those with more than one cell.
    rows: Vec<&'a Vec<String>>,
}

/// The guess for one delimiter, and how many columns it makes.
fn with(delimiter: char, lines: &[&str], skipped: usize) -> Option<(Guess, usize)> {
    let mut splitter = Splitter::new(delimiter);
    let rows: Vec<Vec<String>> = lines.iter().map(|line| splitter.line(line)).collect();
    let mut doubts = Vec::new();
    let sample = Sample::of(&rows, &mut doubts)?;
    let date = sample.at(Role::Date)?;
    let decimal = decimal(&sample.amounts(), delimiter, &mut doubts);
    let dates: Vec<&str> = sample.rows.iter().map(|row| cell(row, Some(date))).collect();
    let days = order(&dates, sample.names, &mut doubts);
    if sample.hides_direction(decimal) {
        doubts.push(Doubt::Sign);
    }
    let share = sample.share(date, days, decimal)?;
    let columns = sample.columns(date, &mut doubts);
    let mapping = Mapping {
        delimiter,
        encoding: None,
        skip: u32::try_from(skipped).unwrap_or(0),
        header: sample.names.is_some(),
        columns,
        days,
        decimal,
        sign: Sign::AsWritten,
        bank: None,
        account: None,
        currency: None,
    };
    mapping.check().ok()?;
    let sure = share.saturating_sub(doubts.len() * 15).max(1);
    let guess = Guess { mapping, sure: u8::try_from(sure).unwrap_or(0), doubts };
    Some((guess, sample.roles.len()))
}

/// A cell as it is read; empty where the row is shorter.
fn cell(row: &[String], at: Option<usize>) -> &str {
    at.and_then(|at| row.get(at)).map_or("", |cell| plain(cell))
}

impl<'a> Sample<'a> {
    fn of(rows: &'a [Vec<String>], doubts: &mut Vec<Doubt>) -> Option<Self> {
        let header = rows.iter().take(HEADER_WITHIN).enumerate();
        let mut candidates = header.filter(|(_, row)| row.len() > 1);
        let (names, mut roles, below) = if let Some((at, roles)) =
            candidates.find_map(|(at, row)| Some((at, roles(row)?)))
        {
            (Some(rows[at].as_slice()), roles, &rows[at + 1..])
        } else {
            let wide: Vec<Vec<String>> = rows.iter().filter(|row| row.len() > 1).cloned().collect();
            doubts.push(Doubt::Columns);
            (None, roles_of(&wide)?, rows)
        };
        let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let rows: Vec<&Vec<String>> = below.iter().filter(|row| filled(row) > 1).collect();
        settle_directions(&mut roles, &rows);
        Some(Self { names, roles, rows })
    }

    fn at(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|known| *known == Some(role))
    }

    fn money(&self) -> [Option<usize>; 3] {
        [self.at(Role::Amount), self.at(Role::Debit), self.at(Role::Credit)]
    }

    /// Every cell that should be an amount.
    fn amounts(&self) -> Vec<&'a str> {
        let columns: Vec<_> =
            self.money().into_iter().chain([self.at(Role::Balance)]).flatten().collect();
        let cells = |row: &'a Vec<String>| columns.iter().map(|&at| cell(row, Some(at)));
        self.rows.iter().flat_map(|row| cells(row).collect::<Vec<_>>()).collect()
    }

    /// Whether nothing shows which way money went.
    fn hides_direction(&self, decimal: DecimalSign) -> bool {
        let Some(at) = self.at(Role::Amount) else { return false };
        let amounts: Vec<_> = self
            .rows
            .iter()
            .filter_map(|row| cells::amount(cell(row, Some(at)), decimal).ok()?)
            .collect();
        self.at(Role::Direction).is_none()
            && amounts.len() > 1
            && !amounts.iter().any(|amount| amount.0.is_sign_negative())
    }

    /// Of a hundred rows that are meant to be movements, how many can be read. `None` where that is
    /// less than half. A header without rows is worth something, and nothing is worth everything.
    fn share(&self, date: usize, days: DayOrder, decimal: DecimalSign) -> Option<usize> {
        let reads = |row: &&&Vec<String>| {
            let day = matches!(cells::day(cell(row, Some(date)), days), cells::Day::Is(..));
            let is_amount = |at| matches!(cells::amount(cell(row, at), decimal), Ok(Some(_)));
            day && self.money().into_iter().any(is_amount)
        };
        // Rows that tell a balance, and sums, which have no day, are not meant to be read.
        let tells = |row: &Vec<String>| {
            let texts = self.roles.iter().enumerate();
            let mut texts = texts.filter(|(_, role)| **role == Some(Role::Description));
            texts.any(|(at, _)| cells::tells_balance(cell(row, Some(at))).is_some())
        };
        let meant = self.rows.iter().filter(|row| !cell(row, Some(date)).is_empty() && !tells(row));
        let (meant, good) =
            meant.fold((0, 0), |(meant, good), row| (meant + 1, good + usize::from(reads(&row))));
        match meant {
            0 => self.names.map(|_| 60),
            _ if good == 0 || good * 2 < meant => None,
            _ => (good * 99_usize).checked_div(meant),
        }
    }

    fn columns(&self, date: usize, doubts: &mut Vec<Doubt>) -> Columns {
        let column = |at: usize| match self.names.and_then(|names| names.get(at)) {
            // A name that comes twice, or none, would be another column.
            Some(name) if is_only(name, self.names) => Column::Name(name.trim().to_owned()),
            _ => Column::Number(u16::try_from(at + 1).unwrap_or(u16::MAX)),
        };
        let one = |role: Role| self.at(role).map(column);
        let texts = self.roles.iter().enumerate();
        let texts = texts.filter(|(_, role)| **role == Some(Role::Description));
        let mut description: Vec<Column> = texts.map(|(at, _)| column(at)).take(3).collect();
        let mut counterparty = one(Role::Counterparty);
        if description.is_empty() {
            description.extend(counterparty.take());
        }
        if description.is_empty() {
            description.extend(one(Role::Kind));
        }
        if description.is_empty() {
            doubts.push(Doubt::Description);
        }
        // One of the two says nothing without the other.
        let both = self.at(Role::Debit).is_some() && self.at(Role::Credit).is_some();
        Columns {
            date: column(date),
            value_date: one(Role::ValueDate),
            description,
            amount: one(Role::Amount),
            debit: one(Role::Debit).filter(|_| both),
            credit: one(Role::Credit).filter(|_| both),
            direction: one(Role::Direction),
            balance: one(Role::Balance),
            id: one(Role::Id),
            reference: one(Role::Reference),
            kind: one(Role::Kind),
            counterparty,
            counterparty_account: None,
            currency: one(Role::Currency),
            account: one(Role::Account),
        }
    }
}

/// Whether a name in a header is there once.
fn is_only(name: &str, names: Option<&[String]>) -> bool {
    let folded = fold(name);
    !folded.is_empty()
        && names
            .is_some_and(|names| names.iter().filter(|other| fold(other) == folded).count() == 1)
}

/// A column of which the name leaves open what it is: “Débito/Crédito” may hold words or amounts, and
/// “Details” may hold which way the money went.
fn settle_directions(roles: &mut [Option<Role>], rows: &[&Vec<String>]) {
    for at in 0..roles.len() {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| plain(cell));
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let words = filled.iter().filter(|cell| cells::direction(cell).is_some()).count();
        match roles[at] {
            Some(Role::Direction) if words * 2 < filled.len() => {
                let amount = roles.contains(&Some(Role::Amount));
                roles[at] = if amount { None } else { Some(Role::Amount) };
            }
            Some(Role::Description | Role::Kind) if words > 0 && words == filled.len() => {
                let known = roles.contains(&Some(Role::Direction));
                roles[at] = if known { None } else { Some(Role::Direction) };
            }
            _ => {}
        }
    }
}

/// What stands before fractions: a comma or point with one or two digits behind it.
fn decimal(amounts: &[&str], delimiter: char, doubts: &mut Vec<Doubt>) -> DecimalSign {
    let (mut commas, mut points, mut open) = (0, 0, 0);
    for text in amounts {
        let text = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let Some(at) = text.rfind([',', '.']) else { continue };
        let behind = text.len() - at - 1;
        let comma = text[at..].starts_with(',');
        let other = if comma { '.' } else { ',' };
        // One or two digits, or another sign before it that groups thousands: a fraction.
        if matches!(behind, 1 | 2) || text[..at].contains(other) {
            *(if comma { &mut commas } else { &mut points }) += 1;
        } else {
            open += 1;
        }
    }
    if (commas > 0 && points > 0) || (commas == 0 && points == 0 && open > 0) {
        doubts.push(Doubt::DecimalSign);
    }
    match (commas, points) {
        (0, 0) if delimiter == ';' => DecimalSign::Comma,
        (0, 0) => DecimalSign::Point,
        _ if commas >= points => DecimalSign::Comma,
        _ => DecimalSign::Point,
    }
}

/// In which order days are written: the one that all can be read in, and otherwise the one of the
/// header's language.
fn order(dates: &[&str], header: Option<&[String]>, doubts: &mut Vec<Doubt>) -> DayOrder {
    let (mut day_first, mut month_first) = (0, 0);
    for date in dates {
        let Written::Numbers(numbers) = cells::written(date) else { continue };
        for order in days::orders(numbers) {
            match order {
                DayOrder::DayFirst => day_first += 1,
                DayOrder::MonthFirst => month_first += 1,
                DayOrder::YearFirst => {}
            }
        }
    }
    if day_first == 0 && month_first == 0 {
        return DayOrder::YearFirst;
    }
    if day_first != month_first {
        return if day_first > month_first { DayOrder::DayFirst } else { DayOrder::MonthFirst };
    }
    // Nobody who writes Portuguese or Spanish puts the month first.
    let words = ["data", "fecha", "dia", "saldo", "valor", "monto", "importe", "cargo", "abono"];
    let romance = header.is_some_and(|header| {
        header.iter().any(|cell| fold(cell).split(' ').any(|word| words.contains(&word)))
    });
    if romance {
        return DayOrder::DayFirst;
    }
    doubts.push(Doubt::DayOrder);
    if header.is_some() { DayOrder::MonthFirst } else { DayOrder::DayFirst }
}
