//! What an application may say of the widget's look, key by key, in a browser.

use crate::{
    browser::{Browser, script},
    widget::World,
};
use serde_json::json;

/// A key; what is said; on which step and where it is seen, and as what. An element's name may be
/// followed by the part of it that is meant (`::placeholder`).
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const RED: &str = "rgb(200, 10, 20)";

const KEYS: &[Row] = &[
    ("--color-primary-base", RED, "consent", ".primary", "background-color", RED),
    ("--nav-bar-title-color", RED, "consent", ".bar-title", "color", RED),
    ("--nav-bar-title-align", "right", "consent", ".bar-title", "text-align", "right"),
    ("--nav-bar-icon-color", RED, "consent", "button.round", "color", RED),
    ("--nav-bar-icon-size", "30px", "consent", ".round .icon", "width", "30px"),
    ("--nav-bar-background-color", RED, "consent", ".bar", "background-color", RED),
    ("--nav-bar-box-shadow", "0 1px 2px #c80a14", "consent", ".bar", "box-shadow", SHADOW),
    ("--nav-bar-border-color", RED, "consent", ".bar", "border-bottom-color", RED),
    ("--button-font-color", RED, "consent", ".primary", "color", RED),
    ("--button-border-radius", "7px", "consent", ".primary", "border-top-left-radius", "7px"),
    ("--button-font-color-disabled", RED, "consent-busy", ".primary", "color", RED),
    (
        "--button-background-color-disabled",
        RED,
        "consent-busy",
        ".primary",
        "background-color",
        RED,
    ),
    ("--button-opacity-disabled", "0.3", "consent-busy", ".primary", "opacity", "0.3"),
    ("--button-border-color-disabled", RED, "consent-busy", ".primary", "border-top-color", RED),
    ("--banner-border-radius", "9px", "form", ".banner", "border-top-left-radius", "9px"),
    ("--banner-background-color", RED, "form", ".banner.info", "background-color", RED),
    ("--banner-background-color-error", RED, "form-refused", ".error", "background-color", RED),
    ("--banner-background-color-info", RED, "form", ".banner.info", "background-color", RED),
    (
        "--banner-background-color-success",
        RED,
        "success-files",
        ".success",
        "background-color",
        RED,
    ),
    (
        "--banner-background-color-warning",
        RED,
        "institutions-down",
        ".warning",
        "background-color",
        RED,
    ),
    ("--banner-border-left-width", "6px", "form", ".banner", "border-left-width", "6px"),
    ("--banner-border-color", RED, "form", ".banner", "border-top-color", RED),
    ("--banner-border-color-left-error", RED, "form-refused", ".error", "border-left-color", RED),
    (
        "--banner-border-color-left-success",
        RED,
        "success-files",
        ".success",
        "border-left-color",
        RED,
    ),
    ("--banner-border-color-left-info", RED, "form", ".banner.info", "border-left-color", RED),
    (
        "--banner-border-color-left-warning",
        RED,
        "institutions-down",
        ".warning",
        "border-left-color",
        RED,
    ),
    ("--banner-icon-color-error", RED, "form-refused", ".error .icon", "color", RED),
    ("--banner-icon-color-success", RED, "success-files", ".success .icon", "color", RED),
    ("--banner-icon-color-info", RED, "form", ".banner.info .icon", "color", RED),
    ("--banner-icon-color-warning", RED, "institutions-down", ".warning .icon", "color", RED),
    ("--banner-title-color", RED, "form-refused", ".banner-title", "color", RED),
    ("--banner-body-color", RED, "form-refused", ".banner-text", "color", RED),
    ("--banner-title-font-weight", "300", "form-refused", ".banner-title", "font-weight", "300"),
    ("--banner-body-font-weight", "700", "form-refused", ".banner-text", "font-weight", "700"),
    ("--banner-box-shadow", "0 1px 2px #c80a14", "form", ".banner", "box-shadow", SHADOW),
    ("--input-text-border-radius", "3px", "form", FIELD, "border-top-left-radius", "3px"),
    ("--input-text-border-color", RED, "form", FIELD, "border-top-color", RED),
    ("--input-text-outline-border-color", RED, "form", FOCUSED, "border-top-color", RED),
    ("--input-text-placeholder-color", RED, "form", "#field-username::placeholder", "color", RED),
    ("--input-text-label-color", RED, "form", ".field label", "color", RED),
    ("--input-text-label-color-error", RED, "form", ".wrong", "color", RED),
    ("--input-text-label-variation", "outlined", "form", ".field label", "position", "absolute"),
    ("--input-text-icon-color", RED, "institutions", ".search .icon", "color", RED),
    ("--tab-text-color", RED, "institutions", ".choice select", "color", RED),
    ("--tab-border-color", RED, "institutions", ".choice select", "border-top-color", RED),
];
const FIELD: &str = "#field-username";
/// The focus is given to it before it is looked at.
const FOCUSED: &str = "#field-username:focus";
const SHADOW: &str = "rgb(200, 10, 20) 0px 1px 2px 0px";

/// What is seen while the page wears one key, or none.
async fn seen(browser: &Browser, worn: &serde_json::Value, scheme: &str, row: &Row) -> String {
    let (_, _, step, place, property, _) = row;
    let (place, part) =
        place.split_once("::").map_or((*place, None), |(at, part)| (at, Some(part)));
    let part = part.map_or("null".to_owned(), |part| format!("'::{part}'"));
    let script = format!(
        "wear({worn}, {scheme:?});
         step({step:?});
         if ({place:?}.endsWith(':focus')) document.querySelector({FIELD:?}).focus();
         for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
         return getComputedStyle(document.querySelector({place:?}), {part})
           .getPropertyValue({property:?});"
    );
    browser.eval(&script).await.as_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_of_a_theme_can_be_seen() {
    let world = World::new().await;
    let browser = &world.browser;
    browser.open(&format!("{}/connect/", world.base)).await;
    browser.see("h1").await;
    browser.run(&script("steps.js"), json!(["en", false])).await;
    for row in KEYS {
        let (key, value, .., expected) = row;
        let worn = json!([{"css_key": key, "value": value}]);
        assert_ne!(seen(browser, &json!([]), "LIGHT", row).await, *expected, "{key}: without it");
        assert_eq!(seen(browser, &worn, "LIGHT", row).await, *expected, "{key}");
        // Its dark variant holds in the dark alone.
        let worn = json!([{"css_key": format!("{key}-dark"), "value": value}]);
        assert_ne!(seen(browser, &worn, "LIGHT", row).await, *expected, "{key}-dark in the light");
        assert_eq!(seen(browser, &worn, "DARK", row).await, *expected, "{key}-dark");
    }
    // What is no colour, size or word of a theme reaches no style.
    let primary = &KEYS[0];
    for bad in ["url(https://example.com/)", "red;}", "var(--x)", "expression(1)", ""] {
        let worn = json!([{"css_key": primary.0, "value": bad}]);
        let plain = seen(browser, &json!([]), "LIGHT", primary).await;
        assert_eq!(seen(browser, &worn, "LIGHT", primary).await, plain, "{bad}");
    }
    browser.is_quiet("themes").await;
}
