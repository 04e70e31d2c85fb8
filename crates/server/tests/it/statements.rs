//! Statement files, from the form of a browser to the records.

use crate::api::{Answer, Api};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use server::{Limits, Settings};
use std::fmt::Write as _;

const SITE: &str = "statements_mx_retail";
const NOBODY: &str = "0197a6e8-1111-7abc-8def-000000000001";

impl Api {
    /// Registers a link that nobody logs in to, and says its id.
    async fn fed_by_files(&self) -> String {
        let answer = self.post("/api/links/", &json!({"institution": SITE})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
    /// Uploads a body of this type.
    async fn upload_as(&self, link: &str, media: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/v1/links/{link}/statements/"))
            .header("authorization", &self.keys)
            .header("content-type", media);
        self.send(request.body(body.into()).expect("a request")).await
    }
    /// Uploads a file alone.
    async fn upload(&self, link: &str, file: impl Into<Body>) -> Answer {
        self.upload_as(link, "application/octet-stream", file).await
    }
    async fn count(&self, path: &str, link: &str) -> Value {
        self.get(&format!("{path}?link={link}&page_size=1")).await.json()["count"].clone()
    }
}

/// What an upload did to the transactions.
fn did(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let did = &answer.json()["transactions"];
    json!([did["created"], did["updated"], did["deleted"], did["unchanged"]])
}

/// January of an account as OFX; each movement a day, cents and words.
fn sheet(number: &str, period: &str, movements: &[(u8, i64, &str)]) -> String {
    let mut text = format!(
        "<STMTTRNRS><STMTRS><CURDEF>MXN<BANKACCTFROM><BANKID>002<ACCTID>{number}<ACCTTYPE>CHECKING\
         </BANKACCTFROM>\n<BANKTRANLIST>{period}\n"
    );
    for (day, cents, words) in movements {
        let (sign, cents) = (if *cents < 0 { "-" } else { "" }, cents.abs());
        writeln!(
            text,
            "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202601{day:02}<TRNAMT>{sign}{}.{:02}<FITID>{day}{words}<NAME>{words}</STMTTRN>",
            cents / 100,
            cents % 100
        )
        .expect("text");
    }
    text + "</BANKTRANLIST></STMTRS></STMTTRNRS>\n"
}
fn ofx(sheets: &[String]) -> String {
    let head = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n";
    format!("{head}<OFX><BANKMSGSRSV1>\n{}</BANKMSGSRSV1></OFX>\n", sheets.concat())
}
fn january() -> String {
    let period = "<DTSTART>20260101<DTEND>20260113";
    ofx(&[sheet(
        "00012345-6",
        period,
        &[(2, -1250, "COFFEE"), (3, 300_000, "SALARY"), (9, -5, "FEE")],
    )])
}
/// The same movements, in part, as another bank writes them.
const MT940: &str = "\
:20:STARTUMS\r
:25:37040044/0532013000\r
:28C:00001/001\r
:60F:C260101MXN1000,00\r
:61:2601050105DR12,50N024NONREF\r
:86:COFFEE\r
:61:2601060106CR100,00N062NONREF\r
:86:TRANSFER\r
:62F:C260107MXN1087,50\r
-\r
";

#[tokio::test]
async fn a_link_is_made_without_a_login_where_nobody_logs_in() {
    for api in Api::each().await {
        let answer = api.post("/api/links/", &json!({"institution": SITE})).await;
        let link = answer.json();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!(
            [&link["status"], &link["access_mode"], &link["credentials_storage"]],
            ["valid", "single", "store"]
        );
        let id = link["id"].as_str().expect("an id");
        assert_eq!(api.count("/api/accounts/", id).await, 0);
        assert_ne!(api.fed_by_files().await, id, "another person's");
        let recurrent = json!({"institution": SITE, "access_mode": "recurrent"});
        let refused = api.post("/api/links/", &recurrent).await;
        assert_eq!(refused.codes(), [("invalid".into(), "access_mode".into())]);
        let path = format!("/api/links/{id}/");
        let refused = api.patch(&path, &json!({"access_mode": "recurrent"})).await;
        assert_eq!(refused.codes(), [("invalid".into(), "access_mode".into())]);
        let refresh = api.post(&format!("/api/links/{id}/refresh/"), &json!({})).await;
        assert_eq!(refresh.code(), "unsupported_operation");
        let elsewhere = api.post("/api/links/", &json!({"institution": "erebor_mx_retail"})).await;
        assert_eq!(
            elsewhere.codes(),
            [("required".into(), "username".into()), ("required".into(), "password".into())]
        );
    }
}

#[tokio::test]
async fn a_file_becomes_accounts_and_transactions_once() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let answer = api.upload(&link, january()).await;
        let mut said = answer.json();
        let account = said["accounts"][0]["id"].take();
        assert_eq!(
            said,
            json!({
                "format": "ofx",
                "accounts": [{
                    "id": null,
                    "number": "00012345-6",
                    "movements": 3,
                    "period": {"from": "2026-01-01", "to": "2026-01-13"}
                }],
                "transactions": {"created": 3, "updated": 0, "deleted": 0, "unchanged": 0},
                "faults": []
            })
        );
        assert_eq!(answer.status, StatusCode::CREATED);
        let path =
            format!("/api/transactions/?link={link}&account={}", account.as_str().expect("an id"));
        assert_eq!(api.get(&path).await.json()["count"], 3);
        // Again, under other ids of the bank, and as a form.
        assert_eq!(did(&api.upload(&link, january()).await), json!([0, 0, 0, 3]));
        let renumbered = january().replace("<FITID>", "<FITID>A");
        let form = format!(
            "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nmine\r\n\
             --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.ofx\"\r\n\
             content-type: application/x-ofx\r\n\r\n{renumbered}\r\n--x--\r\n"
        );
        let media = "multipart/form-data; boundary=x";
        assert_eq!(did(&api.upload_as(&link, media, form).await), json!([0, 0, 0, 3]));
        assert_eq!(api.count("/api/transactions/", &link).await, 3);
        assert_eq!(api.count("/api/accounts/", &link).await, 1);

        let timeline = api.get(&format!("/v1/links/{link}/timeline/")).await.json();
        let read = timeline["results"].as_array().expect("results").iter();
        assert_eq!(read.filter(|entry| entry["kind"] == "statement_read").count(), 3);
    }
}

