//! Tenants, keys, institutions, endpoints, audit: what belongs to no link.

use crate::world::{after, any_page, env, page, start};
use domain::{
    filter::{Field, Operator, Source, parse},
    ids::{SessionId, TenantId},
    institution::{Closure, Health, Institution, InstitutionType, IntegrationType},
    refresh::Rate,
};
use store::{
    audit::AuditLine,
    endpoints::Endpoint,
    tenants::{ApiKey, Tenant},
    testing::stores,
};

#[tokio::test]
async fn tenants_and_their_keys() {
    for store in stores().await {
        let env = env();
        let mut tenant = Tenant {
            id: env.id(),
            name: "Bäckerei".into(),
            default_rate: Rate::Week,
            created_at: start(),
        };
        let other = Tenant { id: env.id(), created_at: after(1), ..tenant.clone() };
        let mut tx = store.write().await.unwrap();
        tx.add_tenant(&tenant).await.unwrap();
        tx.add_tenant(&other).await.unwrap();
        assert!(tx.rename_tenant(tenant.id, "Padaria").await.unwrap());
        assert!(tx.set_default_rate(tenant.id, Rate::SixHours).await.unwrap());
        assert!(!tx.rename_tenant(env.id(), "nobody").await.unwrap());
        (tenant.name, tenant.default_rate) = ("Padaria".into(), Rate::SixHours);
        assert_eq!(tx.tenant(tenant.id).await.unwrap(), Some(tenant.clone()), "{}", store.name);
        assert_eq!(tx.tenants().await.unwrap(), [tenant.clone(), other.clone()]);

        let mut key = ApiKey {
            id: env.id(),
            tenant: tenant.id,
            hash: "hash".into(),
            name: "laptop".into(),
            created_at: start(),
            last_used_at: None,
            revoked_at: None,
        };
        tx.add_key(&key).await.unwrap();
        let mut another = store.read().await.unwrap();
        assert_eq!(another.key(key.id).await.unwrap(), None, "not before the commit");
        drop(another);
        tx.touch_key(key.id, after(3)).await.unwrap();
        key.last_used_at = Some(after(3));
        assert_eq!(tx.key(key.id).await.unwrap(), Some(key.clone()));
        assert_eq!(tx.keys(tenant.id).await.unwrap(), [key.clone()]);
        assert_eq!(tx.keys(other.id).await.unwrap(), []);
        assert!(!tx.revoke_key(other.id, key.id, after(4)).await.unwrap(), "another tenant's");
        assert!(tx.revoke_key(tenant.id, key.id, after(4)).await.unwrap());
        assert!(!tx.revoke_key(tenant.id, key.id, after(5)).await.unwrap());
        assert_eq!(tx.key(key.id).await.unwrap().unwrap().revoked_at, Some(after(4)));
        assert!(!format!("{key:?}").contains("hash"));
        let error = tx.add_key(&key).await.unwrap_err();
        assert!(matches!(error, store::Error::Duplicate(_)) && !error.is_passing(), "{error:?}");
    }
}

#[tokio::test]
async fn the_first_server_key_wins() {
    for store in stores().await {
        let mut tx = store.write().await.unwrap();
        assert!(tx.put_server_key_if_absent("index", &[1]).await.unwrap());
        assert!(!tx.put_server_key_if_absent("index", &[2]).await.unwrap());
        assert_eq!(tx.server_key("index").await.unwrap(), Some(vec![1]));
        assert_eq!(tx.server_key("none").await.unwrap(), None);
        assert!(tx.replace_server_key("index", &[1], &[3]).await.unwrap());
        assert!(!tx.replace_server_key("index", &[1], &[4]).await.unwrap());
        assert_eq!(tx.server_keys().await.unwrap(), [("index".into(), vec![3])]);
    }
}

fn institution(id: i64, name: &str, resources: &[&str]) -> Institution {
    Institution {
        id,
        name: name.into(),
        kind: InstitutionType::Bank,
        website: None,
        display_name: format!("Banco São {id}%"),
        country_codes: vec!["BR".into()],
        country_code: Some("BR".into()),
        primary_color: "#123456".into(),
        logo: None,
        icon_logo: None,
        text_logo: None,
        code: None,
        form_fields: vec![],
        features: vec![],
        resources: resources.iter().map(|&r| r.into()).collect(),
        integration_type: IntegrationType::Credentials,
        status: Health::Healthy,
        openbanking_information: None,
    }
}

