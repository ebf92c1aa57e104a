//! The person's Facebook Pages, and the Instagram accounts behind them.

use super::inspection::id;
use super::wire::graph::{PageWire, PagesWire, Paging, read};
use super::wire::{Object, Text};
use super::{refuse, unusable};
use crate::account::{Account, UserId};
use crate::clock::Timestamp;
use crate::error::{Result, printable};
use crate::protocol::request::HttpResponse;
use crate::protocol::token::{Expiry, Token, TokenKind};
use crate::provider::Provider;

/// The longest cursor that is sent back, in bytes.
const LONGEST_CURSOR: usize = 1_024;

/// A Facebook Page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FacebookPage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its own token, where the person's role gives one. Calls that act for the Page are made with it, and a proof is made
    /// over it.
    pub token: Option<Token>,
}

/// A Page of the list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedPage {
    /// The Page.
    pub page: FacebookPage,
    /// The professional Instagram account that is linked to it, where one is.
    pub account: Option<Account>,
}

/// A part of the list of Pages.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PagesAnswer {
    /// The Pages, in order.
    pub pages: Vec<ListedPage>,
    /// From where the list goes on; `None`: it is over.
    pub after: Option<String>,
}

/// Reads a part of the list of Pages. `user` is the token that it was asked with.
///
/// # Errors
/// The provider's refusal; `provider.bad_response`.
pub fn parse_accounts_response(
    provider: &Provider,
    user: &Token,
    response: &HttpResponse,
    now: Timestamp,
) -> Result<PagesAnswer> {
    refuse(response, now)?;
    let PagesWire { data, paging } = read(response.body()).map_err(|why| unusable(&response.hide(&why)))?;
    let pages = data
        .into_iter()
        .map(|Object(wire)| listed(provider, user, wire, response, now))
        .collect::<Result<_>>()?;
    Ok(PagesAnswer {
        pages,
        after: paging.and_then(|Object(paging)| cursor(paging)),
    })
}

/// The cursor counts where there is a next part, whose address is not followed.
fn cursor(paging: Paging<'_>) -> Option<String> {
    let (_, Object(cursors)) = (paging.next?, paging.cursors?);
    cursors
        .after
        .map(|Text(after)| after.into_owned())
        .filter(|after| (1..=LONGEST_CURSOR).contains(&after.len()))
}

fn listed(
    provider: &Provider,
    user: &Token,
    wire: PageWire<'_>,
    response: &HttpResponse,
    now: Timestamp,
) -> Result<ListedPage> {
    let text = |Text(text): Text<'_>| printable(&response.hide(&text));
    let token = wire
        .access_token
        .map(|Text(value)| page_token(provider, user, &value, now))
        .transpose()?;
    let account = wire
        .instagram_business_account
        .map(|Object(linked)| {
            let mut account = Account::new(UserId::parse(&id(linked.id)?)?);
            account.username = linked.username.map(text);
            Ok::<_, crate::error::Error>(account)
        })
        .transpose()?;
    Ok(ListedPage {
        page: FacebookPage {
            id: id(wire.id)?,
            name: wire.name.map(text),
            token,
        },
        account,
    })
}

/// A Page's token does not expire by time, unless the person's own is short-lived: then it ends with that one (fact sheet
/// 2.4). Data can be read for as long as with the person's.
fn page_token(provider: &Provider, user: &Token, value: &str, now: Timestamp) -> Result<Token> {
    let expiry = match user.kind() {
        TokenKind::Short => user.expiry(),
        _ => Expiry::Never,
    };
    Token::builder(provider, value, TokenKind::Page)
        .issued_at(Some(now))
        .expiry(expiry)
        .data_access_until(user.data_access_until())
        .build()
        .map_err(|_| unusable("has a token with characters that no token has"))
}