#[tokio::test]
async fn files_of_several_formats_and_accounts_feed_one_link() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let two = ofx(&[
            sheet("111", "<DTSTART>20260101<DTEND>20260105", &[(2, -100, "A")]),
            sheet("222", "", &[(3, -100, "A"), (4, -100, "A")]),
        ]);
        let answer = api.upload(&link, two.clone()).await;
        assert_eq!(did(&answer), json!([3, 0, 0, 0]));
        let accounts = answer.json()["accounts"].as_array().expect("accounts").clone();
        let shown = |number: &str| {
            accounts.iter().find(|account| account["number"] == number).expect("the account")
        };
        assert_eq!(shown("111")["period"]["to"], "2026-01-05");
        assert_eq!(
            (&shown("222")["period"], &shown("222")["movements"]),
            (&Value::Null, &json!(2))
        );
        let answer = api.upload(&link, MT940).await;
        assert_eq!(
            (did(&answer), &answer.json()["format"]),
            (json!([2, 0, 0, 0]), &json!("mt940"))
        );
        assert_eq!(did(&api.upload(&link, MT940).await), json!([0, 0, 0, 2]));
        assert_eq!(did(&api.upload(&link, two).await), json!([0, 0, 0, 3]));
        assert_eq!(api.count("/api/accounts/", &link).await, 3);
    }
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_told_with_its_place_and_the_rest_is_kept() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let broken = january().replacen("<DTPOSTED>20260103", "<DTPOSTED>20261399", 1);
        let answer = api.upload(&link, broken).await;
        assert_eq!(did(&answer)[0], 2, "{}", answer.text);
        let faults = answer.json()["faults"].clone();
        let place = january().lines().position(|line| line.contains("SALARY")).expect("a line") + 1;
        let faults = faults.as_array().expect("faults");
        assert!(!faults.is_empty(), "a day that is none is told");
        for fault in faults {
            assert_eq!(fault["line"], place, "{fault}");
            assert!(!fault["problem"].to_string().contains("20261399"), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_its_place() {
    let api = Api::new().await;
    let link = api.fed_by_files().await;
    let said = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
        let error = answer.json()[0].clone();
        assert_eq!((&error["code"], &error["field"]), (&json!("unreadable_file"), &json!("file")));
        error["message"].as_str().expect("text").to_owned()
    };
    let unknown = said(&api.upload(&link, "%PDF-1.7\nhunter2").await);
    assert!(unknown.contains("ofx") && unknown.contains("mt940"), "{unknown}");
    assert!(!unknown.contains("hunter2"), "{unknown}");
    assert!(said(&api.upload(&link, " \r\n").await).contains("empty"));
    assert!(said(&api.upload(&link, "").await).contains("empty"));
    said(&api.upload(&link, "OFXHEADER:100\n\n<OFX></OFX>").await);
    said(&api.upload(&link, vec![0xff; 5000]).await);
    said(&api.upload(&link, vec![0; 5000]).await);
    said(&api.upload(&link, "<OFX>".repeat(10_000)).await);
    assert_eq!(api.count("/api/accounts/", &link).await, 0);
}

#[tokio::test]
async fn bodies_that_are_no_file_are_refused() {
    let api = Api::new().await;
    let link = api.fed_by_files().await;
    for media in
        ["application/json", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"]
    {
        let answer = api.upload_as(&link, media, january()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media}");
        assert_eq!(answer.code(), "unsupported_media_type");
    }
    let part = |name: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\nOFX\r\n")
    };
    let form = "multipart/form-data; boundary=x";
    let nothing = api.upload_as(&link, form, part("other") + "--x--\r\n").await;
    assert_eq!(nothing.codes(), [("required".into(), "file".into())]);
    let two = api.upload_as(&link, form, part("file") + &part("file") + "--x--\r\n").await;
    assert_eq!(two.codes(), [("invalid".into(), "file".into())]);
    for broken in ["", "--x", "--x\r\n\r\n", "OFX"] {
        let answer = api.upload_as(&link, form, broken).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{broken:?}: {}", answer.text);
    }
    let unbounded = api.upload_as(&link, "multipart/form-data", january()).await;
    assert_eq!(unbounded.code(), "parse_error");
    let request = Request::builder()
        .method("POST")
        .uri(format!("/v1/links/{link}/statements/"))
        .header("authorization", &api.keys)
        .header("content-encoding", "gzip")
        .body(Body::from(january()))
        .expect("a request");
    assert_eq!(api.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_however_it_comes() {
    let limits = Limits { upload: january().len(), ..Limits::none() };
    let api = Api::with(Settings { limits, ..Settings::dev() }).await;
    let link = api.fed_by_files().await;
    let large = january() + "\n";
    let pieces = |text: &str| {
        let pieces: Vec<_> =
            text.as_bytes().chunks(100).map(|p| Ok::<_, std::io::Error>(p.to_vec())).collect();
        Body::from_stream(futures::stream::iter(pieces))
    };
    let form = |text: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n{text}\r\n--x--\r\n")
    };
    let media = "multipart/form-data; boundary=x";
    for answer in [
        api.upload(&link, large.clone()).await,
        api.upload(&link, pieces(&large)).await,
        api.upload_as(&link, media, form(&large)).await,
        api.upload_as(&link, media, pieces(&form(&large))).await,
        api.upload_as(&link, media, form(&"x".repeat(200_000))).await,
    ] {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text);
        assert_eq!(answer.code(), "request_too_large");
    }
    assert_eq!(did(&api.upload_as(&link, media, pieces(&form(&january()))).await)[0], 3);
    assert_eq!(did(&api.upload(&link, pieces(&january())).await), json!([0, 0, 0, 3]));
}

#[tokio::test]
async fn only_ones_own_links_that_are_fed_by_files_take_them() {
    for api in Api::each().await {
        let other = api.link("erebor_mx_retail", "bnk100", "full").await;
        api.settle().await;
        let refused = api.upload(&other, january()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.code(), "unsupported_operation");
        assert_eq!(api.upload(NOBODY, january()).await.status, StatusCode::NOT_FOUND);
        let link = api.fed_by_files().await;
        let stranger = api.stranger().await;
        let path = format!("/v1/links/{link}/statements/");
        let stolen = api.call_as(Some(&stranger), "POST", &path, january()).await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);
        assert_eq!(api.count("/api/accounts/", &link).await, 0);
    }
}

