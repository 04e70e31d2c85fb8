//! What a manifest must keep beyond its shape: numbers and lengths in their bounds, names said once, paths
//! and addresses that can be what they are for.

use super::{
    FIELDS, Input, KINDS, Labels, Limits, MOST_LANGUAGES, Manifest, Mistake, Offered, mistake,
    place::Step,
};
use crate::{egress::Entry, wire::version::Version};
use domain::{resource, resources::consents::CONSENTS};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

const MOST_INSTITUTIONS: usize = 1_000;

/// Every rule that the manifest breaks; `text` is how it was written, for the lines.
pub(super) fn broken(text: &str, manifest: &Manifest) -> Vec<Mistake> {
    let mut rules = Rules { text, mistakes: Vec::new() };
    rules.manifest(manifest);
    rules.mistakes
}

/// Collects what is broken.
struct Rules<'a> {
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl Rules<'_> {
    fn hold(&mut self, holds: bool, at: &[Step<'_>], message: &str) {
        if !holds {
            self.mistakes.push(mistake(self.text, at, message.into()));
        }
    }

    fn manifest(&mut self, manifest: &Manifest) {
        use Step::{Index, Key};
        let Manifest { id, version, licence, protocol, command, needs, institutions, .. } =
            manifest;
        let rule = "a lower-case letter, then up to 39 lower-case letters, digits and “_”";
        self.hold(is_name(id, 2, 40), &[Key("id")], rule);
        let plain = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
        let good = (1..=64).contains(&version.len())
            && version.chars().all(plain)
            && version.starts_with(|c: char| c.is_ascii_alphanumeric());
        self.hold(good, &[Key("version")], "up to 64 letters, digits, “.”, “+” and “-”");
        let good = is_text(licence, 200);
        self.hold(good, &[Key("licence")], "an SPDX expression: “Apache-2.0”");
        let spoken = !Version::offered(protocol).is_empty();
        self.hold(spoken, &[Key("protocol")], "this host speaks none of these versions");
        self.command(command);
        self.hold(needs.len() <= 64, &[Key("needs")], "at most 64 paths");
        for (index, path) in needs.iter().enumerate() {
            if let Some(message) = unreachable_path(path) {
                self.hold(false, &[Key("needs"), Index(index)], message);
            }
        }
        let few = (1..=MOST_INSTITUTIONS).contains(&institutions.len());
        self.hold(few, &[Key("institutions")], "one to 1,000 institutions");
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (index, offered) in institutions.iter().enumerate() {
            let base = [Key("institutions"), Index(index)];
            self.offered(&base, offered);
            let fresh = ids.insert(offered.id);
            self.hold(fresh, &[base[0], base[1], Key("id")], "another institution here has it");
            let fresh = names.insert(&offered.name);
            self.hold(fresh, &[base[0], base[1], Key("name")], "another institution here has it");
        }
        let mut kinds = BTreeSet::new();
        for (index, kind) in manifest.challenges.iter().enumerate() {
            self.hold(kinds.insert(kind), &[Key("challenges"), Index(index)], "said twice");
        }
        self.hold(manifest.egress.len() <= 200, &[Key("egress")], "at most 200 entries");
        let mut reached = BTreeSet::new();
        for (index, entry) in manifest.egress.iter().enumerate() {
            let at = [Key("egress"), Index(index)];
            match entry.parse::<Entry>() {
                Ok(entry) => self.hold(reached.insert(entry), &at, "said twice"),
                Err(bad) => self.hold(false, &at, &bad.to_string()),
            }
        }
        let Limits { memory_mib, processes, open_files, seconds } = manifest.limits;
        for (key, value, least, most) in [
            ("memory_mib", memory_mib, 16, 2_048),
            ("processes", processes, 1, 512),
            ("open_files", open_files, 16, 4_096),
            ("seconds", seconds, 10, 3_600),
        ] {
            let good = (least..=most).contains(&value);
            self.hold(good, &[Key("limits"), Key(key)], &format!("from {least} to {most}"));
        }
    }

    fn command(&mut self, command: &[String]) {
        use Step::{Index, Key};
        let few = (1..=64).contains(&command.len());
        self.hold(few, &[Key("command")], "a program and at most 63 arguments");
        for (index, word) in command.iter().enumerate() {
            let good = word.len() <= 4_096 && !word.contains('\0');
            self.hold(
                good,
                &[Key("command"), Index(index)],
                "at most 4,096 bytes, none of them zero",
            );
        }
        let Some(program) = command.first() else { return };
        let inside = |path: &str| {
            !path.is_empty()
                && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
        };
        let good = match program.strip_prefix("./") {
            Some(path) => inside(path),
            None => inside(program) && !program.contains('/') && !program.starts_with('-'),
        };
        let rule =
            "the name of a program of the system, or a file of the folder that begins with “./”";
        self.hold(good, &[Key("command"), Index(0)], rule);
    }

    fn offered(&mut self, base: &[Step<'_>; 2], offered: &Offered) {
        use Step::{Index, Key};
        let of = |key| [base[0], base[1], Key(key)];
        self.hold(offered.id > 0, &of("id"), "a whole number above zero");
        let rule = "a lower-case letter, then up to 63 lower-case letters, digits and “_”";
        self.hold(is_name(&offered.name, 3, 64), &of("name"), rule);
        let good = is_text(&offered.display_name, 200);
        self.hold(good, &of("display_name"), "what people call it, in up to 200 bytes");
        let codes = &offered.country_codes;
        self.hold((1..=50).contains(&codes.len()), &of("country_codes"), "at least one country");
        for (index, code) in codes.iter().enumerate() {
            let good = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            let at = [base[0], base[1], Key("country_codes"), Index(index)];
            self.hold(good, &at, "an ISO 3166 code of two capital letters");
        }
        let colour = offered.primary_color.strip_prefix('#');
        let good = colour
            .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        self.hold(good, &of("primary_color"), "a colour as “#rrggbb”");
        for (key, address) in [
            ("website", &offered.website),
            ("logo", &offered.logo),
            ("icon_logo", &offered.icon_logo),
            ("text_logo", &offered.text_logo),
        ] {
            let good = address.as_ref().is_none_or(|address| is_address(address));
            self.hold(good, &of(key), "an address that begins with “https://” or “http://”");
        }
        self.hold(offered.form_fields.len() <= 10, &of("form_fields"), "at most 10 inputs");
        let mut names = BTreeSet::new();
        for (index, input) in offered.form_fields.iter().enumerate() {
            self.input(base, index, input);
            let at = [base[0], base[1], Key("form_fields"), Index(index), Key("name")];
            self.hold(names.insert(&input.name), &at, "another input here has it");
        }
        self.hold(!offered.resources.is_empty(), &of("resources"), "at least one resource");
        let consents = offered.resources.iter().any(|name| name == CONSENTS.offered_as);
        let message = "only where CONSENTS is among the resources";
        self.hold(consents || !offered.revokes, &of("revokes"), message);
        let mut seen = BTreeSet::new();
        for (index, name) in offered.resources.iter().enumerate() {
            let at = [base[0], base[1], Key("resources"), Index(index)];
            match resource::offered_as(name) {
                None => self.hold(false, &at, "there is no such resource"),
                Some(known) => {
                    let good = known.institutions.contains(&offered.kind);
                    let message = format!("institutions of type “{}” have none", offered.kind);
                    self.hold(good, &at, &message);
                    let from = known.computed().map_or(&[][..], |computed| computed.from);
                    let missing = from.iter().find(|source| {
                        !offered.resources.iter().any(|name| name == source.offered_as)
                    });
                    if let Some(source) = missing {
                        let message =
                            format!("computed from {}, which is not offered", source.name);
                        self.hold(false, &at, &message);
                    }
                }
            }
            self.hold(seen.insert(name), &at, "said twice");
        }
    }

    fn input(&mut self, base: &[Step<'_>; 2], index: usize, input: &Input) {
        use Step::{Index, Key};
        let of = |key| [base[0], base[1], Key("form_fields"), Index(index), Key(key)];
        let good = FIELDS.contains(&&*input.name);
        self.hold(good, &of("name"), &format!("one of {}", FIELDS.join(", ")));
        let good = KINDS.contains(&&*input.kind);
        self.hold(good, &of("type"), &format!("one of {}", KINDS.join(", ")));
        self.hold(is_text(&input.label, 200), &of("label"), "a label of up to 200 bytes");
        for (key, text) in [
            ("validation", &input.validation),
            ("validation_message", &input.validation_message),
            ("placeholder", &input.placeholder),
        ] {
            self.hold(text.len() <= 1_000, &of(key), "at most 1,000 bytes");
        }
        let options = input.values.as_ref().map_or(0, Vec::len);
        let good = if input.kind == "select" { (1..=100).contains(&options) } else { options == 0 };
        self.hold(good, &of("values"), "a “select”, and nothing else, has 1 to 100 values");
        let own = std::iter::once(&input.translations);
        let options = input.values.iter().flatten().map(|option| &option.translations);
        let message = "up to 20 languages, by their tags, each with a label of up to 200 bytes and no \
                       text above 1,000";
        self.hold(own.chain(options).all(are_labels), &of("translations"), message);
    }
}

fn are_labels(all: &BTreeMap<String, Labels>) -> bool {
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= 1_000);
    all.len() <= MOST_LANGUAGES
        && all.iter().all(|(tag, said)| {
            let plain = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            (2..=35).contains(&tag.len())
                && plain
                && is_text(&said.label, 200)
                && short(&said.validation_message)
                && short(&said.placeholder)
        })
}

fn is_name(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.len() <= most && !text.chars().any(char::is_control)
}
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && text.len() <= 1_000
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Why a path can be nothing that a connector needs.
fn unreachable_path(path: &Path) -> Option<&'static str> {
    let plain = |part| matches!(part, Component::RootDir | Component::Normal(_));
    if !path.is_absolute() || !path.components().all(plain) {
        return Some("an absolute path without “..”");
    }
    let mut parts = path.components().skip(1);
    let Some(Component::Normal(top)) = parts.next() else {
        return Some("all of the machine is too much");
    };
    let never = ["home", "root", "var", "tmp", "run", "proc", "sys", "dev", "boot"];
    never
        .iter()
        .any(|name| top == *name)
        .then_some("nothing below /home, /root, /var, /tmp, /run, /proc, /sys, /dev or /boot is shown to connectors")
}
