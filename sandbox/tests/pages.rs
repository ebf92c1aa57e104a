//! Every page that links lead to: readable for people and for what reads to them.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Browser;
use shutterkey_sandbox::{AppSpec, Product, Sandbox};

/// All pages that can be reached from the front page by links, by path.
async fn crawl(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let mut browser = Browser::as_person(sandbox, "studio.sandbox").await;
    let mut waiting = vec![
        "/".to_owned(),
        "/legacy/developer/register/".to_owned(),
        "/nowhere".to_owned(),
    ];
    let mut pages = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if pages.contains_key(&path) {
            continue;
        }
        let answer = browser.get(&path).await;
        if answer.status >= 300 && answer.status < 400 {
            waiting.push(answer.location().to_owned());
            continue;
        }
        assert!(answer.status == 200 || path == "/nowhere", "{path}: {}", answer.status);
        if !answer.header("content-type").unwrap().starts_with("text/html") {
            continue;
        }
        waiting.extend(
            tags(&answer.body)
                .filter(|tag| tag.starts_with("a "))
                .filter_map(|tag| {
                    let href = attribute(tag, "href")?;
                    href.starts_with('/').then_some(href)
                }),
        );
        pages.insert(path, answer.body);
    }
    pages
}

fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>').map(|(tag, _)| tag))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.replace("&amp;", "&"))
}

async fn furnished() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    for product in [Product::Legacy, Product::Instagram, Product::Standard] {
        sandbox
            .app(
                &AppSpec::new(product)
                    .redirect_uri("https://localhost/")
                    .development(true),
            )
            .unwrap();
        sandbox.mint_token(product, "studio", 0).unwrap();
    }
    sandbox
}

#[tokio::test]
async fn links_lead_to_every_part_and_none_is_broken() {
    let pages = crawl(&furnished().await).await;
    for part in [
        "/people/",
        "/people/pick",
        "/legacy/developer/clients/register/",
        "/legacy/accounts/manage_access/",
        "/instagram/dashboard/create/",
        "/instagram/accounts/manage_access/",
        "/standard/clients/register/",
        "/standard/accounts/apps/",
    ] {
        assert!(
            pages.contains_key(part),
            "{part} is not linked; pages: {:?}",
            pages.keys()
        );
    }
    for tab in ["/edit/", "/security/", "/sandbox/", "/setup/", "/roles/", "/delete/"] {
        assert!(pages.keys().any(|path| path.ends_with(tab)), "no page {tab}");
    }
}

#[tokio::test]
async fn every_page_has_landmarks_one_heading_and_a_way_past_the_navigation() {
    for (path, page) in crawl(&furnished().await).await {
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{path}");
        for (what, times) in [
            ("<h1>", 1),
            ("<main", 1),
            ("<header", 1),
            ("<footer", 1),
            ("href=\"#main\"", 1),
        ] {
            assert_eq!(page.matches(what).count(), times, "{path}: {what}");
        }
    }
}

#[tokio::test]
async fn every_input_has_a_name_that_can_be_read_out() {
    for (path, page) in crawl(&furnished().await).await {
        let ids: Vec<String> = tags(&page).filter_map(|tag| attribute(tag, "id")).collect();
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{path}: an id occurs twice");
        let labelled: BTreeSet<String> = tags(&page)
            .filter(|tag| tag.starts_with("label "))
            .filter_map(|tag| attribute(tag, "for"))
            .collect();
        for tag in tags(&page).filter(|tag| tag.starts_with("input ") || tag.starts_with("textarea ")) {
            if attribute(tag, "type").as_deref() == Some("hidden") {
                continue;
            }
            let id = attribute(tag, "id").unwrap_or_else(|| panic!("{path}: no id in {tag}"));
            assert!(labelled.contains(&id), "{path}: no label for {id}");
        }
        for name in ["aria-describedby", "aria-labelledby"] {
            for list in tags(&page).filter_map(|tag| attribute(tag, name)) {
                for id in list.split(' ') {
                    assert!(
                        unique.contains(&id.to_owned()),
                        "{path}: {name} names {id}, which is not there"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn the_labels_of_the_old_developer_site_are_kept_word_for_word() {
    let all: String = crawl(&furnished().await).await.into_values().collect();
    for label in [
        "Register Your Application",
        "Manage Clients",
        "Register a New Client",
        "Register new Client ID",
        "Application Name",
        "Description",
        "Company Name",
        "Website URL",
        "Valid redirect URIs",
        "Privacy Policy URL",
        "Contact email",
        "Sandbox Mode",
        "CLIENT ID",
        "CLIENT SECRET",
        "Reset Secret",
        "Details",
        "Security",
        "Disable implicit OAuth",
        "Enforce signed requests",
        "Update Client",
        "Manage",
        "Delete",
        "Register",
    ] {
        assert!(
            all.contains(&format!(">{label}<")) || all.contains(&format!(">{label} <")),
            "{label}"
        );
    }
}
