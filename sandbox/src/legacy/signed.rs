//! "Enforce signed requests": the `sig` parameter (fact sheet 4.2.7).

use subtle::ConstantTimeEq;

use crate::ids;
use crate::signing::hmac_sha256;

/// Lower-case hex HMAC-SHA256, keyed with the client secret, over the endpoint (without `/v1`) and each parameter but
/// `sig`, sorted by name: `/users/self|access_token=…|count=10`.
pub(super) fn signature(secret: &str, endpoint: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = parameters.iter().filter(|(name, _)| name != "sig").collect();
    sorted.sort();
    let mut message = endpoint.to_owned();
    for (name, value) in sorted {
        message.push_str(&format!("|{name}={value}"));
    }
    ids::hex(&hmac_sha256(secret, message.as_bytes()))
}

/// Whether the sent signature is the right one.
pub(super) fn verify(secret: &str, endpoint: &str, parameters: &[(String, String)], sent: &str) -> bool {
    signature(secret, endpoint, parameters)
        .as_bytes()
        .ct_eq(sent.as_bytes())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "6dc1787668c64c939929c17683d7cb74";
    const TOKEN: &str = "fb2e77d.47a0479900504cb3ab4a1f626d174d2d";

    #[test]
    fn the_documented_vectors_come_out() {
        let token = ("access_token".to_owned(), TOKEN.to_owned());
        assert_eq!(
            signature(SECRET, "/users/self", std::slice::from_ref(&token)),
            "cbf5a1f41db44412506cb6563a3218b50f45a710c7a8a65a3e9b18315bb338bf"
        );
        let sig = ("sig".to_owned(), "ignored".to_owned());
        assert_eq!(
            signature(
                SECRET,
                "/media/657988443280050001_25025320",
                &[("count".to_owned(), "10".to_owned()), sig, token]
            ),
            "260634b241a6cfef5e4644c205fb30246ff637591142781b86e2075faf1b163a"
        );
    }
}
