//! Answers of other people's HTTP libraries.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use shutterkey::protocol::request::HttpResponse;

use crate::http;

/// A response object, or status, body and headers.
pub(crate) fn given(
    response: &Bound<'_, PyAny>,
    body: Option<&Bound<'_, PyAny>>,
    headers: Option<&Bound<'_, PyAny>>,
) -> PyResult<HttpResponse> {
    if let Ok(response) = response.cast::<http::HttpResponse>() {
        return Ok(response.get().0.clone());
    }
    if let Ok(status) = response.extract::<u16>() {
        let body = body.map_or_else(|| Ok(Vec::new()), bytes)?;
        return Ok(HttpResponse::new(status, pairs(headers)?, body));
    }
    let status = match response.getattr_opt("status_code")? {
        Some(status) => status,
        None => response.getattr("status")?,
    };
    let content = match (body, response.getattr_opt("content")?) {
        (Some(body), _) => bytes(body)?,
        (None, Some(content)) => bytes(&content)?,
        (None, None) => {
            return Err(PyTypeError::new_err(
                "this response has no content; give its body as well",
            ));
        }
    };
    let headers = match headers {
        Some(headers) => Some(headers.clone()),
        None => response.getattr_opt("headers")?,
    };
    Ok(HttpResponse::new(status.extract()?, pairs(headers.as_ref())?, content))
}

/// Bytes, or text as UTF-8.
pub(crate) fn bytes(given: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    match given.cast::<PyString>() {
        Ok(text) => Ok(text.to_str()?.as_bytes().to_vec()),
        Err(_) => Err(PyTypeError::new_err(
            "a body is bytes or text; of an asynchronous response, read it first",
        )),
    }
}

/// Names and values of a mapping, or of pairs.
pub(crate) fn pairs(headers: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<(String, String)>> {
    let Some(headers) = headers else { return Ok(Vec::new()) };
    let pairs = match headers.getattr_opt("items")? {
        Some(items) => items.call0()?,
        None => headers.clone(),
    };
    pairs.try_iter()?.map(|pair| pair?.extract()).collect()
}
