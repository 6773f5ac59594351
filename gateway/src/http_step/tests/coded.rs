//! Content codings: decoded, and the limit counts what comes out.

use super::server::{Server, response};
use super::{against, step, text};
use boathook_plan::plan::HttpStep;
use boathook_plan::reason::StepReason;

/// Eight mebibytes of zeros in each coding.
const ZEROS: [(&str, &[u8]); 4] = [
    ("gzip", include_bytes!("../../../../tests/data/coded/zeros.gz")),
    ("deflate", include_bytes!("../../../../tests/data/coded/zeros.zlib")),
    ("br", include_bytes!("../../../../tests/data/coded/zeros.br")),
    ("zstd", include_bytes!("../../../../tests/data/coded/zeros.zst")),
];

fn taking(bytes: u64) -> HttpStep {
    HttpStep { max_response_size: bytes, ..step("http://target.test/") }
}

#[tokio::test]
async fn every_coding_is_decoded() {
    for (coding, zeros) in ZEROS {
        let server = Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], zeros)).await;
        let result = against(&server, &taking(8 << 20)).await.unwrap();
        assert_eq!(text(&result, &["text"]).len(), 8 << 20, "{coding}");
    }
}

#[tokio::test]
async fn a_small_answer_that_decodes_to_a_large_one_is_cut_off() {
    for (coding, zeros) in ZEROS {
        let server = Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], zeros)).await;
        let failure = against(&server, &taking((8 << 20) - 1)).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false), "{coding}");
        assert_eq!(failure.message, "GET target.test: the answer is longer than 8388607 bytes");
    }
}

#[tokio::test]
async fn identity_is_no_coding() {
    for coding in ["identity", "Identity", ""] {
        let server = Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], "plain")).await;
        assert_eq!(text(&against(&server, &taking(5)).await.unwrap(), &["text"]), "plain", "{coding}");
    }
}

#[tokio::test]
async fn codings_that_were_not_asked_for_are_refused() {
    for coding in ["gzip, gzip", "compress", "aes128gcm", "identity, gzip"] {
        let server = Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], ZEROS[0].1)).await;
        let failure = against(&server, &taking(1 << 20)).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::BadResponse, "{coding}");
    }
}

#[tokio::test]
async fn what_is_not_in_its_coding_is_refused() {
    for (coding, _) in ZEROS {
        let server =
            Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], "plain text, as it is"))
                .await;
        let failure = against(&server, &taking(1 << 20)).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::BadResponse, false), "{coding}");
    }
}

#[tokio::test]
async fn an_empty_body_needs_no_coding() {
    for (coding, _) in ZEROS {
        let server = Server::answering(response("200 OK", &[&format!("content-encoding: {coding}")], "")).await;
        assert_eq!(text(&against(&server, &taking(1)).await.unwrap(), &["text"]), "", "{coding}");
    }
}
