//! Texts that are read once and not kept: a copy on the stack in one call, where a `String` takes two and an allocation.

use std::mem::MaybeUninit;

use napi::bindgen_prelude::{FromNapiValue, JsValue, Unknown};
use napi::{Env, sys};

/// Most redirect URLs are shorter. Longer texts take the ordinary way.
const LENGTH: usize = 2048;

/// A code point that does not fit whole is left out, so a text may be cut with this much room left.
const LARGEST_CODE_POINT: usize = 4;

/// Reads a text argument.
pub(crate) fn with_text<T>(env: &Env, given: &Unknown<'_>, read: impl FnOnce(&str) -> T) -> napi::Result<T> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); LENGTH];
    let mut length = 0;
    // SAFETY: Node writes at most LENGTH bytes, the last of them a zero, and says how many there are before that.
    let written = unsafe {
        let status = sys::napi_get_value_string_utf8(
            env.raw(),
            given.raw(),
            buffer.as_mut_ptr().cast(),
            LENGTH,
            &raw mut length,
        );
        (status == sys::Status::napi_ok).then(|| std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length))
    };
    match written.map(std::str::from_utf8) {
        Some(Ok(text)) if length < LENGTH - LARGEST_CODE_POINT => Ok(read(text)),
        // SAFETY: the value is this call's own argument.
        _ => Ok(read(&unsafe { String::from_napi_value(env.raw(), given.raw())? })),
    }
}
