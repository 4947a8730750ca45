//! What an error in place of a reply proves.

use super::ReplyCode;
use crate::http::HttpFailure;

/// What the failure means.
///
/// Certainly unsent is only what shows that no connection came about, by the codes of Node's
/// `fetch` (undici), its `net` and `tls` modules and OpenSSL. Browsers and workerd give no codes, so
/// nothing is certain there.
pub(super) fn reply_code(failure: &HttpFailure<'_>) -> ReplyCode {
    // A time limit or an abort can strike at any moment, so a code beside it proves nothing.
    match failure.name {
        "TimeoutError" => return ReplyCode::Timeout,
        "AbortError" => return ReplyCode::Aborted,
        _ => {}
    }
    match failure.syscall {
        Some("connect") => return ReplyCode::ConnectFailed,
        Some("getaddrinfo") => return ReplyCode::HostNotFound,
        _ => {}
    }
    let Some(code) = failure.code else { return ReplyCode::FailureUnclear };
    match code {
        "ECONNREFUSED" | "UND_ERR_CONNECT_TIMEOUT" => ReplyCode::ConnectFailed,
        "ENOTFOUND" => ReplyCode::HostNotFound,
        "UND_ERR_BODY_TIMEOUT" | "UND_ERR_HEADERS_TIMEOUT" => ReplyCode::Timeout,
        "UND_ERR_ABORTED" => ReplyCode::Aborted,
        // Without the system call these do not tell a connection that never came about from one
        // that died after the request was read.
        "ECONNABORTED" | "ECONNRESET" | "EHOSTUNREACH" | "ENETUNREACH" | "EPIPE" | "ETIMEDOUT"
        | "UND_ERR_SOCKET" => ReplyCode::ConnectionLost,
        _ if code.starts_with("EAI_") => ReplyCode::HostNotFound,
        _ if code.starts_with("HPE_") => ReplyCode::ConnectionLost,
        _ if is_handshake_error(code) => ReplyCode::TlsFailed,
        _ => ReplyCode::FailureUnclear,
    }
}

/// Whether `code` is an error of a TLS handshake, which comes before the request is written.
///
/// OpenSSL has many more errors; those of the record layer (`ERR_SSL_BAD_RECORD_TYPE`,
/// `ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC`, an unexpected end) can strike after the request
/// was read, so the prefix alone proves nothing.
fn is_handshake_error(code: &str) -> bool {
    const HANDSHAKE: [&str; 13] = [
        "CERTIFICATE_VERIFY_FAILED",
        "DH_KEY_TOO_SMALL",
        "HANDSHAKE_FAILURE",
        "INAPPROPRIATE_FALLBACK",
        "INSUFFICIENT_SECURITY",
        "NO_APPLICATION_PROTOCOL",
        "NO_CIPHERS_AVAILABLE",
        "NO_PROTOCOLS_AVAILABLE",
        "PROTOCOL_VERSION",
        "UNRECOGNIZED_NAME",
        "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    ];
    match code.strip_prefix("ERR_SSL_") {
        Some(reason) => HANDSHAKE.iter().any(|end| reason.ends_with(end)),
        None => is_certificate_error(code),
    }
}

/// The codes of Node's `tls` module for a certificate that does not verify.
fn is_certificate_error(code: &str) -> bool {
    matches!(
        code,
        "CERT_CHAIN_TOO_LONG"
            | "CERT_HAS_EXPIRED"
            | "CERT_NOT_YET_VALID"
            | "CERT_REJECTED"
            | "CERT_REVOKED"
            | "CERT_SIGNATURE_FAILURE"
            | "CERT_UNTRUSTED"
            | "CRL_HAS_EXPIRED"
            | "CRL_NOT_YET_VALID"
            | "CRL_SIGNATURE_FAILURE"
            | "DEPTH_ZERO_SELF_SIGNED_CERT"
            | "ERR_TLS_CERT_ALTNAME_INVALID"
            | "HOSTNAME_MISMATCH"
            | "INVALID_CA"
            | "INVALID_PURPOSE"
            | "PATH_LENGTH_EXCEEDED"
            | "SELF_SIGNED_CERT_IN_CHAIN"
            | "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"
            | "UNABLE_TO_DECRYPT_CERT_SIGNATURE"
            | "UNABLE_TO_GET_CRL"
            | "UNABLE_TO_GET_ISSUER_CERT"
            | "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
            | "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    )
}
