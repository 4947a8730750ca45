//! The protocol with the host for what comes back from a request.
//!
//! The host reports what it saw and judges nothing: what a status or an error class means is the
//! core's to say, in one place for every host.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// How a request that the host was told to make ended.
#[derive(Clone, Copy, Debug)]
pub enum HttpResult<'a> {
    /// No status line arrived.
    Failure(HttpFailure<'a>),
    /// The host was too late and did not start the request: certainly nothing was sent.
    NotStarted,
    /// A status line arrived, whatever became of the rest.
    Response(HttpResponse<'a>),
}

/// An answer, as far as it arrived.
///
/// `Debug` shows status and sizes only, since headers and bodies may hold personal data.
#[derive(Clone, Copy)]
pub struct HttpResponse<'a> {
    /// The status as the status line gave it.
    pub status: u16,
    /// Names in lower case, with their values. A host may be kept from seeing some of them.
    pub headers: &'a [(Cow<'a, str>, Cow<'a, str>)],
    /// The body as text, as far as it was read.
    pub body: &'a str,
    /// Whether the body was read to its end; `false` if that failed, timed out or met a limit.
    pub complete: bool,
}

impl<'a> HttpResponse<'a> {
    /// The first value of the header `name`, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

impl fmt::Debug for HttpResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("complete", &self.complete)
            .finish()
    }
}

/// An error in place of an answer: raw class names, never a message text.
///
/// A host that knows no code or system call leaves them out. It does not say whether a request is
/// worth repeating: some runtimes call every lost connection retryable, even one that was lost
/// after the request had been read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HttpFailure<'a> {
    /// The error's class: `TypeError`, `TimeoutError`, `AbortError`.
    pub name: &'a str,
    /// The `code` of the error or of its cause: `ECONNREFUSED`, `UND_ERR_SOCKET`.
    pub code: Option<&'a str>,
    /// The `syscall` of the error or of its cause: `connect`, `getaddrinfo`, `read`.
    pub syscall: Option<&'a str>,
}

/// A request that the host makes as it is.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FetchRequest {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// Every header, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The body; none for a method that has none.
    pub body: Option<String>,
}

impl fmt::Debug for FetchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// An [`HttpResult`] that owns what it holds.
#[derive(Clone)]
pub enum HttpReport {
    /// No status line arrived.
    Failure {
        /// The error's class.
        name: String,
        /// The code of the error or of its cause.
        code: Option<String>,
        /// The system call that failed.
        syscall: Option<String>,
    },
    /// The host was too late and did not start the request.
    NotStarted,
    /// A status line arrived.
    Response {
        /// The status.
        status: u16,
        /// Names in lower case, with their values.
        headers: Vec<(String, String)>,
        /// The body, as far as it was read.
        body: String,
        /// Whether it was read to its end.
        complete: bool,
    },
}

impl HttpReport {
    /// What a host reported that answers something else than it was asked.
    pub(crate) fn misreported() -> Self {
        Self::Failure { name: "Misreported".to_owned(), code: None, syscall: None }
    }

    /// Hands it to `take` in the form that borrows.
    pub(crate) fn lend<T>(&self, take: impl FnOnce(&HttpResult<'_>) -> T) -> T {
        match self {
            Self::Failure { name, code, syscall } => {
                let (code, syscall) = (code.as_deref(), syscall.as_deref());
                take(&HttpResult::Failure(HttpFailure { name, code, syscall }))
            }
            Self::NotStarted => take(&HttpResult::NotStarted),
            Self::Response { status, headers, body, complete } => {
                let headers: Vec<(Cow<'_, str>, Cow<'_, str>)> = headers
                    .iter()
                    .map(|(name, value)| (Cow::from(name.as_str()), Cow::from(value.as_str())))
                    .collect();
                let (status, complete) = (*status, *complete);
                let response = HttpResponse { status, headers: &headers, body, complete };
                take(&HttpResult::Response(response))
            }
        }
    }
}

/// Shows what `HttpResponse` shows: neither headers nor body.
impl fmt::Debug for HttpReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure { name, code, .. } => {
                f.debug_struct("Failure").field("name", name).field("code", code).finish()
            }
            Self::NotStarted => f.write_str("NotStarted"),
            Self::Response { status, complete, .. } => f
                .debug_struct("Response")
                .field("status", status)
                .field("complete", complete)
                .finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let headers = [(Cow::from("x-to"), Cow::from("+447700900123"))];
        let response =
            HttpResponse { status: 400, headers: &headers, body: "+447700900123", complete: true };
        let shown = format!("{:?}", HttpResult::Response(response));
        assert!(!shown.contains("7700"), "{shown}");
        assert!(shown.contains("400"), "{shown}");
    }

    #[test]
    fn headers_are_found_by_name() {
        let headers = [("Retry-After".into(), " 3 ".into()), ("retry-after".into(), "9".into())];
        let response = HttpResponse { status: 429, headers: &headers, body: "", complete: true };
        assert_eq!(response.header("retry-after"), Some("3"));
        assert_eq!(response.header("date"), None);
    }
}
