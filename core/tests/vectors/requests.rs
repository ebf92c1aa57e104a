//! Requests, byte for byte, and the life of a token.

use serde::Deserialize;
use serde_json::Value;
use shutterkey::protocol::request::{
    build_accounts_request, build_app_token_request, build_exchange_request, build_extend_request,
    build_identify_request, build_inspect_request, build_permissions_request, build_refresh_request,
    build_revoke_permission_request, build_revoke_request,
};
use shutterkey::{Secret, Timestamp};

use crate::define::{Ref, TokenSpec, World};
use crate::show::{self, Outcome};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum Request {
    /// With a login, its client and its code verifier.
    Exchange {
        client: String,
        login: Option<String>,
        code: Text,
    },
    Extend {
        client: String,
        token: Ref<TokenSpec>,
    },
    Refresh {
        client: String,
        token: Ref<TokenSpec>,
    },
    Identify {
        client: String,
        token: Ref<TokenSpec>,
    },
    Revoke {
        client: String,
        token: Ref<TokenSpec>,
    },
    InspectToken {
        client: String,
        token: Ref<TokenSpec>,
        inspector: Option<Ref<TokenSpec>>,
    },
    AppToken {
        client: String,
    },
    /// Of the list of Pages, from a cursor on.
    Accounts {
        client: String,
        token: Ref<TokenSpec>,
        after: Option<Text>,
    },
    Permissions {
        client: String,
        token: Ref<TokenSpec>,
    },
    RevokePermission {
        client: String,
        token: Ref<TokenSpec>,
        permission: Text,
    },
}

pub(crate) fn request(world: &World<'_>, input: Value) -> Outcome {
    let token = |token: &Ref<TokenSpec>| world.token(token).unwrap();
    let built = match serde_json::from_value(input).unwrap() {
        Request::Exchange { client, login, code } => {
            let login = login.map(|name| world.login(&name));
            let verifier = login.as_ref().and_then(|login| login.verifier());
            build_exchange_request(&world.client(&client), &Secret::new(code.build()), verifier)
        }
        Request::Extend { client, token: spec } => build_extend_request(&world.client(&client), &token(&spec)),
        Request::Refresh { client, token: spec } => build_refresh_request(&world.client(&client), &token(&spec)),
        Request::Identify { client, token: spec } => build_identify_request(&world.client(&client), &token(&spec)),
        Request::Revoke { client, token: spec } => build_revoke_request(&world.client(&client), &token(&spec)),
        Request::InspectToken {
            client,
            token: spec,
            inspector,
        } => {
            let inspector = inspector.as_ref().map(token);
            build_inspect_request(&world.client(&client), &token(&spec), inspector.as_ref())
        }
        Request::AppToken { client } => build_app_token_request(&world.client(&client)),
        Request::Accounts {
            client,
            token: spec,
            after,
        } => {
            let after = after.map(|text| text.build());
            build_accounts_request(&world.client(&client), &token(&spec), after.as_deref())
        }
        Request::Permissions { client, token: spec } => {
            build_permissions_request(&world.client(&client), &token(&spec))
        }
        Request::RevokePermission {
            client,
            token: spec,
            permission,
        } => build_revoke_permission_request(&world.client(&client), &token(&spec), &permission.build()),
    };
    Outcome::of(built, show::request)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Life {
    token: Ref<TokenSpec>,
    now: i64,
}

pub(crate) fn token_life(world: &World<'_>, input: Value) -> Outcome {
    let input: Life = serde_json::from_value(input).unwrap();
    let now = Timestamp::from_seconds(input.now);
    Outcome::of(world.token(&input.token), |token| show::life(token, now))
}
