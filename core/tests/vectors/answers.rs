//! What providers answer: tokens, identities, errors, metadata.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::protocol::answer::{
    classify, parse_exchange_response, parse_extend_response, parse_identify_response, parse_refresh_response,
};
use shutterkey::protocol::metadata::{metadata_urls, parse_metadata};
use shutterkey::{Account, Timestamp, UserId};

use crate::define::{Ref, ResponseSpec, TokenSpec, World};
use crate::show::{self, Outcome};

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum TokenAnswer {
    Exchange {
        client: String,
        now: i64,
        response: ResponseSpec,
    },
    Extend {
        client: String,
        token: Ref<TokenSpec>,
        now: i64,
        response: ResponseSpec,
    },
    Refresh {
        client: String,
        token: Ref<TokenSpec>,
        expected_user_id: Option<String>,
        now: i64,
        response: ResponseSpec,
    },
}

pub(crate) fn token(world: &World<'_>, input: Value) -> Outcome {
    let at = Timestamp::from_seconds;
    match serde_json::from_value(input).unwrap() {
        TokenAnswer::Exchange { client, now, response } => {
            let config = world.client(&client);
            let answer = parse_exchange_response(config.provider(), config.scopes(), &response.build(), at(now));
            Outcome::of(answer, |answer| match &answer.user_id {
                None => json!({ "token": show::token(&answer.token) }),
                Some(id) => json!({ "token": show::token(&answer.token), "user_id": id.as_str() }),
            })
        }
        TokenAnswer::Extend {
            client,
            token,
            now,
            response,
        } => {
            let (config, token) = (world.client(&client), world.token(&token).unwrap());
            let answer = parse_extend_response(config.provider(), &token, &response.build(), at(now));
            Outcome::of(answer, |token| json!({ "token": show::token(token) }))
        }
        TokenAnswer::Refresh {
            client,
            token,
            expected_user_id,
            now,
            response,
        } => {
            let (config, token) = (world.client(&client), world.token(&token).unwrap());
            let expected = expected_user_id.map(|id| Account::new(UserId::parse(&id).unwrap()));
            let answer =
                parse_refresh_response(config.provider(), &token, expected.as_ref(), &response.build(), at(now));
            Outcome::of(answer, |token| json!({ "token": show::token(token) }))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identify {
    client: String,
    now: i64,
    response: ResponseSpec,
}

pub(crate) fn identify(world: &World<'_>, input: Value) -> Outcome {
    let input: Identify = serde_json::from_value(input).unwrap();
    let config = world.client(&input.client);
    let now = Timestamp::from_seconds(input.now);
    let answer = parse_identify_response(config.provider(), &input.response.build(), now);
    Outcome::of(answer, show::account)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Classify {
    now: i64,
    response: ResponseSpec,
}

pub(crate) fn error(_: &World<'_>, input: Value) -> Outcome {
    let input: Classify = serde_json::from_value(input).unwrap();
    let meaning = classify(&input.response.build(), Timestamp::from_seconds(input.now));
    Outcome::of(meaning.map_or(Ok(()), Err), |()| Value::Null)
}

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum Metadata {
    Urls { issuer: String },
    Parse { issuer: String, response: ResponseSpec },
}

pub(crate) fn metadata(_: &World<'_>, input: Value) -> Outcome {
    match serde_json::from_value(input).unwrap() {
        Metadata::Urls { issuer } => Outcome::of(metadata_urls(&issuer), |urls| urls.as_slice().into()),
        Metadata::Parse { issuer, response } => {
            let provider = parse_metadata(&issuer, &response.build()).and_then(|builder| builder.build());
            Outcome::of(provider, show::provider)
        }
    }
}