static FIELDS: &[Field] = &[
    Field::text("name", &[Operator::Is, Operator::In], Source::Column("name")),
    Field::text("status", &[Operator::Is], Source::Column("status")),
    Field::text("country_code", &[Operator::Is], Source::Column("country")),
    Field::text("type", &[Operator::Is], Source::Column("kind")),
    Field::text("display_name", &[Operator::Partial], Source::Body(&["display_name"])),
    Field::text("resources", &[Operator::Allin], Source::Body(&["resources"])),
];

#[tokio::test]
async fn a_new_catalogue_keeps_the_health_that_was_set() {
    for store in stores().await {
        let mut one = institution(1, "gringotts_br_retail", &["ACCOUNTS", "OWNERS"]);
        let two = institution(2, "erebor_br_retail", &["ACCOUNTS", "TRANSACTIONS_X"]);
        let mut tx = store.write().await.unwrap();
        tx.save_catalogue(&[one.clone(), two.clone()]).await.unwrap();
        assert!(tx.set_health(&one.name, Health::Down, Some("maintenance")).await.unwrap());
        assert!(!tx.set_health(&one.name, Health::Down, None).await.unwrap());
        let down = Some((Health::Down, Some("maintenance".to_owned())));
        assert_eq!(tx.health(&one.name).await.unwrap(), down);
        one.website = Some("https://example.org".into());
        tx.save_catalogue(std::slice::from_ref(&one)).await.unwrap();
        one.status = Health::Down;
        let found = tx.institution(1, start()).await.unwrap();
        assert_eq!(found, Some(one.clone()), "{}", store.name);
        let named = tx.institution_named(&one.name, start()).await.unwrap();
        assert_eq!(named, Some(one.clone()));
        assert_eq!(tx.institution(3, start()).await.unwrap(), None);
        let keys = [(1, one.name.clone()), (2, two.name.clone())];
        assert_eq!(tx.institution_keys().await.unwrap(), keys);
        let offered = [one.name.as_str(), &two.name];
        let all = tx.institutions(&offered, &[], page(1, 1), start()).await.unwrap();
        assert_eq!((all.count, all.items), (2, vec![one.clone()]));

        for (query, expected) in [
            (vec![("display_name", "SÃO 1")], vec![1]),
            (vec![("display_name", "são")], vec![1, 2]),
            (vec![("display_name", "1%")], vec![1]),
            (vec![("display_name", "S_o")], vec![]),
            (vec![("resources__allin", "ACCOUNTS,OWNERS")], vec![1]),
            (vec![("resources__allin", "ACCOUNTS,TRANSACTIONS")], vec![]),
            (vec![("resources__allin", "TRANSACTIONS_X")], vec![2]),
            (vec![("resources__allin", "accounts")], vec![]),
            (vec![("resources__allin", "ACCOUNTS,owners")], vec![]),
            (vec![("resources__allin", "TRANSACTIONS%")], vec![]),
            (vec![("resources__allin", "TRANSACTIONS__")], vec![]),
            (vec![("resources__allin", "ACCOUNT_")], vec![]),
            (vec![("name__in", "gringotts_br_retail,x")], vec![1]),
            (vec![("status", "down")], vec![1]),
            (vec![("country_code", "BR"), ("type", "bank")], vec![1, 2]),
        ] {
            let conditions = parse(FIELDS, query.iter().copied()).unwrap();
            let found = tx.institutions(&offered, &conditions, any_page(), start()).await.unwrap();
            let ids: Vec<i64> = found.items.iter().map(|i| i.id).collect();
            assert_eq!(ids, expected, "{}: {query:?}", store.name);
        }
        let down = parse(FIELDS, [("status", "down")]).unwrap();
        let elsewhere = tx.institutions(&[], &down, any_page(), start()).await.unwrap();
        assert_eq!(elsewhere.count, 2, "what nobody speaks to here is down here");
        assert!(elsewhere.items.iter().all(|seen| seen.status == Health::Down));

        assert_eq!(tx.breaker(1, "v1").await.unwrap(), None);
        assert!(tx.put_breaker(1, "v1", 0, r#"{"failures":1}"#).await.unwrap());
        assert!(!tx.put_breaker(1, "v1", 0, "{}").await.unwrap(), "someone was faster");
        let breaker = tx.breaker(1, "v1").await.unwrap().unwrap();
        assert_eq!((breaker.revision, breaker.state.as_str()), (1, r#"{"failures":1}"#));
        assert!(tx.put_breaker(1, "v1", 1, "{}").await.unwrap());
        assert!(!tx.put_breaker(1, "v1", 1, "{}").await.unwrap());
        assert_eq!(tx.breaker(1, "v2").await.unwrap(), None);
        let all = tx.breakers().await.unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(all, [((1, "v1".into()), "{}".into())], "{}", store.name);
        let reasons = tx.reasons().await.unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(reasons, [(one.name.clone(), "maintenance".into())]);
    }
}

#[tokio::test]
async fn an_operators_word_holds_until_its_end_whatever_is_stored_of_the_health() {
    for store in stores().await {
        let one = institution(1, "gringotts_br_retail", &["ACCOUNTS"]);
        let name = one.name.as_str();
        let mut tx = store.write().await.unwrap();
        tx.save_catalogue(std::slice::from_ref(&one)).await.unwrap();
        let word = Closure { reason: "maintenance".into(), until: Some(after(60)) };
        assert!(tx.set_closure(name, Some(&word)).await.unwrap());
        assert!(!tx.set_closure(name, Some(&word)).await.unwrap(), "{}: it is so", store.name);
        assert!(!tx.set_closure("nobody", Some(&word)).await.unwrap());
        let down = parse(FIELDS, [("status", "down")]).unwrap();
        for (at, health) in [(start(), Health::Down), (after(60), Health::Healthy)] {
            let numbered = tx.institution(1, at).await.unwrap().unwrap();
            let named = tx.institution_named(name, at).await.unwrap().unwrap();
            let listed = tx.institutions(&[name], &[], any_page(), at).await.unwrap();
            let all = [numbered.status, named.status, listed.items[0].status];
            assert_eq!(all, [health; 3], "{}", store.name);
            let found = tx.institutions(&[name], &down, any_page(), at).await.unwrap().count;
            assert_eq!(found == 1, health == Health::Down, "{}", store.name);
        }
        let endless = Closure { until: None, ..word };
        assert!(tx.set_closure(name, Some(&endless)).await.unwrap());
        assert_eq!(tx.closure(name).await.unwrap(), Some(endless.clone()));
        assert_eq!(tx.closures().await.unwrap(), [(name.to_owned(), endless)].into());
        tx.save_catalogue(std::slice::from_ref(&one)).await.unwrap();
        assert_eq!(tx.institution(1, after(9999)).await.unwrap().unwrap().status, Health::Down);
        assert!(tx.set_closure(name, None).await.unwrap());
        assert!(!tx.set_closure(name, None).await.unwrap());
        assert_eq!(tx.closure(name).await.unwrap(), None, "{}", store.name);
    }
}

#[tokio::test]
async fn endpoints_are_their_tenants() {
    for store in stores().await {
        let env = env();
        let tenant =
            Tenant { id: env.id(), name: "t".into(), default_rate: Rate::Day, created_at: start() };
        let mut tx = store.write().await.unwrap();
        tx.add_tenant(&tenant).await.unwrap();
        let mut endpoint = Endpoint {
            id: env.id(),
            tenant: tenant.id,
            url: "https://example.org/hook".into(),
            authorization_sealed: Some(vec![1]),
            secret_sealed: vec![2],
            old_secret_sealed: None,
            old_secret_until: None,
            events: vec!["ACCOUNTS".into()],
            created_at: start(),
            disabled_at: None,
            disabled_reason: None,
            failing_since: None,
        };
        tx.add_endpoint(&endpoint).await.unwrap();
        assert_eq!(tx.endpoint(tenant.id, endpoint.id).await.unwrap(), Some(endpoint.clone()));
        assert_eq!(tx.endpoint(env.id(), endpoint.id).await.unwrap(), None);
        endpoint.old_secret_sealed = Some(vec![2]);
        endpoint.old_secret_until = Some(after(9));
        endpoint.events = vec![];
        endpoint.disabled_at = Some(after(8));
        endpoint.disabled_reason = Some("gone".into());
        assert!(tx.save_endpoint(&endpoint).await.unwrap());
        let id = endpoint.id;
        assert!(tx.is_failing(tenant.id, id, after(1)).await.unwrap());
        assert!(!tx.is_failing(tenant.id, id, after(2)).await.unwrap(), "since then");
        endpoint.failing_since = Some(after(1));
        assert_eq!(tx.endpoints(tenant.id).await.unwrap(), [endpoint.clone()], "{}", store.name);
        assert_eq!(tx.are_well(&[id]).await.unwrap(), 1);
        assert_eq!(tx.are_well(&[id]).await.unwrap(), 0);
        let known = tx.endpoints_of_any_tenant(&[env.id(), id]).await.unwrap();
        assert_eq!(known.iter().map(|e| e.id).collect::<Vec<_>>(), [id]);
        assert!(!tx.disable_endpoint(tenant.id, id, after(9), "again").await.unwrap());
        endpoint.disabled_at = None;
        tx.save_endpoint(&endpoint).await.unwrap();
        assert!(tx.disable_endpoint(tenant.id, id, after(9), "failing").await.unwrap());
        assert!(!tx.delete_endpoint(env.id(), id).await.unwrap());
        assert!(tx.delete_endpoint(tenant.id, id).await.unwrap());
        assert!(!tx.save_endpoint(&endpoint).await.unwrap());
    }
}

#[tokio::test]
async fn of_changes_to_an_endpoint_at_once_none_is_lost() {
    for store in stores().await {
        let (env, tenant) = (env(), env().id());
        let named =
            Tenant { id: tenant, name: "t".into(), default_rate: Rate::Day, created_at: start() };
        let id = env.id();
        let mut tx = store.write().await.unwrap();
        tx.add_tenant(&named).await.unwrap();
        tx.add_endpoint(&Endpoint {
            id,
            tenant,
            url: "https://example.org/".into(),
            authorization_sealed: None,
            secret_sealed: vec![2],
            old_secret_sealed: None,
            old_secret_until: None,
            events: vec![],
            created_at: start(),
            disabled_at: None,
            disabled_reason: None,
            failing_since: None,
        })
        .await
        .unwrap();
        assert_eq!(tx.endpoint_for_update(env.id(), id).await.unwrap(), None, "another tenant's");
        tx.commit().await.unwrap();
        let mut callers = tokio::task::JoinSet::new();
        for n in 0..6_u8 {
            let store = store.store.clone();
            callers.spawn(async move {
                let mut tx = store.write().await.unwrap();
                let mut endpoint = tx.endpoint_for_update(tenant, id).await.unwrap().unwrap();
                endpoint.events.push(n.to_string());
                tx.save_endpoint(&endpoint).await.unwrap();
                tx.commit().await.unwrap();
            });
        }
        callers.join_all().await;
        let kept = store.read().await.unwrap().endpoint(tenant, id).await.unwrap().unwrap();
        assert_eq!(kept.events.len(), 6, "{}: {:?}", store.name, kept.events);
    }
}

#[tokio::test]
async fn the_audit_log_shows_the_latest_first() {
    for store in stores().await {
        let env = env();
        let tenant: TenantId = env.id();
        let mut tx = store.write().await.unwrap();
        let lines: Vec<AuditLine> = (0..3)
            .map(|n| AuditLine {
                id: env.id(),
                tenant,
                at: env.now(),
                actor: "key".into(),
                action: "link.deleted".into(),
                subject: n.to_string(),
                detail: "{}".into(),
            })
            .collect();
        for line in &lines {
            tx.audit(line).await.unwrap();
        }
        let shown = tx.audit_log(tenant, page(1, 2)).await.unwrap();
        assert_eq!((shown.count, shown.items), (3, vec![lines[2].clone(), lines[1].clone()]));
        assert_eq!(tx.audit_log(env.id(), page(1, 2)).await.unwrap().count, 0);
        // Of one instant the order is that of the ids, so that no page repeats or leaves out a line.
        let mut at_once: Vec<AuditLine> =
            (0..5).map(|_| AuditLine { id: env.id(), at: after(9), ..lines[0].clone() }).collect();
        for line in &at_once {
            tx.audit(line).await.unwrap();
        }
        at_once.sort_by_key(|line| std::cmp::Reverse(line.id));
        let mut shown = Vec::new();
        for number in 1..=5 {
            shown.extend(tx.audit_log(tenant, page(number, 1)).await.unwrap().items);
        }
        assert_eq!(shown, at_once, "{}", store.name);
        tx.commit().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_token_is_used_once_and_forgotten_after_its_end() {
    for store in stores().await {
        let mut tx = store.write().await.unwrap();
        assert!(!tx.token_is_used("t").await.unwrap());
        assert!(tx.use_token("t", after(60)).await.unwrap());
        assert!(!tx.use_token("t", after(60)).await.unwrap());
        assert!(tx.token_is_used("t").await.unwrap());
        let sessions = [env().id::<SessionId>(), env().id()];
        assert_eq!(tx.session_of_token("t").await.unwrap(), None);
        for session in sessions {
            tx.bind_token("t", session, after(60)).await.unwrap();
            assert_eq!(tx.session_of_token("t").await.unwrap(), Some(session));
        }
        assert_eq!(tx.forget_ended_tokens(after(59)).await.unwrap(), 0);
        assert_eq!(tx.forget_ended_tokens(after(60)).await.unwrap(), 1);
        assert_eq!(tx.session_of_token("t").await.unwrap(), None);
        assert!(!tx.token_is_used("t").await.unwrap());
    }
}
