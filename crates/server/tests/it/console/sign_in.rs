//! Who may come in, and for how long.

use super::desk::{Desk, PASSWORD, leads_to, operator};
use crate::api::{Answer, Api};
use axum::http::{StatusCode, header};
use domain::operator::Role;
use server::Settings;

#[tokio::test]
async fn an_operator_signs_in_looks_around_and_signs_out() {
    for api in Api::each().await {
        operator(&api, "ana", Role::Operator).await;
        let desk = Desk::new(&api).await;
        let wanted = desk.at("links?status=valid");
        let shut = desk.get(&wanted).await;
        let encoded = wanted.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        assert_eq!(leads_to(&shut), format!("/console/sign-in?next={encoded}"));
        let door = desk.get(leads_to(&shut)).await;
        let cookie = door.headers[header::SET_COOKIE].to_str().expect("text");
        assert!(cookie.ends_with("; Path=/console; HttpOnly; SameSite=Strict"), "{cookie}");
        assert!(door.text.contains(&format!("value=\"{wanted}\"")), "{}", door.text);
        let before = desk.cookie.lock().expect("whole").clone();

        let wrong = desk.post("/console/sign-in", &[("name", "ana"), ("password", "x")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(wrong.text.contains("That did not work") && wrong.text.contains("value=\"ana\""));
        let fields = [("name", "Ana"), ("password", PASSWORD), ("next", wanted.as_str())];
        let entered = desk.post("/console/sign-in", &fields).await;
        assert_eq!(leads_to(&entered), wanted);
        assert_ne!(*desk.cookie.lock().expect("whole"), before, "a token of its own");
        assert_eq!(desk.get(&wanted).await.status, StatusCode::OK);
        assert_eq!(leads_to(&desk.get("/console/").await), desk.at(""));
        assert_eq!(leads_to(&desk.get("/console/sign-in").await), "/console/");

        let inside = desk.cookie.lock().expect("whole").clone();
        let left = desk.post("/console/sign-out", &[]).await;
        assert_eq!((leads_to(&left), desk.note().as_str()), ("/console/sign-in", "sign-out"));
        *desk.cookie.lock().expect("whole") = inside;
        assert_eq!(desk.get(&wanted).await.status, StatusCode::SEE_OTHER, "the token is dead");
    }
}

#[tokio::test]
async fn cookies_go_by_tls_alone_where_there_is_tls() {
    let public_url = Some("https://links.example.com".parse().expect("a url"));
    let api = Api::with(Settings { public_url, ..Settings::dev() }).await;
    let desk = Desk::new(&api).await;
    let door = desk.get("/console/sign-in").await;
    let cookie = door.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn wrong_passwords_lock_out_and_say_no_more_than_before() {
    let api = Api::new().await;
    operator(&api, "ana", Role::Operator).await;
    let desk = Desk::new(&api).await;
    let strip = |answer: Answer, name: &str| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        answer.text.replace(name, "")
    };
    let unknown = strip(desk.sign_in("bob", PASSWORD).await, "bob");
    for _ in 0..6 {
        assert_eq!(strip(desk.sign_in("ana", "a wrong one").await, "ana"), unknown);
    }
    assert_eq!(strip(desk.sign_in("ana", PASSWORD).await, "ana"), unknown, "the right one too");
    api.advance(1).await;
    assert_eq!(desk.sign_in("ana", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_password_is_asked_for_twice_and_ends_other_sign_ins() {
    let api = Api::new().await;
    let desk = Desk::of(&api, "ana", Role::Viewer).await;
    let other = Desk::new(&api).await;
    other.sign_in("ana", PASSWORD).await;
    let new = "another horse battery";
    let change = async |old: &str, new: &str, again: &str| {
        desk.post("/console/account", &[("old", old), ("new", new), ("again", again)]).await
    };
    for (old, one, two, said) in [
        (PASSWORD, new, "not the same at all", "not the same"),
        (PASSWORD, "short", "short", "at least 12 characters"),
        ("wrong", new, new, "not that one"),
    ] {
        let answer = change(old, one, two).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{said}");
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    assert_eq!(leads_to(&change(PASSWORD, new, new).await), "/console/account");
    assert_eq!(desk.note(), "password");
    assert_eq!(desk.get("/console/account").await.status, StatusCode::OK);
    assert_eq!(other.get("/console/account").await.status, StatusCode::SEE_OTHER);
}
