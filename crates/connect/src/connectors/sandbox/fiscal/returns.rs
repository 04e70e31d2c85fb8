//! Returns: what the vouchers of a year or a month come to, in the authority's own words.

use super::{
    Taxpayer,
    figures::{Figures, less, percent, plus, year},
    forms::{BUSINESS, BUSINESS_MONTHLY, PERSONAL, PERSONAL_MONTHLY, filled},
};
use crate::connectors::sandbox::pdf;
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        invoices::{Invoice, InvoiceType},
        tax_returns::MONTHS,
    },
    time::{Window, day},
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The first year whose returns of companies have the new form.
const NEW_FORM: i16 = 2022;
/// Of a company's income, what counts as profit month by month.
const COEFFICIENT: i64 = 12;

/// A return, with its documents.
pub(super) struct Return {
    pub(super) body: Value,
    pub(super) pdf: Vec<u8>,
    pub(super) receipt: Vec<u8>,
}

fn nothing() -> Amount {
    Amount::cents(0)
}
/// What is not negative of an amount.
fn due(amount: Amount) -> Amount {
    amount.max(nothing())
}
/// The calendar years in which these days lie.
fn whole_years(days: Window) -> Window {
    Window { from: date(days.from.year(), 1, 1), to: year(days.to.year()).to }
}
/// Three columns: all of it with strangers.
fn with_strangers(amount: Amount) -> Value {
    json!({"partes_relacionadas": null, "partes_no_relacionadas": amount, "total": amount})
}

impl Taxpayer {
    /// The yearly returns of the years that end in `window`, as far as they are filed.
    pub(super) fn yearly(&self, window: Window, now: Timestamp) -> Vec<Return> {
        let by = if self.person.company { (3, 31) } else { (4, 30) };
        let years = window.from.year()..=window.to.year().min(day(now).year());
        let filed = years.filter_map(|number| {
            let on = Date::new(number.checked_add(1)?, by.0, by.1).ok()?;
            let ended = Date::new(number, 12, 31).ok()?;
            (on <= day(now) && window.contains(ended)).then_some((number, on))
        });
        let vouchers = self.vouchers(whole_years(window), now);
        filed.map(|(number, on)| self.of_year(number, on, &vouchers)).collect()
    }

    /// The monthly returns of the months that end in `window`, as far as they are filed. Who has
    /// nothing but a salary files none.
    pub(super) fn monthly(&self, window: Window, now: Timestamp) -> Vec<Return> {
        let mut all = Vec::new();
        let vouchers = self.vouchers(whole_years(window), now);
        let mut first = window.from.first_of_month();
        while first <= window.to {
            let last = first.last_of_month();
            let filed = last.saturating_add(17.days());
            if window.contains(last) && filed <= day(now) {
                all.extend(self.of_month(Window { from: first, to: last }, filed, &vouchers));
            }
            first = last.saturating_add(1.days());
        }
        all
    }

    /// What every return begins with.
    fn general(&self, of: Date, period: &str, filed: Date) -> Value {
        let months =
            u64::from(of.year().unsigned_abs()) * 100 + u64::from(of.month().unsigned_abs());
        let seed = self.seed.with(81).with(months).with(u64::from(period.len() < 11));
        let mut general = json!({
            "ejercicio": of.year(),
            "fecha_hora_presentacion": format!("{filed}T11:{:02}:00", seed.small(60)),
            "numero_operacion": seed.digits(12),
            "periodo_declaracion": period,
            "rfc": self.number,
            "tipo_declaracion": "Normal",
        });
        let name = self.person.name.to_uppercase();
        if self.person.company {
            general["tipo_complementaria"] = Value::Null;
            general["denominacion_razon_social"] = name.into();
        } else {
            general["nombre"] = name.into();
        }
        general
    }

