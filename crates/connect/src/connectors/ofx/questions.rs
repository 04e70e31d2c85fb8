//! What servers ask before they let somebody in: MFACHALLENGE, OFX 2.2, section 2.5.4.

use statements::ofx::Question;

/// The questions that the specification numbers, for servers that leave their words out.
const NUMBERED: &[(&str, &str)] = &[
    ("MFA1", "In which city were you born?"),
    ("MFA2", "When were you born (MM/DD/YYYY)?"),
    ("MFA3", "What is the number of your debit card?"),
    ("MFA4", "What is your father's middle name?"),
    ("MFA5", "What is your favourite colour?"),
    ("MFA6", "What was your first pet's name?"),
    ("MFA7", "What is your five-digit ZIP code?"),
    ("MFA8", "What was the maiden name of your father's mother?"),
    ("MFA9", "What was the maiden name of your mother's mother?"),
    ("MFA10", "What are the last four digits of your mobile number?"),
    ("MFA11", "What are the last four digits of your daytime phone number?"),
    ("MFA12", "What are the last four digits of your home phone number?"),
    ("MFA13", "What are the last four digits of your social security number?"),
    ("MFA14", "What are the last four digits of your tax number?"),
    ("MFA15", "In which month was your youngest sibling born?"),
    ("MFA16", "What is your mother's maiden name?"),
    ("MFA17", "What is your mother's middle name?"),
    ("MFA18", "What is the name of the company of your first job?"),
    ("MFA19", "Which make was your first car?"),
    ("MFA20", "In which street did you grow up?"),
    ("MFA21", "What is the name of your high school's football team?"),
    ("MFA22", "What is the amount of a recent deposit or withdrawal?"),
    ("MFA23", "In which year were you born (YYYY)?"),
];

/// Who answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// The person, to whom it reads so.
    Person(String),
    /// This program, with this.
    Program(&'static str),
    /// This program, with the present time.
    Clock,
}

/// Who answers `question`. From MFA101 on, servers ask for the machine of the person: of that nothing
/// is known, and what is answered is this program's.
pub(super) fn asked(question: &Question) -> Asked {
    if let Some(label) = &question.label {
        return Asked::Person(label.clone());
    }
    match question.id.as_str() {
        "MFA101" => return Asked::Clock,
        "MFA102" => return Asked::Program("vinculo"),
        "MFA103" => return Asked::Program("0.0.0.0"),
        "MFA104" => return Asked::Program("00:00:00:00:00:00"),
        "MFA105" => return Asked::Program(std::env::consts::OS),
        "MFA106" => return Asked::Program(std::env::consts::ARCH),
        "MFA107" => return Asked::Program("Vinculo"),
        _ => {}
    }
    let known = NUMBERED.iter().find(|(id, _)| *id == question.id);
    let words =
        known.map_or("Your bank asks a question that it has agreed with you.", |(_, words)| words);
    Asked::Person(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_asked_in_the_words_of_their_bank_and_never_for_their_machine() {
        let of = |id: &str, label: Option<&str>| {
            asked(&Question { id: id.into(), label: label.map(str::to_owned) })
        };
        assert_eq!(of("MFA13", Some("Last four?")), Asked::Person("Last four?".into()));
        assert!(matches!(of("MFA13", None), Asked::Person(words) if words.contains("four digits")));
        assert!(matches!(of("X", None), Asked::Person(_)));
        assert_eq!(of("MFA101", None), Asked::Clock);
        for id in 102..=107 {
            assert!(matches!(of(&format!("MFA{id}"), None), Asked::Program(_)), "{id}");
        }
    }
}
