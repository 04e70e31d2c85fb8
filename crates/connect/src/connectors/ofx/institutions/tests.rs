use super::*;

const ONE: &str = r#"
[[institution]]
id = 7001
name = "first_us_retail"
display_name = "First Bank"
url = "https://ofx.first.example/ofx"
"#;

#[test]
fn what_a_list_leaves_out_has_a_default() {
    let list = Institutions::of_toml(ONE).expect("a list");
    assert_eq!(list.count(), 1);
    let site = &list.listed()[0];
    assert_eq!((site.version, site.country.as_str(), site.currency.as_str()), (203, "US", "USD"));
    let institution = site.institution();
    assert_eq!(
        institution.resources,
        ["ACCOUNTS", "TRANSACTIONS", "INCOMES", "RECURRING_EXPENSES", "RISK_INSIGHTS"],
        "what banks say, and what is computed from it"
    );
    let fields: Vec<_> = institution.form_fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(fields, ["username", "password"]);
    assert_eq!(Institutions::of_toml("").expect("an empty list").count(), 0);
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let with = |line: &str| Institutions::of_toml(&format!("{ONE}{line}\n")).expect_err(line);
    let mistake = with("versoin = 103");
    assert_eq!(mistake.line, 7);
    assert!(mistake.problem.contains("versoin"), "{mistake}");
    for (line, says) in [
        ("version = 99", "`version`"),
        ("version = 300", "`version`"),
        ("country = \"USA\"", "`country`"),
        ("currency = \"dollar\"", "`currency`"),
        ("appver = \"123456\"", "`appver`"),
    ] {
        let mistake = with(line);
        assert!(mistake.problem.contains(says), "{line}: {mistake}");
        assert_eq!(mistake.line, 2, "{line}");
    }
    let twice = Institutions::of_toml(&format!("{ONE}{ONE}")).expect_err("twice");
    assert_eq!(twice.to_string(), "line 8: the name of line 2 comes again");
    assert_eq!(Institutions::of_toml("[[institution]\n").expect_err("not TOML").line, 1);
}

#[test]
fn passwords_are_sent_over_tls_or_not_beyond_this_machine() {
    let with =
        |url: &str| Institutions::of_toml(&ONE.replace("https://ofx.first.example/ofx", url));
    for url in ["http://127.0.0.1:80/ofx", "http://localhost/ofx", "http://[::1]/", "https://x/"] {
        assert!(with(url).is_ok(), "{url}");
    }
    for url in ["http://ofx.first.example/", "ftp://x/", "https://user:pass@x/", "http://10.0.0.1/"]
    {
        assert!(with(url).is_err(), "{url}");
    }
}

#[test]
fn an_ofxget_cfg_is_read_as_it_is() {
    let text = "\
# a comment
[DEFAULT]
clientuid = 38cec185-4c85-4a12-899a-9c8512cf30c5

[chase]
url = https://ofx.chase.example
org = B1
fid = 10898
bankid = 111000614
checking = 1234567890
savings = 2, 3

[amex]
creditcard = 111122233344556

[Old Bank!]
url: https://old.example/ofx
version = 102
unclosedelements = true
user = barney
";
    let list = Institutions::of_file("/home/ana/ofxget.cfg", text).expect("a list");
    let [chase, old] = list.listed() else { panic!("{list:?}") };
    assert_eq!((chase.name.as_str(), chase.version), ("chase_us_retail", 203));
    assert_eq!(chase.clientuid.as_deref(), Some("38cec185-4c85-4a12-899a-9c8512cf30c5"));
    assert_eq!(chase.bankid.as_deref(), Some("111000614"));
    assert_eq!(
        (old.name.as_str(), old.version, old.close_tags),
        ("old-bank-_us_retail", 102, false)
    );
    assert!(chase.id >= NUMBERED_FROM && chase.id != old.id);
    let again = Institutions::of_ofxget(text).expect("a list");
    assert_eq!(again.listed()[0].id, chase.id, "an id stays");
    for (bad, line) in [("url = x", 1), ("[a]\nurl", 2), ("\n[a]\nurl = not a url", 2)] {
        assert_eq!(Institutions::of_ofxget(bad).expect_err(bad).line, line, "{bad}");
    }
}