#[tokio::test]
async fn files_uploaded_at_once_are_read_one_after_the_other() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let upload = || api.upload(&link, january());
        let (a, b, c, d) = tokio::join!(upload(), upload(), upload(), upload());
        let created: u64 =
            [a, b, c, d].iter().map(|answer| did(answer)[0].as_u64().expect("a number")).sum();
        assert_eq!(created, 3);
        assert_eq!(api.count("/api/transactions/", &link).await, 3);
    }
}

#[tokio::test]
async fn who_asks_for_data_is_asked_for_a_file() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let days = json!({"link": link, "date_from": "2026-01-01", "date_to": "2026-01-05"});
        let asked = api.post("/api/transactions/", &days).await;
        assert_eq!(asked.status, StatusCode::PRECONDITION_REQUIRED);
        let asked = asked.json()[0].clone();
        assert_eq!(asked["token_generation_data"]["type"], "file");
        let answer =
            json!({"session": asked["session"], "link": link, "token": STANDARD.encode(january())});
        let read = api.patch("/api/transactions/", &answer).await;
        assert_eq!(
            (read.status, read.json().as_array().map(Vec::len)),
            (StatusCode::CREATED, Some(2))
        );
    }
}

const TABLE: &str = "\
Movimientos de la cuenta\r
\r
Fecha;Concepto;Cargo;Abono;Saldo\r
05/01/2026;CAFE;45,50;;954,50\r
06/01/2026;NOMINA;;1.000,00;1.954,50\r
";

