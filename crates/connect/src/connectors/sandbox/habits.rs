//! What moves on the accounts of the sandbox, and how often: the habits of each country as data.
//! Amounts are in Mexican cents and scaled to the other currencies.

use super::{chance::Seed, institutions::Country};

/// One of a customer's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Purse {
    Checking,
    Savings,
    Card,
    Loan,
    /// What customers have paid by card and is not paid out yet.
    Receivables,
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// On that day of each month, or its last.
    Monthly(i8),
    /// On that day of that month.
    Yearly(i8, i8),
    /// On that day of each month or, at weekends, the Friday before.
    Payday(i8),
    /// On so many days of a thousand.
    Chance(u64),
    /// By the books, not by habit: card payments, instalments, interest, what is put aside.
    Books,
}

/// Something that happens again and again.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no")]
pub(super) struct Habit {
    pub(super) purse: Purse,
    pub(super) when: When,
    pub(super) inflow: bool,
    /// Least and most.
    pub(super) cents: (i64, i64),
    /// Shops, companies, reasons.
    pub(super) words: &'static [&'static str],
    /// What the statement says: `{what}` one of `words`, `{who}` a friend, `{city}`, `{ref}` digits.
    pub(super) text: &'static str,
    /// How the money travels.
    pub(super) rail: &'static str,
    pub(super) mcc: Option<u16>,
    /// The nights until it is booked: least and most; never pending without.
    pub(super) nights: (i64, i64),
    /// Always the same amount at the same place.
    pub(super) steady: bool,
    /// Some days twice.
    pub(super) twins: bool,
    /// Grows by a tip when it is booked, sometimes.
    pub(super) tips: bool,
    /// The hours of UTC in which it happens: first and last.
    pub(super) hours: (i64, i64),
    /// May be given back, never be booked, or be reworded.
    pub(super) fickle: bool,
    /// The other end is a person.
    pub(super) between_people: bool,
    /// Pays out what customers paid by card.
    pub(super) pays_out: bool,
    /// Pays what is left of a wage: of so many percent of what the month earned, or the one so many
    /// months before.
    pub(super) wage: Option<(i64, i64)>,
}

pub(super) const fn habit(
    purse: Purse,
    when: When,
    cents: (i64, i64),
    words: &'static [&'static str],
    text: &'static str,
    rail: &'static str,
) -> Habit {
    Habit {
        purse,
        when,
        inflow: false,
        cents,
        words,
        text,
        rail,
        mcc: None,
        nights: (0, 0),
        steady: false,
        twins: false,
        tips: false,
        hours: (14, 22),
        fickle: false,
        between_people: false,
        pays_out: false,
        wage: None,
    }
}

impl Habit {
    pub(super) const fn inflow(self) -> Self {
        Self { inflow: true, ..self }
    }
    const fn steady(self) -> Self {
        Self { steady: true, ..self }
    }
    const fn twins(self) -> Self {
        Self { twins: true, ..self }
    }
    const fn tips(self) -> Self {
        Self { tips: true, ..self }
    }
    const fn hours(self, first: i64, last: i64) -> Self {
        Self { hours: (first, last), ..self }
    }
    /// Paid with a card, so that it is booked some nights later.
    const fn shop(self, mcc: u16, least: i64, most: i64) -> Self {
        Self { mcc: Some(mcc), nights: (least, most), fickle: true, ..self }
    }
    const fn between_people(self) -> Self {
        Self { between_people: true, ..self }
    }
    const fn wage(self, percent: i64, months: i64) -> Self {
        Self { wage: Some((percent, months)), ..self }
    }
    const fn pays_out(self) -> Self {
        Self { pays_out: true, ..self }
    }
}

use Purse::{Card, Checking, Loan, Savings};
use When::{Books, Chance, Monthly, Payday, Yearly};

/// What a country's people and companies do with their money.
pub(super) struct Habits {
    /// Habits of people.
    pub(super) people: &'static [Habit],
    /// Habits of companies.
    pub(super) companies: &'static [Habit],
    /// A card's bill on the account that pays it.
    pub(super) card_bill: Habit,
    /// The same payment on the card.
    pub(super) card_paid: Habit,
    /// An instalment on the account that pays it.
    pub(super) instalment: Habit,
    /// The same on the loan.
    pub(super) instalment_paid: Habit,
    /// Put aside at the end of the month, seen from the checking account.
    pub(super) put_aside: Habit,
    /// The same, seen from the savings account.
    pub(super) set_aside: Habit,
    /// Taken back from the savings account, seen from the checking account.
    pub(super) taken_back: Habit,
    /// The same, seen from the savings account.
    pub(super) given_back: Habit,
    /// Interest on savings.
    pub(super) interest: Habit,
    /// Savings invested at the end of the month.
    pub(super) invested: Habit,
    /// Investments sold at the end of the month.
    pub(super) sold: Habit,
    /// A purchase given back.
    pub(super) refund: &'static str,
    /// What a refund travels by.
    pub(super) refund_rail: &'static str,
}

