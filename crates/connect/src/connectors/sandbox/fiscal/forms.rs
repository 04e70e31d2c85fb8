//! The authority's forms with nothing on them, as far as they are published: all keys of all
//! sections, nothing where there is an amount, null where there is mostly none.

use serde_json::Value;
use std::sync::LazyLock;

static FORMS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("forms.json")).unwrap_or_default());

/// The names of the forms.
pub(super) const PERSONAL: &str = "personal";
pub(super) const PERSONAL_MONTHLY: &str = "personal_monthly";
pub(super) const BUSINESS: &str = "business";
pub(super) const BUSINESS_MONTHLY: &str = "business_monthly";

/// What is said, on that form. A section that is null stays so.
pub(super) fn filled(form: &str, said: Value) -> Value {
    fill(&FORMS[form], said)
}

fn fill(blank: &Value, said: Value) -> Value {
    match (blank, said) {
        (Value::Object(blank), Value::Object(mut said)) => {
            for (key, empty) in blank {
                let value = said.remove(key).map_or_else(|| empty.clone(), |it| fill(empty, it));
                said.insert(key.clone(), value);
            }
            Value::Object(said)
        }
        (_, said) => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_said_stands_on_a_form_with_all_its_keys() {
        let it = filled(
            BUSINESS,
            json!({"estado_resultados": {"isr": 5, "unheard_of": 1}, "dividendos_o_utilidades_distribuidos": null, "rest": 2}),
        );
        let results = &it["estado_resultados"];
        assert_eq!(
            (&results["isr"], &results["unheard_of"], &it["rest"]),
            (&json!(5), &json!(1), &json!(2))
        );
        assert_eq!(results["compras_netas_importacion"]["total"], 0);
        assert!(results.as_object().is_some_and(|all| all.len() > 50));
        assert!(it["dividendos_o_utilidades_distribuidos"].is_null());
        for form in [PERSONAL, PERSONAL_MONTHLY, BUSINESS_MONTHLY] {
            assert!(filled(form, json!({})).as_object().is_some_and(|all| all.len() > 1));
        }
    }
}