#[tokio::test]
async fn a_table_is_read_once_its_proposed_mapping_is_confirmed() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let path = format!("/v1/links/{link}/statements/mapping/");
        assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
        let refused = api.upload(&link, TABLE).await;
        assert_eq!(refused.code(), "unreadable_file", "{}", refused.text);
        let mapping = refused.json()[0]["proposed"]["mapping"].clone();
        assert_eq!(mapping["columns"]["debit"], "Cargo", "{mapping}");
        assert_eq!(api.count("/api/accounts/", &link).await, 0);

        let kept = api.call("PUT", &path, mapping.to_string()).await;
        assert_eq!((kept.status, kept.json()), (StatusCode::OK, mapping.clone()));
        assert_eq!(api.get(&path).await.json(), mapping);
        let read = api.upload(&link, TABLE).await;
        assert_eq!((did(&read), &read.json()["format"]), (json!([2, 0, 0, 0]), &json!("csv")));
        assert_eq!(did(&api.upload(&link, TABLE).await), json!([0, 0, 0, 2]));
        // Other formats say themselves what they are.
        assert_eq!(did(&api.upload(&link, MT940).await), json!([2, 0, 0, 0]));
        // A table of another bank is proposed another mapping.
        let other = "Date,Description,Amount\n2026-01-05,COFFEE,-12.50\n2026-01-06,PAY,100.00\n";
        let refused = api.upload(&link, other).await;
        assert_eq!(refused.json()[0]["proposed"]["mapping"]["columns"]["amount"], "Amount");

        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.call("DELETE", &path, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.upload(&link, TABLE).await.code(), "unreadable_file");
    }
}

#[tokio::test]
async fn a_mapping_that_no_file_could_be_read_with_is_not_kept() {
    for api in Api::each().await {
        let link = api.fed_by_files().await;
        let path = format!("/v1/links/{link}/statements/mapping/");
        for bad in [
            json!({}),
            json!({"columns": {"date": 1}, "days": "day_first"}),
            json!({"columns": {"date": 1, "amount": 0}, "days": "day_first"}),
            json!({"columns": {"date": 1, "amount": 2}, "days": "often"}),
            json!({"columns": {"date": 1, "amount": 2}, "days": "day_first", "colour": "red"}),
            json!({"columns": {"date": "x".repeat(20_000), "amount": 2}, "days": "day_first"}),
        ] {
            let answer = api.call("PUT", &path, bad.to_string()).await;
            assert_eq!(answer.code(), "invalid", "{bad}");
        }
        assert_eq!(api.call("PUT", &path, "[]").await.code(), "invalid");
        assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
        let stranger = api.stranger().await;
        for method in ["GET", "PUT", "DELETE"] {
            let stolen = api.call_as(Some(&stranger), method, &path, "{}").await;
            assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{method}");
        }
        let example: Value = serde_json::from_str(&server::openapi()).expect("JSON");
        let at = "/paths/~1v1~1links~1{id}~1statements~1mapping~1/put/requestBody/content/application~1json/example";
        let example = example.pointer(at).expect("an example").to_string();
        assert_eq!(api.call("PUT", &path, example).await.status, StatusCode::OK);
    }
}
