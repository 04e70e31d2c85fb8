use super::*;
use secrecy::ExposeSecret;

fn read(body: &str) -> Reply {
    reply(format!("OFXHEADER:100\nVERSION:103\n\n<OFX>{body}</OFX>").as_bytes()).expect("OFX")
}

#[test]
fn a_good_login_says_what_to_show_next_time() {
    let reply = read(
        "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260131\
         <LANGUAGE>ENG<FI><ORG>X<FID>1</FI><SESSCOOKIE>c1<ACCESSKEY>k1</SONRS></SIGNONMSGSRSV1>",
    );
    let sign_on = reply.sign_on.expect("an answer");
    assert_eq!(sign_on.status, Status { code: 0, is_error: false });
    assert_eq!(sign_on.access_key.as_ref().expect("a key").expose_secret(), "k1");
    assert_eq!(sign_on.session_cookie.as_ref().expect("a cookie").expose_secret(), "c1");
    assert!(!format!("{sign_on:?}").contains("k1"));
}

#[test]
fn questions_are_asked_in_the_words_of_the_bank() {
    let reply = read(
        "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>3000<SEVERITY>ERROR</STATUS></SONRS>\
         <MFACHALLENGETRNRS><TRNUID>7<STATUS><CODE>0<SEVERITY>INFO</STATUS><MFACHALLENGERS>\
         <MFACHALLENGE><MFAPHRASEID>MFA13<MFAPHRASELABEL>Last four digits?</MFACHALLENGE>\
         <MFACHALLENGE><MFAPHRASEID>MFA105</MFACHALLENGE>\
         </MFACHALLENGERS></MFACHALLENGETRNRS></SIGNONMSGSRSV1>",
    );
    let code = reply.sign_on.expect("an answer").status;
    assert_eq!(code, Status { code: 3000, is_error: true });
    let label = Some("Last four digits?".to_owned());
    assert_eq!(
        reply.questions,
        [Question { id: "MFA13".into(), label }, Question { id: "MFA105".into(), label: None }]
    );
    assert_eq!(reply.answers.len(), 1);
    assert_eq!(reply.answers[0].id, "7");
}

#[test]
fn accounts_are_listed_with_what_can_be_had_of_them() {
    let reply = read(
        "<SIGNUPMSGSRSV1><ACCTINFOTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><ACCTINFORS>\
         <DTACCTUP>20260101<ACCTINFO><DESC>Everyday<BANKACCTINFO><BANKACCTFROM><BANKID>1\
         <ACCTID>11<ACCTTYPE>CHECKING</BANKACCTFROM><SUPTXDL>Y<XFERSRC>N<XFERDEST>N\
         <SVCSTATUS>ACTIVE</BANKACCTINFO></ACCTINFO><ACCTINFO><CCACCTINFO><CCACCTFROM><ACCTID>4111\
         </CCACCTFROM><SUPTXDL>N<XFERSRC>N<XFERDEST>N<SVCSTATUS>ACTIVE</CCACCTINFO></ACCTINFO>\
         </ACCTINFORS></ACCTINFOTRNRS></SIGNUPMSGSRSV1>",
    );
    let [one, other] = &reply.accounts[..] else { panic!("{:?}", reply.accounts) };
    assert_eq!(one.account.name.as_deref(), Some("Everyday"));
    assert_eq!((one.account.number.as_str(), one.has_statements), ("11", true));
    assert_eq!(one.account.kind, Some(AccountKind::Checking));
    assert_eq!(other.account.kind, Some(AccountKind::CreditCard));
    assert_eq!((other.account.name.as_deref(), other.has_statements), (None, false));
}

#[test]
fn a_profile_says_what_a_login_needs() {
    let reply = read(
        "<PROFMSGSRSV1><PROFTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><PROFRS>\
         <MSGSETLIST></MSGSETLIST><SIGNONINFOLIST><SIGNONINFO><SIGNONREALM>X<CLIENTUIDREQ>Y\
         <MFACHALLENGESUPT>Y<MFACHALLENGEFIRST>N</SIGNONINFO></SIGNONINFOLIST><FINAME>First \
         Bank</PROFRS></PROFTRNRS></PROFMSGSRSV1>",
    );
    let name = Some("First Bank".to_owned());
    assert_eq!(reply.profile, Some(Profile { name, wants_client: true, ..Profile::default() }));
}

#[test]
fn a_page_of_html_or_half_an_answer_is_no_answer() {
    for text in ["", "<html><body>Maintenance</body></html>", "<OFX><SONRS>", "OK"] {
        assert!(reply(text.as_bytes()).is_err(), "{text}");
    }
}
