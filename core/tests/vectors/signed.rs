//! What Meta signs, and what it wants signed.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::meta::{appsecret_proof, legacy_signature, verify_signed_request, verify_webhook, webhook_challenge};
use shutterkey::{Secret, Timestamp};

use crate::define::World;
use crate::show::Outcome;
use crate::text::{Bytes, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedRequest {
    signed_request: Text,
    app_secrets: Vec<String>,
    now: i64,
}

pub(crate) fn signed_request(_: &World<'_>, input: Value) -> Outcome {
    let input: SignedRequest = serde_json::from_value(input).unwrap();
    let verified = verify_signed_request(
        &input.signed_request.build(),
        &secrets(&input.app_secrets),
        Timestamp::from_seconds(input.now),
    );
    Outcome::of(
        verified,
        |verified| json!({ "user_id": verified.user_id.as_str(), "issued_at": verified.issued_at.seconds() }),
    )
    .also_printing(&format!("{:?}", secrets(&input.app_secrets)))
}

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum Webhook {
    Delivery {
        body: Bytes,
        signature: Option<String>,
        app_secrets: Vec<String>,
    },
    Challenge {
        query: Text,
        verify_token: String,
    },
}

pub(crate) fn webhook(_: &World<'_>, input: Value) -> Outcome {
    match serde_json::from_value(input).unwrap() {
        Webhook::Delivery {
            body,
            signature,
            app_secrets,
        } => {
            let verified = verify_webhook(&body.build(), signature.as_deref(), &secrets(&app_secrets));
            Outcome::of(verified, |()| true.into())
        }
        Webhook::Challenge { query, verify_token } => {
            let answered = webhook_challenge(&query.build(), &Secret::new(verify_token));
            Outcome::of(answered, |challenge| challenge.as_str().into())
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum Proof {
    AppsecretProof {
        app_secret: String,
        access_token: String,
    },
    LegacySignature {
        client_secret: String,
        endpoint: String,
        parameters: Vec<(String, String)>,
    },
}

pub(crate) fn proof(_: &World<'_>, input: Value) -> Outcome {
    let proof = match serde_json::from_value(input).unwrap() {
        Proof::AppsecretProof {
            app_secret,
            access_token,
        } => appsecret_proof(&Secret::new(app_secret), &access_token),
        Proof::LegacySignature {
            client_secret,
            endpoint,
            parameters,
        } => {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
            legacy_signature(&Secret::new(client_secret), &endpoint, &parameters)
        }
    };
    Outcome::of(Ok(proof), |proof| proof.as_str().into())
}

fn secrets(texts: &[String]) -> Vec<Secret> {
    texts.iter().map(|text| Secret::from(text.as_str())).collect()
}
