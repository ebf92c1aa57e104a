//! HTTP without a pool and without chance: one connection for each request.

use shutterkey::operation::{SendError, SendFailure};
use shutterkey::{HttpRequest, HttpResponse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends under the driver contract: no redirect is followed, and a body above the cap is refused.
pub(crate) async fn send(request: &HttpRequest) -> Result<HttpResponse, SendError> {
    let url = url::Url::parse(request.url()).unwrap();
    let port = url.port().unwrap();
    let path = &url[url::Position::BeforePath..];
    let mut head = format!(
        "{} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n",
        request.method().as_str()
    );
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = request.body().unwrap_or_default();
    head.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let reset = |_| SendError::from(SendFailure::Reset);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(reset)?;
    stream.write_all(head.as_bytes()).await.map_err(reset)?;
    let mut answer = Vec::new();
    let most = request.body_cap() + 16_384;
    stream
        .take(most as u64 + 1)
        .read_to_end(&mut answer)
        .await
        .map_err(reset)?;
    read(&answer, request.body_cap())
}

fn read(answer: &[u8], cap: usize) -> Result<HttpResponse, SendError> {
    let broken = || SendError::from(SendFailure::Reset);
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(broken)?;
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let body = &answer[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let of = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let body = match (of("content-length"), of("transfer-encoding")) {
        (Some(length), _) if length.parse::<usize>().unwrap() > cap => return Err(SendFailure::TooLarge.into()),
        (Some(length), _) if length.parse::<usize>().unwrap() > body.len() => return Err(broken()),
        (_, Some("chunked")) => whole(body).ok_or_else(broken)?,
        _ => body.to_vec(),
    };
    if body.len() > cap {
        return Err(SendFailure::TooLarge.into());
    }
    Ok(HttpResponse::new(status, headers, body))
}

/// The chunks of a body, if the last one is there.
fn whole(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}
