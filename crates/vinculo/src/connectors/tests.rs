use super::*;
use crate::{installation::real_env, wiring::built_in};

const MANIFEST: &str = include_str!("../../../../tests/connectors/script/connector.json");

/// A directory of connectors, and where it is.
struct Place {
    folder: tempfile::TempDir,
    directory: Directory,
}

impl Place {
    fn new(approval: Approval) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::new(Confinement::Uncaged, real_env().unwrap());
        let directory = Directory::new(folder.path(), approval, room, built_in(true));
        Self { folder, directory }
    }
    fn write(&self, folder: &str, manifest: &str) {
        let folder = self.folder.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(FILE), manifest).unwrap();
    }
    fn remove(&self, folder: &str) {
        fs::remove_dir_all(self.folder.path().join(folder)).unwrap();
    }
    /// Looks, and says what is offered and what is wrong.
    fn look(&mut self) -> (bool, Vec<String>, Vec<String>) {
        let changed = self.directory.look();
        let lines = self.directory.lines();
        let offered = lines.iter().filter_map(|line| line.offered.as_ref());
        let offered = offered.map(|manifest| format!("{} {}", manifest.id, manifest.version));
        let complaints = lines.iter().filter_map(|line| line.complaint.clone());
        (changed, offered.collect(), complaints.collect())
    }
}

/// The manifest of another connector, with an institution of its own.
fn other(id: &str, institution: i64) -> String {
    MANIFEST
        .replace("\"script\"", &format!("\"{id}\""))
        .replace("9101", &institution.to_string())
        .replace("script_mx_retail", &format!("{id}_mx_retail"))
}
fn version(number: &str) -> String {
    MANIFEST.replace("1.0.0", number)
}

#[test]
fn what_is_added_changed_and_removed_is_noticed_and_nothing_else() {
    let mut place = Place::new(Approval::Everything);
    assert_eq!(place.look(), (false, vec![], vec![]));
    place.write("script", MANIFEST);
    place.write("notes", "{}");
    fs::remove_file(place.folder.path().join("notes").join(FILE)).unwrap();
    assert_eq!(place.look(), (true, vec!["script 1.0.0".into()], vec![]));
    assert_eq!(place.look(), (false, vec!["script 1.0.0".into()], vec![]));
    place.write("script", &version("1.1.0"));
    place.write("b", &other("bb", 9102));
    let both = vec!["bb 1.0.0".to_owned(), "script 1.1.0".into()];
    assert_eq!(place.look(), (true, both, vec![]));
    assert_eq!(place.directory.connectors().len(), 3, "with the sandbox");
    place.remove("b");
    assert_eq!(place.look(), (true, vec!["script 1.1.0".into()], vec![]));
}

#[test]
fn a_broken_manifest_is_refused_with_its_line_and_the_version_before_stays() {
    let mut place = Place::new(Approval::Everything);
    place.write("script", MANIFEST);
    place.write("b", &other("bb", 9102));
    place.look();
    place.write("script", &version("1.1.0").replace("[\"MX\"]", "[\"Mexico\"]"));
    let (changed, offered, complaints) = place.look();
    assert_eq!((changed, offered), (false, vec!["bb 1.0.0".into(), "script 1.0.0".into()]));
    let [complaint] = &complaints[..] else { panic!("{complaints:?}") };
    assert!(
        complaint.contains("script/connector.json, line 8, institutions[0].country_codes[0]: "),
        "{complaint}"
    );
    place.write("script", &version("1.2.0"));
    assert_eq!(place.look().1, ["bb 1.0.0", "script 1.2.0"]);
}

#[test]
fn what_another_has_cannot_be_taken_and_who_was_first_stays() {
    let mut place = Place::new(Approval::Everything);
    place.write("script", MANIFEST);
    place.look();
    let institution = built_in(true)[0].institutions().remove(0);
    for (manifest, why) in [
        (MANIFEST.to_owned(), "another connector has the id script"),
        (other("aa", 9101), "institution aa_mx_retail: another connector's has the id 9101"),
        (
            other("aa", 9102).replace("aa_mx_retail", "script_mx_retail"),
            "institution script_mx_retail: another connector has one of this name",
        ),
        (other("sandbox", 9102), "another connector has the id sandbox"),
        (other("aa", institution.id), "another connector's has the id"),
    ] {
        place.write("a", &manifest);
        let (changed, offered, complaints) = place.look();
        assert_eq!((changed, offered), (false, vec!["script 1.0.0".into()]), "{why}");
        assert!(complaints.len() == 1 && complaints[0].contains(why), "{complaints:?}");
    }
    place.write("a", &other("aa", 9101));
    place.remove("script");
    assert_eq!(place.look().1, ["aa 1.0.0"], "there is room now");
}

#[test]
fn an_institutions_id_and_name_belong_together_for_ever() {
    let mut place = Place::new(Approval::Everything);
    place.directory.known = BTreeMap::from([(9101, "script_mx_retail".to_owned())]);
    place.write("script", &other("script", 9102).replace("9102", "9199"));
    let complaint = place.look().2.remove(0);
    assert!(complaint.contains("its id is 9101 for ever, not 9199"), "{complaint}");
    place.write("script", &other("bb", 9101));
    let complaint = place.look().2.remove(0);
    assert!(complaint.contains("the id 9101 is that of script_mx_retail for ever"), "{complaint}");
    place.write("script", MANIFEST);
    assert_eq!(place.look().1, ["script 1.0.0"]);
}

#[test]
fn a_connector_is_offered_when_all_that_it_asks_to_reach_is_approved() {
    let entry = |text: &str| text.parse::<Entry>().unwrap();
    let approved = BTreeSet::from([entry("a.example:443"), entry("c.example:443")]);
    let approval = Approval::Named(BTreeMap::from([("script".to_owned(), approved)]));
    let mut place = Place::new(approval);
    let asking = |egress: &str| {
        MANIFEST.replace("\"limits\"", &format!("\"egress\": [{egress}],\n  \"limits\""))
    };
    place.write("script", &asking(r#""a.example:443", "b.example:443", "http://c.example:443""#));
    let (_, offered, complaints) = place.look();
    assert!(offered.is_empty());
    let says = r#"under [connectors.approved.script]: "b.example:443", "http://c.example:443""#;
    assert!(complaints[0].ends_with(says), "{complaints:?}");
    place.write("script", &asking(r#""a.example:443""#));
    assert_eq!(place.look(), (true, vec!["script 1.0.0".into()], vec![]));
}