    fn printed(&self, body: Value, title: &str, tax: Amount) -> Return {
        let general = &body["informacion_general"];
        let said = |name: &str, key: &str| {
            let value = &general[key];
            format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let lines = [
            said("RFC", "rfc"),
            format!("Nombre: {}", self.person.name.to_uppercase()),
            said("Ejercicio", "ejercicio"),
            said("Periodo", "periodo_declaracion"),
            said("Número de operación", "numero_operacion"),
            said("Presentada", "fecha_hora_presentacion"),
            format!("Impuesto a cargo: {tax}"),
        ];
        let pdf = pdf::document(title, &lines);
        let receipt = pdf::document("ACUSE DE RECIBO DE DECLARACIÓN", &lines);
        Return { body, pdf, receipt }
    }

    fn of_year(&self, number: i16, filed: Date, vouchers: &[Invoice]) -> Return {
        let window = year(number);
        let it = Figures::within(vouchers, window);
        let general = self.general(window.to, "Del Ejercicio", filed);
        if self.person.company {
            let (body, tax) = of_company(number, &general, &it);
            let body = filled(BUSINESS, body);
            return self.printed(body, "DECLARACIÓN DEL EJERCICIO. PERSONAS MORALES", tax);
        }
        let (body, tax) = of_person(&general, &it, vouchers, window);
        let body = filled(PERSONAL, body);
        self.printed(body, "DECLARACIÓN ANUAL. PERSONAS FÍSICAS", tax)
    }

    fn of_month(&self, month: Window, filed: Date, vouchers: &[Invoice]) -> Option<Return> {
        let it = Figures::within(vouchers, month);
        let new_year = date(month.to.year(), 1, 1);
        let before = Window::new(new_year, month.from.saturating_sub(1.days()));
        let before = before.map(|days| Figures::within(vouchers, days)).unwrap_or_default();
        let name = usize::try_from(month.to.month() - 1).ok().and_then(|at| MONTHS.get(at))?;
        let general = self.general(month.to, name, filed);
        if self.person.company {
            let (body, tax) = company_month(&general, &it, &before);
            let body = filled(BUSINESS_MONTHLY, body);
            return Some(self.printed(body, "DECLARACIÓN PROVISIONAL. PERSONAS MORALES", tax));
        }
        // Without fees there is nothing to declare month by month.
        if it.sales == Amount::ZERO && before.sales == Amount::ZERO {
            return None;
        }
        let (body, tax) = person_month(&general, &it, &before);
        let body = filled(PERSONAL_MONTHLY, body);
        Some(self.printed(body, "DECLARACIÓN PROVISIONAL. PERSONAS FÍSICAS", tax))
    }
}

fn of_person(general: &Value, it: &Figures, vouchers: &[Invoice], days: Window) -> (Value, Amount) {
    let mut employers: BTreeMap<(&str, &str), Vec<&Invoice>> = BTreeMap::new();
    for voucher in vouchers.iter().filter(|it| it.invoice_date.is_some_and(|d| days.contains(d))) {
        let pays = (voucher.invoice_type, voucher.kind)
            == (Some(InvoiceType::Nomina), Some(Direction::Inflow));
        if let (true, Some(rfc), Some(name)) = (pays, &voucher.sender_id, &voucher.sender_name) {
            employers.entry((rfc, name)).or_default().push(voucher);
        }
    }
    let mut withholders = Vec::new();
    let mut withheld = Vec::new();
    for ((rfc, name), of) in employers {
        let of = Figures::of(of);
        withholders.push(json!({
            "rfc_retenedor": rfc, "nombre_denominacion_razon_social": name,
            "ingresos_exentos": nothing(), "ingreso_anual": of.salaries,
            "subsidio_empleo": nothing(),
        }));
        withheld.push(json!({
            "rfc_retenedor": rfc, "monto_retenciones": of.salaries,
            "retenciones_isr": of.salaries_tax,
        }));
    }
    let deductions = percent(it.salaries, 1);
    let fees = percent(it.sales, 60);
    let income = plus(it.salaries, fees);
    let base = less(income, deductions);
    let tax = percent(base, 14);
    let balance = less(tax, it.salaries_tax);
    let body = json!({
        "informacion_general": general,
        "sueldos_salarios": {
            "retenedores": withholders, "impuesto_retenido": it.salaries_tax,
            "ingreso_anual": it.salaries, "ingresos_acumulables": it.salaries,
            "ingresos_exentos": nothing(), "subsidio_empleo": nothing(),
        },
        "servicios_profesionales": {
            "deducciones_autorizadas": {
                "deducciones_autorizadas": less(it.sales, fees), "otras_deducciones": null,
                "detalle_deducciones": [], "total_deducciones_autorizadas": less(it.sales, fees),
            },
            "ingresos": {
                "ingresos_acumulables": it.sales, "ingresos_exentos": null,
                "otros_ingresos": null, "total_ingresos": it.sales,
            },
            "resultado_fiscal": {
                "utilidad_fiscal": fees, "ptu_pagada_ejercicio": nothing(),
                "perdidas_fiscales_ejercicios_anteriores_aplicadas": nothing(),
                "utilidad_gravable": fees,
            },
            "pagos_provisionales": {"pagos_provisionales_efectuados_en_ejercicio": nothing()},
            "retenciones_isr": {"isr_retenido_personas_morales": nothing()},
        },
        "deducciones_personales": {
            "honorarios_medicos_dentales_hospitalarios":
                [{"rfc_emisor": "HSP000101AA1", "monto_deducible": deductions}],
            "donativos": [],
            "aportaciones_voluntarias_complementarias_al_sar": [],
            "primas_por_seguros_de_gasto_medico": [],
        },
        "determinacion_impuesto": {
            "base_gravable": base, "deducciones_personales": deductions,
            "ingresos_acumulables": income, "isr_favorable": due(less(nothing(), balance)),
            "isr_conforme_tarifa_final": tax, "isr_retenido": it.salaries_tax,
            "num_clabe": null, "nombre_banco": null, "pagos_provisionales": nothing(),
            "titular_clabe_permite_verificacion": "Sí", "accion_saldo_a_favor": "Devolución",
        },
        "retenciones": {
            "sueldos_salarios": withheld, "dividendos": [], "servicios_profesionales": [],
        },
        "dividendos": {
            "monto_acumulable_dividendos_utilidades": null,
            "monto_total_isr_pagado_sociedad": null,
        },
        "datos_informativos": {},
    });
    (body, due(balance))
}

fn of_company(number: i16, general: &Value, it: &Figures) -> (Value, Amount) {
    let costs = plus(it.purchases, it.wages);
    let result = less(it.sales, costs);
    let tax = percent(due(result), 30);
    let mut body = json!({
        "informacion_general": general,
        "datos_adicionales":
            {"indica_si_optas_por_dictaminar_tus_estados_financieros": "No"},
        "estado_resultados": null,
        "estado_posicion_financiera_balance": null,
        "conciliacion_entre_resultado_contable_fiscal": null,
        "deducciones_autorizadas": {
            "sueldos_salarios": it.wages, "otras_deducciones_autorizadas": it.purchases,
            "total_deducciones_autorizadas": costs,
        },
        "cifras_cierre_ejercicio": {
            "coeficiente_de_utilidad_por_aplicar_en_ejercicio_siguiente":
                Amount::cents(COEFFICIENT),
        },
        "determinacion_del_impuesto_sobre_la_renta": {
            "determinacion_del_impuesto_sobre_la_renta": {
                "total_ingresos_acumulables": it.sales,
                "total_deducciones_autorizadas_y_deduccion_inmediata_inversiones": costs,
                "utilidad_o_perdida_fiscal_antes_de_ptu": result,
                "utilidad_fiscal_del_ejercicio": due(result),
                "resultado_fiscal": due(result),
                "impuesto_causado_en_ejercicio": tax,
                "tienes_estimulos_fiscales_a_acreditar": "No",
                "impuesto_sobre_la_renta_del_ejercicio": tax,
                "diferencia_a_cargo": tax, "isr_a_cargo_del_ejercicio": tax,
                "isr_a_favor_del_ejercicio": null,
            },
            "impuesto_sobre_ingresos_sujetos_a_regimenes_fiscales_preferentes": null,
        },
        "dividendos_o_utilidades_distribuidos": {},
        "detalle_pago_r1_isr_personas_morales": {
            "a_cargo": tax, "parte_actualizada": null, "recargos": null,
            "total_contribuciones": tax,
            "desea_aplicar_alguna_compensacion_o_estimulo": "No", "cantidad_a_cargo": tax,
            "opta_por_pagar_parcialidades": "No", "cantidad_a_favor": null,
            "cantidad_a_pagar": tax,
        },
        "ingressos": null,
        "determinacion": null,
    });
    if number >= NEW_FORM {
        body["ingressos"] = json!({"total_ingresos_acumulables": it.sales});
        body["determinacion"] = json!({"resultado_fiscal": due(result), "isr_a_cargo": tax});
        return (body, tax);
    }
    body["estado_resultados"] = json!({
        "ventas_servicios_nacionales": with_strangers(it.sales),
        "ingresos_netos": with_strangers(it.sales),
        "compras_netas_nacionales": with_strangers(it.purchases),
        "utilidad_bruta": due(less(it.sales, it.purchases)),
        "gastos_operacion": with_strangers(it.wages),
        "utilidad_operacion": due(result), "perdida_operacion": due(less(nothing(), result)),
        "utilidad_antes_impuesto": due(result), "isr": tax, "utilidad_neta": less(due(result), tax),
    });
    body["estado_posicion_financiera_balance"] = json!({
        "activo": {
            "efectivo_caja_depositos_instituciones_credito_nacionales": percent(it.sales, 20),
            "suma_activo": percent(it.sales, 20),
        },
        "pasivo": {
            "contribuciones_por_pagar": percent(it.purchases, 5),
            "suma_pasivo": percent(it.purchases, 5),
        },
        "capital_contable": {
            "utilidad_del_ejercicio": less(percent(it.sales, 20), percent(it.purchases, 5)),
            "suma_capital_contable": less(percent(it.sales, 20), percent(it.purchases, 5)),
            "suma_pasivo_mas_capital_contable": percent(it.sales, 20),
        },
    });
    body["conciliacion_entre_resultado_contable_fiscal"] = json!({
        "utilidad_o_perdida_neta": less(result, tax),
        "utilidad_o_perdida_neta_historica": less(result, tax), "isr_ietu_impac_ptu": tax,
        "utilidad_o_perdida_fiscal_antes_de_ptu": result,
    });
    (body, tax)
}

fn person_month(general: &Value, it: &Figures, before: &Figures) -> (Value, Amount) {
    let total = plus(before.sales, it.sales);
    let costs = percent(total, 40);
    let base = less(total, costs);
    let tax = percent(base, 10);
    let paid = percent(percent(before.sales, 60), 10);
    let owed = due(less(tax, paid));
    let vat = it.sales_vat;
    let payment = |amount: Amount| {
        json!({"a_cargo": amount, "parte_actualizada": nothing(), "recargos": nothing(),
            "total_contribuciones": amount, "total_aplicaciones": nothing(),
            "cantidad_a_cargo": amount, "cantidad_a_pagar": amount, "a_favor": null})
    };
    let body = json!({
        "informacion_general": general,
        "isr": {
            "tipo": "ISR personas físicas. Actividad empresarial y profesional",
            "determinacion": {
                "ingresos_periodos_anteriores": before.sales, "ingresos_periodo": it.sales,
                "total_ingresos": total,
                "compras_gastos_periodos_anteriores": percent(before.sales, 40),
                "compra_gastos_periodo": less(costs, percent(before.sales, 40)),
                "total_compras_gastos": costs, "base_gravable_pago_provisional": base,
                "isr_causado": tax, "pagos_provisionales_efectuados_anterioridad": paid,
                "isr_retenido_periodos_anteriores": nothing(), "impuesto_retenido": nothing(),
                "isr_cargo": owed,
            },
            "detalle_del_pago": payment(owed),
        },
        "iva": {
            "determinacion": {
                "actividades_gravadas_tasa_16": it.sales,
                "actividades_gravadas_tasa_0": nothing(), "actividades_exentas": nothing(),
                "iva_cobrado_periodo_tasa_16": vat, "iva_acreditable_periodo": nothing(),
                "iva_retenido": nothing(), "saldo_a_favor": null, "impuesto_a_favor": null,
            },
            "detalle_del_pago": payment(vat),
        },
        "type": "monthly",
    });
    (body, plus(owed, vat))
}

fn company_month(general: &Value, it: &Figures, before: &Figures) -> (Value, Amount) {
    let total = plus(before.sales, it.sales);
    let profit = percent(total, COEFFICIENT);
    let tax = percent(profit, 30);
    let paid = percent(percent(before.sales, COEFFICIENT), 30);
    let owed = due(less(tax, paid));
    let vat = less(it.sales_vat, it.purchases_vat);
    let of_wages = percent(it.wages, 14);
    let payment = |amount: Amount| {
        json!({"a_cargo": amount, "parte_actualizada": nothing(), "recargos": nothing(),
            "total_aplicaciones": nothing(), "total_de_contribuciones": amount,
            "cantidad_a_cargo": amount, "aplica_primera_parcialidad": "No",
            "cantidad_a_favor": null, "cantidad_a_pagar": amount})
    };
    let body = json!({
        "informacion_general": general,
        "determinacion_isr": {"personas_morales_regimen_general": {
            "suma_ingresos_nominales_meses_anteriores_ejercicio": before.sales,
            "ingresos_nominales_mes_que_declara": it.sales, "total_ingresos_nominales": total,
            "coeficiente_utilidad": Amount::cents(COEFFICIENT),
            "utilidad_fiscal_pago_provisional": profit, "base_gravable_pago_provisional": profit,
            "isr_causado": tax, "impuestos_del_periodo": tax,
            "pagos_provisionales_efectuados_anterioridad": paid,
            "impuesto_retenido": nothing(), "diferencia_a_cargo": owed, "impuesto_a_cargo": owed,
        }},
        "detalle_pago_isr": {
            "r1_isr_personas_morales": payment(owed),
            "r12_isr_retenciones_por_salarios": payment(of_wages),
        },
        "determinacion_iva": {
            "montos_actos_actividades_pagados": {
                "total_actos_actividades_pagados_tasa_16": it.purchases,
            },
            "detalle_total_actos_actividades_pagados_tasa_16": {
                "otros_actos_pagados_tasa_16": it.purchases,
                "total_actos_pagados_tasa_16": it.purchases,
            },
            "determinacion_iva_acreditable": {
                "total_iva_actos_actividades_pagados_tasa_16": it.purchases_vat,
                "total_iva_trasladado_contribuyente": it.purchases_vat,
                "iva_trasladado_adquisicion_bienes_distintos_inversiones_actos_gravados":
                    it.purchases_vat,
                "total_iva_actos_actividades_gravados": it.purchases_vat,
                "iva_acreditable": it.purchases_vat,
                "total_iva_acreditable_periodo": it.purchases_vat,
            },
            "detalle_valor_actos_actividades_gravados_tasa_16": {
                "otros_actos_actividades_gravados_tasa_16": it.sales,
                "total_actos_actividades_gravados_tasa_16": it.sales,
            },
            "determinacion_iva": {
                "valor_actos_actividades_gravados_tasa_16": it.sales,
                "suma_actos_actividades_gravados": it.sales, "impuesto_causado": it.sales_vat,
                "total_iva_acreditable": it.purchases_vat,
                "iva_retenido_al_contribuyente": nothing(), "diferencia_a_cargo": due(vat),
                "impuesto_a_cargo": due(vat), "cantidad_a_cargo": due(vat),
                "saldo_a_favor_periodo": due(less(nothing(), vat)),
            },
        },
        "detalle_pago_iva": {"r21_iva": payment(due(vat))},
        "type": "monthly",
    });
    (body, plus(owed, due(vat)))
}
