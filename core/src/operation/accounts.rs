//! From a token to Instagram accounts.

use super::missing::MissingAccounts;
use super::{Io, Operation};
use crate::account::Account;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::{FacebookPage, ListedPage, parse_accounts_response};
use crate::protocol::request::{build_accounts_request, unsupported};
use crate::protocol::token::Token;
use crate::provider::Accounts;

/// How many parts of the list of Pages are read: five thousand Pages.
const MOST_PARTS: usize = 50;

/// The Instagram accounts that a token leads to, and why there are none or not all.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct InstagramAccounts {
    /// The accounts, in the platform's order.
    pub accounts: Vec<InstagramAccount>,
    /// The Pages without a linked professional account.
    pub unlinked: Vec<FacebookPage>,
    /// Why there is no account. Present if and only if there is none.
    pub reason: Option<MissingAccounts>,
    /// Why there may be more Pages, and with them accounts, than these.
    pub note: Option<MissingAccounts>,
}

/// A professional Instagram account, and how it is reached.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstagramAccount {
    /// The account. Its id is the one for publishing and webhooks.
    pub account: Account,
    /// The Facebook Page that it is linked to, with the Page's token; `None` with Instagram Login, which needs no Page.
    pub page: Option<FacebookPage>,
}

/// Finds the Instagram accounts that a token leads to: for Facebook Login those that are linked to the person's Pages, for
/// Instagram Login the token's own. An empty result has a reason.
///
/// # Errors
/// `config.unsupported` for the other providers; `provider.bad_response` for a list of Pages that does not end; the
/// provider's refusal; the `network` family.
pub fn instagram_accounts(config: &ClientConfig, token: &Token) -> Operation<InstagramAccounts> {
    let (config, token) = (config.clone(), token.clone());
    Operation::new(|io| async move {
        match &config.provider().data().accounts {
            Accounts::Pages(_) => through_pages(&io, &config, &token).await,
            Accounts::Own => {
                let account = super::identify::ask(&io, &config, &token).await?;
                Ok(InstagramAccounts {
                    accounts: vec![InstagramAccount { account, page: None }],
                    ..InstagramAccounts::default()
                })
            }
            Accounts::None(why) => Err(unsupported(config.provider(), "leads to Instagram accounts", why)),
        }
    })
}

async fn through_pages(io: &Io, config: &ClientConfig, token: &Token) -> Result<InstagramAccounts> {
    let pages = match list(io, config, token).await {
        // Without the permission to list them the platform answers an empty list or this; either has a reason to be found.
        Err(error) if error.code() == ErrorCode::PermissionMissing => {
            let permissions = super::permissions::ask(io, config, token).await?;
            let reason = MissingAccounts::lacking(&permissions).ok_or(error)?;
            return Ok(InstagramAccounts {
                reason: Some(reason),
                ..InstagramAccounts::default()
            });
        }
        pages => pages?,
    };
    let mut found = InstagramAccounts::default();
    for ListedPage { page, account } in pages {
        match account {
            Some(account) => found.accounts.push(InstagramAccount {
                account,
                page: Some(page),
            }),
            None => found.unlinked.push(page),
        }
    }
    let permissions = match super::permissions::ask(io, config, token).await {
        Ok(permissions) => permissions,
        // That a note could not be had is no reason to withhold what was found.
        Err(_) if !found.accounts.is_empty() => return Ok(found),
        Err(error) => return Err(error),
    };
    if found.accounts.is_empty() {
        found.reason = Some(MissingAccounts::of(&permissions, found.unlinked.len()));
    }
    found.note = MissingAccounts::portfolio(&permissions).filter(|note| found.reason.as_ref() != Some(note));
    Ok(found)
}

/// All Pages. The platform's own address of the next part is never followed: the cursor is sent to the known one.
async fn list(io: &Io, config: &ClientConfig, token: &Token) -> Result<Vec<ListedPage>> {
    let mut pages = Vec::new();
    let mut cursors: Vec<String> = Vec::new();
    for _ in 0..MOST_PARTS {
        let request = build_accounts_request(config, token, cursors.last().map(String::as_str))?;
        let response = io.send_patiently(request, super::simple::spread(token)).await?;
        let part = parse_accounts_response(config.provider(), token, &response, io.now())?;
        pages.extend(part.pages);
        match part.after {
            // A cursor that was there before would lead round in circles.
            Some(after) if !cursors.contains(&after) => cursors.push(after),
            _ => return Ok(pages),
        }
    }
    Err(Error::with_detail(
        ErrorCode::BadResponse,
        format!("The provider's list of Pages goes on after {MOST_PARTS} parts of it."),
    ))
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::operation::{Answer, Step};
    use crate::protocol::request::HttpResponse;
    use crate::protocol::token::TokenKind;
    use crate::provider::Provider;

    #[test]
    fn a_list_of_pages_that_never_ends_is_refused_after_fifty_parts() {
        let config = ClientConfig::builder(Provider::facebook(), "138483919580948")
            .client_secret("meta-secret-canary-1")
            .redirect_uri("https://app.example/auth/callback")
            .build()
            .unwrap();
        let token = Token::builder(config.provider(), "EAABcanary0long01234567890", TokenKind::Long)
            .build()
            .unwrap();
        let now = Timestamp::from_seconds(1_800_000_000);
        let mut operation = instagram_accounts(&config, &token);
        let mut step = operation.begin(now);
        let mut asked = 0;
        let error = loop {
            match step {
                Ok(Step::Send(_)) => asked += 1,
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
            let body = format!(
                r#"{{"data":[{{"id":"{asked}"}}],"paging":{{"cursors":{{"after":"c{asked}"}},"next":"https://x.example/"}}}}"#
            );
            let response = HttpResponse::new(200, Vec::new(), body.into_bytes());
            step = operation.step(Answer::Response(response), now);
        };
        assert_eq!((asked, error.code()), (50, ErrorCode::BadResponse));
        assert!(error.message().contains("50"), "{error}");
    }
}