impl Habits {
    pub(super) fn of(country: Country) -> &'static Self {
        match country {
            Country::Mexico => &MEXICO,
            Country::Colombia => &COLOMBIA,
            Country::Brazil => &BRAZIL,
            Country::Chile => &CHILE,
        }
    }
}

impl Country {
    /// Mexican cents in this country's money.
    pub(super) fn scale(self, cents: i64) -> i64 {
        match self {
            Self::Mexico => cents,
            // Nobody pays less than a hundred pesos in Colombia.
            Self::Colombia => (cents * 220 + 5_000) / 10_000 * 10_000,
            Self::Brazil => cents * 3 / 10,
            // Nor in Chile, where there are no smaller coins than of ten.
            Self::Chile => (cents * 50 + 5_000) / 10_000 * 10_000,
        }
    }
}

/// The amount of a habit on one occasion.
pub(super) fn amount(habit: &Habit, country: Country, seed: Seed) -> i64 {
    let (least, most) = habit.cents;
    let cents = seed.between(least, most);
    // Prices end in tens of cents, bills and transfers in anything.
    let cents = if habit.mcc.is_some() { (cents + 25) / 50 * 50 } else { cents };
    country.scale(cents).max(1)
}

const CITY: &str = "{what} {city} {ref}";
#[rustfmt::skip] // One habit, one line.
static MEXICO: Habits = Habits {
    people: &[
        habit(Checking, Payday(15), (0, 0), &[], "SPEI RECIBIDO NOMINA {what}", "SPEI").inflow().wage(50, 0).hours(12, 13),
        habit(Checking, Payday(31), (0, 0), &[], "SPEI RECIBIDO NOMINA {what}", "SPEI").inflow().wage(50, 0).hours(12, 13),
        habit(Checking, Yearly(12, 15), (0, 0), &[], "SPEI RECIBIDO AGUINALDO {what}", "SPEI").inflow().wage(50, 0).hours(14, 15),
        habit(Checking, Monthly(2), (850_000, 1_200_000), &["RENTA"], "SPEI ENVIADO {who} {what} {ref}", "SPEI").steady().between_people().hours(15, 16),
        habit(Checking, Monthly(8), (45_000, 95_000), &["CFE SUMINISTRADOR"], "DOMICILIACION {what} {ref}", "DOMICILIACION").hours(11, 12),
        habit(Checking, Monthly(11), (39_900, 59_900), &["TELECABLE DEL VALLE"], "DOMICILIACION {what} {ref}", "DOMICILIACION").steady().hours(11, 12),
        habit(Checking, Monthly(18), (25_000, 48_000), &["AGUAS DE LA CIUDAD"], "DOMICILIACION {what} {ref}", "DOMICILIACION").hours(11, 12),
        habit(Checking, Monthly(21), (29_900, 49_900), &["MOVIL AZUL"], "DOMICILIACION {what} {ref}", "DOMICILIACION").steady().hours(11, 12),
        habit(Checking, Chance(250), (3_500, 28_000), &["OXXO"], CITY, "COMPRA").shop(5499, 1, 2).hours(13, 23),
        habit(Checking, Chance(220), (22_000, 98_000), &["SUPER DEL BARRIO", "MERCADO LA ROSA", "ABARROTES LUPITA"], CITY, "COMPRA").shop(5411, 1, 2).hours(16, 23),
        habit(Checking, Chance(130), (50_000, 200_000), &["CAJERO"], "RETIRO {what} {ref}", "RETIRO").hours(15, 23),
        habit(Checking, Chance(190), (20_000, 150_000), &["COMIDA", "REGALO", "CUENTA", "GASOLINA"], "SPEI ENVIADO {who} {what} {ref}", "SPEI").between_people().hours(14, 23),
        habit(Checking, Chance(110), (20_000, 140_000), &["GRACIAS", "PAGO", "MITAD"], "SPEI RECIBIDO {who} {what} {ref}", "SPEI").inflow().between_people().hours(14, 23),
        habit(Checking, Chance(45), (20_000, 90_000), &["OXXO"], "DEPOSITO EN EFECTIVO {what} {ref}", "DEPOSITO").inflow().hours(15, 23),
        habit(Card, Chance(330), (5_500, 9_500), &["CAFE LUNA", "CAFE EL ARBOL"], CITY, "COMPRA").shop(5814, 1, 2).steady().twins().hours(13, 17),
        habit(Card, Chance(240), (18_000, 85_000), &["TAQUERIA EL FAROL", "RESTAURANTE BARLOVENTO", "FONDA MARU"], CITY, "COMPRA").shop(5812, 1, 3).tips().hours(19, 23),
        habit(Card, Chance(280), (6_000, 19_000), &["VIAJES RAPIDOS APP"], "{what} {ref}", "COMPRA").shop(4121, 1, 2).hours(0, 23),
        habit(Card, Chance(80), (12_000, 45_000), &["FARMACIA SALUD"], CITY, "COMPRA").shop(5912, 1, 2),
        habit(Card, Chance(140), (25_000, 140_000), &["TIENDA EN LINEA MX", "ROPA NORTE", "LIBROS Y MAS"], "{what} {ref}", "COMPRA").shop(5399, 1, 3).hours(0, 23),
        habit(Card, Chance(120), (50_000, 95_000), &["GASOLINERA LA CURVA"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Chance(120), (45_000, 180_000), &["SUPER DEL BARRIO"], CITY, "COMPRA").shop(5411, 1, 2).hours(17, 23),
        habit(Card, Monthly(5), (19_900, 29_900), &["CINE EN CASA"], "{what} {ref}", "COMPRA").shop(4899, 1, 1).steady(),
        habit(Card, Monthly(12), (11_500, 12_900), &["MUSICA SIN FIN"], "{what} {ref}", "COMPRA").shop(5815, 1, 1).steady(),
        habit(Card, Monthly(19), (4_900, 5_900), &["NUBE PERSONAL"], "{what} {ref}", "COMPRA").shop(5817, 1, 1).steady(),
        habit(Card, Monthly(3), (59_900, 89_900), &["GIMNASIO FUERTE"], CITY, "COMPRA").shop(7997, 1, 1).steady(),
    ],
    companies: &[
        habit(Checking, Chance(700), (400_000, 4_200_000), &["COMERCIAL BRISA SA DE CV", "OBRAS DEL SUR SA DE CV", "HOTELES MARISMA SA DE CV"], "SPEI RECIBIDO {what} {ref}", "SPEI").inflow().hours(14, 22),
        habit(Checking, Chance(380), (90_000, 900_000), &["TERMINAL PUNTO DE VENTA"], "ABONO {what} {ref}", "ABONO").inflow().hours(6, 8),
        habit(Checking, Payday(15), (9_000_000, 12_000_000), &["NOMINA QUINCENA"], "SPEI ENVIADO {what} {ref}", "SPEI").hours(12, 13),
        habit(Checking, Payday(31), (9_000_000, 12_000_000), &["NOMINA QUINCENA"], "SPEI ENVIADO {what} {ref}", "SPEI").hours(12, 13),
        habit(Checking, Monthly(17), (2_000_000, 4_500_000), &["SAT IMPUESTOS FEDERALES"], "PAGO {what} {ref}", "PAGO").hours(15, 18),
        habit(Checking, Monthly(1), (2_500_000, 3_500_000), &["RENTA LOCAL"], "SPEI ENVIADO {what} {ref}", "SPEI").steady(),
        habit(Checking, Chance(520), (150_000, 1_900_000), &["PROVEEDORA ALTAMAR", "INSUMOS CENTRO", "FLETES UNIDOS"], "SPEI ENVIADO {what} {ref}", "SPEI").hours(14, 22),
        habit(Checking, Monthly(9), (90_000, 400_000), &["CFE SUMINISTRADOR"], "DOMICILIACION {what} {ref}", "DOMICILIACION").hours(11, 12),
        habit(Checking, Monthly(28), (45_000, 45_000), &["COMISION MANEJO DE CUENTA"], "{what}", "COMISION").steady().hours(8, 9),
        habit(Card, Chance(300), (50_000, 300_000), &["GASOLINERA LA CURVA"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Chance(260), (30_000, 450_000), &["PAPELERIA UNION", "TIENDA EN LINEA MX"], CITY, "COMPRA").shop(5943, 1, 2),
        habit(Card, Chance(150), (40_000, 160_000), &["RESTAURANTE BARLOVENTO"], CITY, "COMPRA").shop(5812, 1, 3).tips(),
        habit(Card, Monthly(6), (120_000, 150_000), &["PROGRAMAS DE OFICINA"], "{what} {ref}", "COMPRA").shop(5734, 1, 1).steady(),
    ],
    card_bill: habit(Checking, Books, (0, 0), &["PAGO TARJETA DE CREDITO"], "{what} {ref}", "PAGO"),
    card_paid: habit(Card, Books, (0, 0), &["SU PAGO GRACIAS"], "{what} {ref}", "PAGO").inflow(),
    instalment: habit(Checking, Books, (0, 0), &["PAGO CREDITO AUTOMOTRIZ"], "{what} {ref}", "DOMICILIACION"),
    instalment_paid: habit(Loan, Books, (0, 0), &["PAGO MENSUALIDAD"], "{what} {ref}", "PAGO").inflow(),
    put_aside: habit(Checking, Books, (0, 0), &["TRASPASO A AHORRO"], "{what}", "TRASPASO"),
    set_aside: habit(Savings, Books, (0, 0), &["TRASPASO DE CUENTA"], "{what}", "TRASPASO").inflow(),
    taken_back: habit(Checking, Books, (0, 0), &["TRASPASO DE AHORRO"], "{what}", "TRASPASO").inflow(),
    given_back: habit(Savings, Books, (0, 0), &["TRASPASO A CUENTA"], "{what}", "TRASPASO"),
    interest: habit(Savings, Books, (0, 0), &["PAGO DE INTERESES"], "{what}", "INTERESES").inflow(),
    invested: habit(Savings, Books, (0, 0), &["COMPRA CETES"], "{what} {ref}", "INVERSION"),
    sold: habit(Savings, Books, (0, 0), &["VENTA CETES"], "{what} {ref}", "INVERSION").inflow(),
    refund: "DEVOLUCION {what} {ref}",
    refund_rail: "DEVOLUCION",
};

#[rustfmt::skip] // One habit, one line.
static COLOMBIA: Habits = Habits {
    people: &[
        habit(Checking, Payday(15), (0, 0), &[], "PAGO DE NOMINA {what}", "ACH").inflow().wage(50, 0).hours(12, 13),
        habit(Checking, Payday(30), (0, 0), &[], "PAGO DE NOMINA {what}", "ACH").inflow().wage(50, 0).hours(12, 13),
        habit(Checking, Yearly(6, 28), (0, 0), &[], "PRIMA DE SERVICIOS {what}", "ACH").inflow().wage(50, 0),
        habit(Checking, Yearly(12, 18), (0, 0), &[], "PRIMA DE SERVICIOS {what}", "ACH").inflow().wage(50, 0),
        habit(Checking, Monthly(3), (850_000, 1_200_000), &["ARRIENDO"], "TRANSFERENCIA A {who} {what} {ref}", "TRANSFERENCIA").steady().between_people(),
        habit(Checking, Monthly(7), (40_000, 90_000), &["ENERGIA ANDINA"], "PAGO PSE {what} {ref}", "PSE"),
        habit(Checking, Monthly(10), (60_000, 90_000), &["ADMINISTRACION CONJUNTO"], "PAGO PSE {what} {ref}", "PSE").steady(),
        habit(Checking, Monthly(14), (39_000, 59_000), &["HOGAR FIBRA"], "PAGO PSE {what} {ref}", "PSE").steady(),
        habit(Checking, Monthly(20), (25_000, 45_000), &["MOVIL VERDE"], "DEBITO AUTOMATICO {what} {ref}", "DEBITO").steady(),
        habit(Checking, Chance(260), (5_000, 30_000), &["TIENDA DONDE JULIO", "PANADERIA EL TRIGAL"], CITY, "COMPRA").shop(5499, 1, 2),
        habit(Checking, Chance(220), (22_000, 98_000), &["MERCADO CAMPESTRE", "SUPERTIENDA SOL"], CITY, "COMPRA").shop(5411, 1, 2),
        habit(Checking, Chance(130), (50_000, 180_000), &["CAJERO AUTOMATICO"], "RETIRO {what} {ref}", "RETIRO"),
        habit(Checking, Chance(200), (15_000, 140_000), &["ALMUERZO", "REGALO", "CUENTA"], "TRANSFERENCIA A {who} {what} {ref}", "TRANSFERENCIA").between_people(),
        habit(Checking, Chance(120), (15_000, 140_000), &["GRACIAS", "PAGO"], "TRANSFERENCIA DE {who} {what} {ref}", "TRANSFERENCIA").inflow().between_people(),
        habit(Checking, Monthly(25), (9_000, 13_000), &["CUOTA DE MANEJO"], "{what}", "COMISION").steady().hours(6, 7),
        habit(Card, Chance(330), (4_500, 9_000), &["TINTO Y MAS", "CAFE QUINDIANO"], CITY, "COMPRA").shop(5814, 1, 2).steady().twins(),
        habit(Card, Chance(240), (18_000, 85_000), &["ASADERO LA BRASA", "RESTAURANTE BUGANVIL"], CITY, "COMPRA").shop(5812, 1, 3).tips(),
        habit(Card, Chance(280), (6_000, 17_000), &["CARRERAS APP"], "{what} {ref}", "COMPRA").shop(4121, 1, 2).hours(0, 23),
        habit(Card, Chance(90), (12_000, 45_000), &["DROGUERIA VIDA"], CITY, "COMPRA").shop(5912, 1, 2),
        habit(Card, Chance(150), (25_000, 140_000), &["TIENDA EN LINEA CO", "MODA PAISA"], "{what} {ref}", "COMPRA").shop(5399, 1, 3).hours(0, 23),
        habit(Card, Chance(110), (45_000, 90_000), &["ESTACION EL CRUCE"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Chance(120), (45_000, 160_000), &["SUPERTIENDA SOL"], CITY, "COMPRA").shop(5411, 1, 2),
        habit(Card, Monthly(5), (19_900, 29_900), &["CINE EN CASA"], "{what} {ref}", "COMPRA").shop(4899, 1, 1).steady(),
        habit(Card, Monthly(12), (8_500, 9_900), &["MUSICA SIN FIN"], "{what} {ref}", "COMPRA").shop(5815, 1, 1).steady(),
    ],
    companies: &[
        habit(Checking, Chance(700), (400_000, 4_200_000), &["COMERCIAL NEVADO SAS", "OBRAS CAQUETA SAS", "HOTELES GUAYACAN SAS"], "RECAUDO PSE {what} {ref}", "PSE").inflow(),
        habit(Checking, Chance(380), (90_000, 900_000), &["DATAFONO VENTAS"], "ABONO {what} {ref}", "ABONO").inflow().hours(6, 8),
        habit(Checking, Payday(15), (9_000_000, 12_000_000), &["NOMINA"], "PAGO MASIVO {what} {ref}", "ACH").hours(12, 13),
        habit(Checking, Payday(30), (9_000_000, 12_000_000), &["NOMINA"], "PAGO MASIVO {what} {ref}", "ACH").hours(12, 13),
        habit(Checking, Monthly(16), (2_000_000, 4_500_000), &["DIAN RETENCIONES"], "PAGO PSE {what} {ref}", "PSE"),
        habit(Checking, Monthly(1), (2_500_000, 3_500_000), &["ARRIENDO BODEGA"], "TRANSFERENCIA {what} {ref}", "TRANSFERENCIA").steady(),
        habit(Checking, Chance(520), (150_000, 1_900_000), &["PROVEEDORA DEL LLANO", "INSUMOS CENTRO", "FLETES UNIDOS"], "TRANSFERENCIA {what} {ref}", "ACH"),
        habit(Checking, Monthly(28), (30_000, 30_000), &["GRAVAMEN MOVIMIENTOS FINANCIEROS"], "{what}", "IMPUESTO").hours(6, 7),
        habit(Card, Chance(300), (50_000, 300_000), &["ESTACION EL CRUCE"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Chance(260), (30_000, 450_000), &["PAPELERIA UNION", "TIENDA EN LINEA CO"], CITY, "COMPRA").shop(5943, 1, 2),
        habit(Card, Chance(150), (40_000, 160_000), &["RESTAURANTE BUGANVIL"], CITY, "COMPRA").shop(5812, 1, 3).tips(),
    ],
    card_bill: habit(Checking, Books, (0, 0), &["PAGO TARJETA DE CREDITO"], "{what} {ref}", "PAGO"),
    card_paid: habit(Card, Books, (0, 0), &["ABONO RECIBIDO"], "{what} {ref}", "PAGO").inflow(),
    instalment: habit(Checking, Books, (0, 0), &["CUOTA CREDITO VEHICULO"], "{what} {ref}", "DEBITO"),
    instalment_paid: habit(Loan, Books, (0, 0), &["ABONO CUOTA"], "{what} {ref}", "PAGO").inflow(),
    put_aside: habit(Checking, Books, (0, 0), &["TRASLADO A AHORROS"], "{what}", "TRASLADO"),
    set_aside: habit(Savings, Books, (0, 0), &["TRASLADO DE CUENTA"], "{what}", "TRASLADO").inflow(),
    taken_back: habit(Checking, Books, (0, 0), &["TRASLADO DE AHORROS"], "{what}", "TRASLADO").inflow(),
    given_back: habit(Savings, Books, (0, 0), &["TRASLADO A CUENTA"], "{what}", "TRASLADO"),
    interest: habit(Savings, Books, (0, 0), &["ABONO INTERESES AHORROS"], "{what}", "INTERESES").inflow(),
    invested: habit(Savings, Books, (0, 0), &["APERTURA CDT"], "{what} {ref}", "INVERSION"),
    sold: habit(Savings, Books, (0, 0), &["CANCELACION CDT"], "{what} {ref}", "INVERSION").inflow(),
    refund: "REVERSION {what} {ref}",
    refund_rail: "REVERSION",
};

#[rustfmt::skip] // One habit, one line.
static BRAZIL: Habits = Habits {
    people: &[
        habit(Checking, Payday(5), (0, 0), &[], "SALARIO {what}", "FOLHA_PAGAMENTO").inflow().wage(100, 1).hours(11, 12),
        habit(Checking, Yearly(11, 28), (0, 0), &[], "13 SALARIO {what}", "FOLHA_PAGAMENTO").inflow().wage(50, 0),
        habit(Checking, Yearly(12, 18), (0, 0), &[], "13 SALARIO {what}", "FOLHA_PAGAMENTO").inflow().wage(50, 0),
        habit(Checking, Monthly(6), (850_000, 1_200_000), &["ALUGUEL"], "PIX ENVIADO {who} {what}", "PIX").steady().between_people(),
        habit(Checking, Monthly(10), (45_000, 95_000), &["ENERGIA DA SERRA"], "CONTA DE LUZ {what} {ref}", "CONVENIO_ARRECADACAO").hours(11, 12),
        habit(Checking, Monthly(12), (39_900, 59_900), &["FIBRA JA"], "DEB AUTOM {what} {ref}", "CONVENIO_ARRECADACAO").steady().hours(11, 12),
        habit(Checking, Monthly(15), (85_000, 125_000), &["CONDOMINIO ED IPE"], "PAGAMENTO BOLETO {what} {ref}", "BOLETO").steady(),
        habit(Checking, Monthly(20), (25_000, 40_000), &["MOVEL LARANJA"], "DEB AUTOM {what} {ref}", "CONVENIO_ARRECADACAO").steady().hours(11, 12),
        habit(Checking, Monthly(1), (9_500, 9_500), &["CESTA DE SERVICOS"], "TARIFA {what}", "PACOTE_TARIFA_SERVICOS").steady().hours(6, 7),
        habit(Checking, Chance(300), (6_000, 40_000), &["PADARIA BOM GRAO", "HORTIFRUTI DA ESQUINA", "BANCA DO ZE"], "PIX ENVIADO {what}", "PIX").hours(11, 23),
        habit(Checking, Chance(220), (20_000, 95_000), &["MERCADO DO BAIRRO", "SUPERMERCADO SERRANO"], CITY, "CARTAO").shop(5411, 1, 2),
        habit(Checking, Chance(90), (50_000, 180_000), &["CAIXA ELETRONICO"], "SAQUE {what} {ref}", "SAQUE"),
        habit(Checking, Chance(240), (12_000, 140_000), &["ALMOCO", "PRESENTE", "CORRIDA DIVIDIDA"], "PIX ENVIADO {who} {what}", "PIX").between_people().hours(11, 23),
        habit(Checking, Chance(150), (12_000, 140_000), &["OBRIGADO", "METADE"], "PIX RECEBIDO {who} {what}", "PIX").inflow().between_people().hours(11, 23),
        habit(Card, Chance(330), (4_500, 9_000), &["CAFE DO LARGO", "CAFETERIA ALVORADA"], CITY, "CARTAO").shop(5814, 1, 2).steady().twins().hours(11, 16),
        habit(Card, Chance(240), (18_000, 85_000), &["CHURRASCARIA PAMPA", "CANTINA DA NONA", "BOTECO 33"], CITY, "CARTAO").shop(5812, 1, 3).tips().hours(16, 23),
        habit(Card, Chance(280), (6_000, 17_000), &["CORRIDAS APP"], "{what} {ref}", "CARTAO").shop(4121, 1, 2).hours(0, 23),
        habit(Card, Chance(90), (12_000, 45_000), &["DROGARIA SAUDE"], CITY, "CARTAO").shop(5912, 1, 2),
        habit(Card, Chance(150), (25_000, 140_000), &["LOJA ONLINE BR", "LIVRARIA CENTRAL"], "{what} {ref}", "CARTAO").shop(5399, 1, 3).hours(0, 23),
        habit(Card, Chance(110), (45_000, 90_000), &["POSTO TREVO"], CITY, "CARTAO").shop(5541, 1, 3),
        habit(Card, Chance(120), (45_000, 160_000), &["SUPERMERCADO SERRANO"], CITY, "CARTAO").shop(5411, 1, 2),
        habit(Card, Monthly(5), (19_900, 29_900), &["CINEMA EM CASA"], "{what} {ref}", "CARTAO").shop(4899, 1, 1).steady(),
        habit(Card, Monthly(12), (9_500, 11_900), &["MUSICA SEM FIM"], "{what} {ref}", "CARTAO").shop(5815, 1, 1).steady(),
        habit(Card, Monthly(18), (39_000, 59_000), &["ACADEMIA FORTE"], CITY, "CARTAO").shop(7997, 1, 1).steady(),
    ],
    companies: &[
        habit(Checking, Chance(800), (300_000, 3_800_000), &["COMERCIAL BRISA LTDA", "OBRAS DO SUL SA", "HOTEIS RESTINGA LTDA"], "PIX RECEBIDO {what}", "PIX").inflow(),
        habit(Checking, Chance(420), (90_000, 900_000), &["VENDAS CARTAO"], "CREDITO {what} {ref}", "OUTROS").inflow().pays_out().hours(6, 8),
        habit(Checking, Chance(200), (500_000, 2_500_000), &["COBRANCA"], "LIQUIDACAO BOLETO {what} {ref}", "BOLETO").inflow().hours(9, 10),
        habit(Checking, Payday(5), (16_000_000, 21_000_000), &["FOLHA DE PAGAMENTO"], "{what} {ref}", "FOLHA_PAGAMENTO").hours(11, 12),
        habit(Checking, Monthly(20), (2_000_000, 4_500_000), &["DARF SIMPLES"], "PAGAMENTO {what} {ref}", "CONVENIO_ARRECADACAO"),
        habit(Checking, Monthly(7), (2_500_000, 3_500_000), &["ALUGUEL GALPAO"], "TED ENVIADA {what} {ref}", "TED").steady(),
        habit(Checking, Chance(520), (150_000, 1_900_000), &["FORNECEDORA LITORAL", "INSUMOS CENTRO", "FRETES UNIDOS"], "PAGAMENTO BOLETO {what} {ref}", "BOLETO"),
        habit(Checking, Monthly(1), (39_000, 39_000), &["CESTA PJ"], "TARIFA {what}", "PACOTE_TARIFA_SERVICOS").steady().hours(6, 7),
        habit(Card, Chance(300), (50_000, 300_000), &["POSTO TREVO"], CITY, "CARTAO").shop(5541, 1, 3),
        habit(Card, Chance(260), (30_000, 450_000), &["PAPELARIA UNIAO", "LOJA ONLINE BR"], CITY, "CARTAO").shop(5943, 1, 2),
        habit(Card, Chance(150), (40_000, 160_000), &["CHURRASCARIA PAMPA"], CITY, "CARTAO").shop(5812, 1, 3).tips(),
    ],
    card_bill: habit(Checking, Books, (0, 0), &["PAGAMENTO FATURA CARTAO"], "{what} {ref}", "OUTROS"),
    card_paid: habit(Card, Books, (0, 0), &["PAGAMENTO RECEBIDO"], "{what}", "OUTROS").inflow(),
    instalment: habit(Checking, Books, (0, 0), &["PARCELA FINANCIAMENTO VEICULO"], "{what} {ref}", "OPERACAO_CREDITO"),
    instalment_paid: habit(Loan, Books, (0, 0), &["PAGAMENTO DE PARCELA"], "{what} {ref}", "OPERACAO_CREDITO").inflow(),
    put_aside: habit(Checking, Books, (0, 0), &["APLICACAO POUPANCA"], "{what}", "TRANSFERENCIA_MESMA_INSTITUICAO"),
    set_aside: habit(Savings, Books, (0, 0), &["DEPOSITO POUPANCA"], "{what}", "TRANSFERENCIA_MESMA_INSTITUICAO").inflow(),
    taken_back: habit(Checking, Books, (0, 0), &["RESGATE POUPANCA"], "{what}", "TRANSFERENCIA_MESMA_INSTITUICAO").inflow(),
    given_back: habit(Savings, Books, (0, 0), &["SAQUE POUPANCA"], "{what}", "TRANSFERENCIA_MESMA_INSTITUICAO"),
    interest: habit(Savings, Books, (0, 0), &["RENDIMENTO POUPANCA"], "{what}", "RENDIMENTO_APLIC_FINANCEIRA").inflow(),
    invested: habit(Savings, Books, (0, 0), &["TED ENVIADA CORRETORA"], "{what} {ref}", "TED"),
    sold: habit(Savings, Books, (0, 0), &["TED RECEBIDA CORRETORA"], "{what} {ref}", "TED").inflow(),
    refund: "ESTORNO {what} {ref}",
    refund_rail: "OUTROS",
};

#[rustfmt::skip] // One habit, one line.
static CHILE: Habits = Habits {
    people: &[
        habit(Checking, Payday(30), (0, 0), &[], "ABONO REMUNERACION {what}", "TEF").inflow().wage(100, 0).hours(13, 14),
        habit(Checking, Yearly(9, 15), (0, 0), &[], "AGUINALDO FIESTAS PATRIAS {what}", "TEF").inflow().wage(20, 0).hours(14, 15),
        habit(Checking, Monthly(5), (850_000, 1_200_000), &["ARRIENDO"], "TEF A {who} {what} {ref}", "TEF").steady().between_people(),
        habit(Checking, Monthly(8), (45_000, 95_000), &["LUZ DEL VALLE"], "PAC {what} {ref}", "PAC").hours(11, 12),
        habit(Checking, Monthly(12), (30_000, 60_000), &["AGUAS ALERCE"], "PAC {what} {ref}", "PAC").hours(11, 12),
        habit(Checking, Monthly(15), (39_900, 59_900), &["FIBRA AUSTRAL"], "PAC {what} {ref}", "PAC").steady().hours(11, 12),
        habit(Checking, Monthly(21), (25_000, 45_000), &["MOVIL QUILTRO"], "PAC {what} {ref}", "PAC").steady().hours(11, 12),
        habit(Checking, Chance(250), (5_000, 30_000), &["ALMACEN DOÑA ROSA", "PANADERIA LA ESQUINA"], CITY, "COMPRA").shop(5499, 1, 2),
        habit(Checking, Chance(220), (22_000, 98_000), &["SUPERMERCADO ROBLE", "FERIA CENTRAL"], CITY, "COMPRA").shop(5411, 1, 2),
        habit(Checking, Chance(110), (40_000, 160_000), &["CAJERO AUTOMATICO"], "GIRO {what} {ref}", "GIRO"),
        habit(Checking, Chance(200), (15_000, 140_000), &["ALMUERZO", "REGALO", "CUENTA"], "TEF A {who} {what} {ref}", "TEF").between_people(),
        habit(Checking, Chance(120), (15_000, 140_000), &["GRACIAS", "PAGO"], "TEF DE {who} {what} {ref}", "TEF").inflow().between_people(),
        habit(Checking, Monthly(27), (6_000, 9_000), &["COMISION ADMINISTRACION"], "{what}", "COMISION").steady().hours(6, 7),
        habit(Card, Chance(330), (4_500, 9_000), &["CAFE COPIHUE", "CAFE PUERTO"], CITY, "COMPRA").shop(5814, 1, 2).steady().twins(),
        habit(Card, Chance(240), (18_000, 85_000), &["PICADA EL HUASO", "RESTAURANTE CALETA"], CITY, "COMPRA").shop(5812, 1, 3).tips(),
        habit(Card, Chance(280), (6_000, 17_000), &["VIAJES APP"], "{what} {ref}", "COMPRA").shop(4121, 1, 2).hours(0, 23),
        habit(Card, Chance(90), (12_000, 45_000), &["FARMACIA DEL PARQUE"], CITY, "COMPRA").shop(5912, 1, 2),
        habit(Card, Chance(150), (25_000, 140_000), &["TIENDA EN LINEA CL", "ROPA CORDILLERA"], "{what} {ref}", "COMPRA").shop(5399, 1, 3).hours(0, 23),
        habit(Card, Chance(110), (45_000, 90_000), &["SERVICENTRO RUTA"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Monthly(5), (19_900, 29_900), &["CINE EN CASA"], "{what} {ref}", "COMPRA").shop(4899, 1, 1).steady(),
        habit(Card, Monthly(12), (8_500, 9_900), &["MUSICA SIN FIN"], "{what} {ref}", "COMPRA").shop(5815, 1, 1).steady(),
    ],
    companies: &[
        habit(Checking, Chance(700), (400_000, 4_200_000), &["COMERCIAL LENGA SPA", "OBRAS DEL MAULE LTDA", "HOTELES ALERCE SPA"], "TEF DE {what} {ref}", "TEF").inflow(),
        habit(Checking, Chance(380), (90_000, 900_000), &["VENTAS CON TARJETA"], "ABONO {what} {ref}", "ABONO").inflow().hours(6, 8),
        habit(Checking, Payday(30), (18_000_000, 24_000_000), &["REMUNERACIONES"], "NOMINA {what} {ref}", "TEF").hours(12, 13),
        habit(Checking, Monthly(20), (2_000_000, 4_500_000), &["SII FORMULARIO 29"], "PAGO {what} {ref}", "PAGO"),
        habit(Checking, Monthly(1), (2_500_000, 3_500_000), &["ARRIENDO BODEGA"], "TEF A {what} {ref}", "TEF").steady(),
        habit(Checking, Chance(520), (150_000, 1_900_000), &["PROVEEDORA ANDINA", "INSUMOS CENTRO", "FLETES UNIDOS"], "TEF A {what} {ref}", "TEF"),
        habit(Checking, Monthly(28), (30_000, 30_000), &["COMISION CUENTA EMPRESA"], "{what}", "COMISION").steady().hours(6, 7),
        habit(Card, Chance(300), (50_000, 300_000), &["SERVICENTRO RUTA"], CITY, "COMPRA").shop(5541, 1, 3),
        habit(Card, Chance(260), (30_000, 450_000), &["LIBRERIA NACIONAL", "TIENDA EN LINEA CL"], CITY, "COMPRA").shop(5943, 1, 2),
        habit(Card, Chance(150), (40_000, 160_000), &["RESTAURANTE CALETA"], CITY, "COMPRA").shop(5812, 1, 3).tips(),
    ],
    card_bill: habit(Checking, Books, (0, 0), &["PAGO TARJETA DE CREDITO"], "{what} {ref}", "PAGO"),
    card_paid: habit(Card, Books, (0, 0), &["ABONO RECIBIDO"], "{what} {ref}", "PAGO").inflow(),
    instalment: habit(Checking, Books, (0, 0), &["CUOTA CREDITO AUTOMOTRIZ"], "{what} {ref}", "PAC"),
    instalment_paid: habit(Loan, Books, (0, 0), &["ABONO CUOTA"], "{what} {ref}", "PAGO").inflow(),
    put_aside: habit(Checking, Books, (0, 0), &["TRASPASO A AHORRO"], "{what}", "TRASPASO"),
    set_aside: habit(Savings, Books, (0, 0), &["TRASPASO DE CUENTA"], "{what}", "TRASPASO").inflow(),
    taken_back: habit(Checking, Books, (0, 0), &["TRASPASO DE AHORRO"], "{what}", "TRASPASO").inflow(),
    given_back: habit(Savings, Books, (0, 0), &["TRASPASO A CUENTA"], "{what}", "TRASPASO"),
    interest: habit(Savings, Books, (0, 0), &["ABONO INTERESES"], "{what}", "INTERESES").inflow(),
    invested: habit(Savings, Books, (0, 0), &["DEPOSITO A PLAZO"], "{what} {ref}", "INVERSION"),
    sold: habit(Savings, Books, (0, 0), &["RESCATE DEPOSITO"], "{what} {ref}", "INVERSION").inflow(),
    refund: "REVERSO {what} {ref}",
    refund_rail: "REVERSO",
};
