//! What the institutions show to people: their logos. The page to which a redirect leads is the
//! server's, which knows where people come back to.

use super::institutions::{COLOUR, SITES};

/// Which of an institution's two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logo {
    /// A square with the brand's initial.
    Icon,
    /// The brand's name.
    Text,
}

/// A brand's picture as an SVG document; `None` if the sandbox has no such brand. The names in it
/// are those of the catalogue, which need no escaping.
#[must_use]
pub fn logo(kind: Logo, brand: &str) -> Option<String> {
    let name = SITES.iter().find(|site| site.brand() == brand)?.display;
    let font = r#"font-family="system-ui, sans-serif" font-weight="600" text-anchor="middle" dominant-baseline="central""#;
    Some(match kind {
        Logo::Icon => format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"><title>{name}</title><rect width="64" height="64" rx="14" fill="{COLOUR}"/><text x="32" y="33" fill="#fff" font-size="36" {font}>{initial}</text></svg>"##,
            initial = name.chars().next().unwrap_or('?')
        ),
        Logo::Text => format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 64" role="img"><title>{name}</title><text x="160" y="33" fill="{COLOUR}" font-size="28" {font}>{name}</text></svg>"#
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_brand_of_the_catalogue_has_both_pictures_and_no_other_has() {
        for site in SITES {
            for kind in [Logo::Icon, Logo::Text] {
                let picture = logo(kind, site.brand()).expect("a known brand");
                assert!(picture.contains(site.display), "{picture}");
                assert!(!picture.contains('&'), "{picture}");
            }
        }
        assert_eq!(logo(Logo::Icon, "nobody"), None);
    }
}
