//! Form encoding (RFC 6749 App. B).

use crate::secret::Secret;

/// Appends `name=value&`, form-encoded (RFC 6749 App. B).
pub(crate) fn query_pair(into: &mut String, name: &str, value: &str) {
    into.push_str(name);
    into.push('=');
    into.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
    into.push('&');
}

/// Form-encodes pairs, without a separator at the end. The allocation is exact, so that no stray copy is left.
pub(crate) fn form(pairs: &[(&str, &str)]) -> Secret {
    let mut out = String::with_capacity(pairs.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum());
    for (name, value) in pairs {
        query_pair(&mut out, name, value);
    }
    out.pop();
    Secret::new(out)
}
