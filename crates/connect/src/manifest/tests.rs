use super::*;
use proptest::prelude::*;

const GOOD: &str = include_str!("tests/good.json");

fn read(text: &str) -> Result<Manifest, Refused> {
    Manifest::read(Path::new("toybank/connector.json"), text)
}
/// The manifest with one line changed.
fn with(line: &str, other: &str) -> Result<Manifest, Refused> {
    assert_eq!(GOOD.matches(line).count(), 1, "“{line}” stands there once");
    read(&GOOD.replace(line, other))
}
fn refused(line: &str, other: &str) -> String {
    with(line, other).expect_err(other).to_string()
}
fn line(text: &str) -> usize {
    1 + GOOD.find(text).map_or(0, |at| GOOD[..at].matches('\n').count())
}

#[test]
fn a_good_manifest_says_what_the_catalogue_shows() {
    let manifest = read(GOOD).expect("a good manifest");
    let catalogue = manifest.catalogue();
    let [bank] = &catalogue[..] else { panic!("one institution") };
    assert_eq!(
        (bank.id, &*bank.name, bank.kind),
        (9001, "toybank_mx_retail", InstitutionType::Bank)
    );
    assert_eq!(bank.country_code.as_deref(), Some("MX"));
    assert!(bank.supports("TRANSACTIONS") && bank.may_challenge());
    assert_eq!(bank.form_fields[1].name, "password");
    let spanish = &bank.form_fields[0].translations["es"];
    assert_eq!((&*spanish.label, spanish.placeholder.as_deref()), ("Usuario", Some("ana")));
    assert_eq!(
        spanish.validation_message, None,
        "it is as it is in the institution's own language"
    );
    let reached: Vec<_> = manifest.destinations().iter().map(ToString::to_string).collect();
    assert_eq!(reached, ["toybank.example:443", "http://status.toybank.example:80"]);
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    let value: Value = serde_json::from_str(GOOD).expect("json");
    assert_eq!(schema.iter_errors(&value).map(|e| e.to_string()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_is_computed_is_offered_beside_what_it_is_computed_from() {
    assert!(with(r#""OWNERS""#, r#""INCOMES""#).is_ok());
    let refused = refused(r#""ACCOUNTS", "#, r#""INCOMES", "#);
    assert!(refused.contains("computed from ACCOUNTS, which is not offered"), "{refused}");
}

#[test]
fn a_mistake_is_named_with_its_file_line_and_key() {
    let at =
        |text: &str, field: &str| format!("toybank/connector.json, line {}, {field}: ", line(text));
    for (text, other, field) in [
        (r#""toybank","#, r#""Toy Bank","#, "id"),
        (r#""1.2.0""#, r#""v 1""#, "version"),
        (r#""Apache-2.0""#, r#""""#, "licence"),
        ("[1]", "[99]", "protocol"),
        (r#"["python3", "main.py"]"#, "[]", "command"),
        (r#"["python3", "main.py"]"#, r#"["/bin/sh"]"#, "command[0]"),
        (r#"["python3", "main.py"]"#, r#"["./../x"]"#, "command[0]"),
        (r#""/usr/lib/python3""#, r#""/home/me""#, "needs[0]"),
        (r#""/usr/lib/python3""#, r#""/usr/../root""#, "needs[0]"),
        (r#""/usr/lib/python3""#, r#""/""#, "needs[0]"),
        ("9001", "0", "institutions[0].id"),
        (r#""toybank_mx_retail""#, r#""ToyBank""#, "institutions[0].name"),
        (r#"["MX"]"#, r#"["mex"]"#, "institutions[0].country_codes[0]"),
        (r##""#204080""##, r#""blue""#, "institutions[0].primary_color"),
        (r#""https://toybank.example""#, r#""javascript:x""#, "institutions[0].website"),
        (r#""name": "password""#, r#""name": "pin""#, "institutions[0].form_fields[1].name"),
        (r#""name": "password""#, r#""name": "username""#, "institutions[0].form_fields[1].name"),
        (r#""type": "password""#, r#""type": "pin""#, "institutions[0].form_fields[1].type"),
        (r#""es""#, r#""in Spanish""#, "institutions[0].form_fields[0].translations"),
        (r#""Usuario""#, r#""""#, "institutions[0].form_fields[0].translations"),
        (r#""OWNERS""#, r#""PETS""#, "institutions[0].resources[2]"),
        (r#""OWNERS""#, r#""ACCOUNTS""#, "institutions[0].resources[2]"),
        (r#""ACCOUNTS", "#, r#""INCOMES", "#, "institutions[0].resources[0]"),
        (r#""toybank.example:443""#, r#""*.example:443""#, "egress[0]"),
        (r#""toybank.example:443""#, r#""127.0.0.1:443""#, "egress[0]"),
        ("256,", "1,", "limits.memory_mib"),
        (r#""seconds": 900"#, r#""seconds": 90000"#, "limits.seconds"),
    ] {
        let said = refused(text, other);
        assert!(said.starts_with(&at(text, field)), "{other}: {said}");
    }
}

#[test]
fn what_cannot_be_understood_is_named_as_well() {
    let said = refused("9001", "\"9001\"");
    assert!(
        said.starts_with(&format!(
            "toybank/connector.json, line {}, institutions[0].id: ",
            line("9001")
        )),
        "{said}"
    );
    let said = refused(r#""egress""#, r#""egres""#);
    assert!(
        said.contains(&format!("line {}, ", line(r#""egress""#)))
            && said.contains("unknown field `egres`"),
        "{said}"
    );
    let said = refused(r#""otp""#, r#""oracle""#);
    assert!(said.contains("challenges[0]: unknown variant `oracle`"), "{said}");
    let said = refused("9001,", "9001");
    assert!(
        said.contains(&format!("line {}", line("9001") + 1))
            || said.contains(&format!("line {}", line("9001"))),
        "{said}"
    );
    let said = read(&format!("{GOOD} 7")).expect_err("two values").to_string();
    assert!(said.contains("something follows the manifest"), "{said}");
    let said = read("{}").expect_err("nothing").to_string();
    assert_eq!(said, "toybank/connector.json, line 1, the whole: missing field `id`");
}

#[test]
fn all_mistakes_are_said_at_once_in_the_order_of_their_lines() {
    let text = GOOD.replace("9001", "-1").replace("\"1.2.0\"", "\"\"");
    let Err(Refused::Mistaken { mistakes, .. }) = read(&text) else { panic!("two mistakes") };
    let fields: Vec<_> = mistakes.iter().map(|mistake| &*mistake.field).collect();
    assert_eq!(fields, ["version", "institutions[0].id"]);
}

#[test]
fn the_folder_must_hold_the_program_that_the_manifest_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = Manifest::load(folder.path()).expect_err("no manifest");
    assert!(matches!(refused, Refused::Unreadable { .. }));
    let text = GOOD.replace(r#"["python3", "main.py"]"#, r#"["./main"]"#);
    fs::write(folder.path().join(FILE), text).expect("written");
    let refused = Manifest::load(folder.path()).expect_err("no program").to_string();
    assert!(refused.contains(", line 6, command[0]: there is no such file"), "{refused}");
    fs::write(folder.path().join("main"), "").expect("written");
    assert!(Manifest::load(folder.path()).is_ok());
}

proptest! {
    #[test]
    fn a_damaged_manifest_is_refused_or_read_and_never_panics(at in 0..GOOD.len(), byte in "[ -~]{0,3}") {
        let at = (0..=at).rev().find(|&at| GOOD.is_char_boundary(at)).unwrap_or(0);
        let text = format!("{}{byte}{}", &GOOD[..at], &GOOD[at..]);
        if let Err(refused) = read(&text) {
            let lines = text.matches('\n').count() + 1;
            let Refused::Mistaken { mistakes, .. } = refused else { panic!("it was read") };
            prop_assert!(mistakes.iter().all(|mistake| (1..=lines).contains(&mistake.line)));
        }
    }
}
