//! What a sender is told, and what the documentation says of it.

use super::*;

#[test]
fn every_reason_that_refuses_has_an_error_status_and_a_sentence() {
    for problem in Reason::ALL.into_iter().filter_map(Problem::of) {
        assert!(problem.status.as_u16() >= 400, "{problem:?}");
        assert!(problem.title.ends_with('.'), "{problem:?}");
    }
    let silent: Vec<_> =
        Reason::ALL.into_iter().filter(|reason| Problem::of(*reason).is_none()).map(Reason::as_str).collect();
    assert_eq!(silent, ["Handshake", "Filtered", "Duplicate", "Accepted"]);
}

#[test]
fn unavailability_says_when_to_come_back() {
    for problem in Reason::ALL.into_iter().filter_map(Problem::of) {
        let busy = matches!(problem.status.as_u16(), 429 | 503);
        assert_eq!(problem.reply("r").headers.contains_key("retry-after"), busy, "{problem:?}");
    }
}

#[test]
fn a_problem_is_written_as_rfc_9457_says() {
    let reply = Problem::of(Reason::SignatureInvalid).unwrap().reply("01j");
    assert_eq!(reply.status, 401);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(
        std::str::from_utf8(&reply.body).unwrap(),
        "{\"type\":\"urn:boathook:problem:SignatureInvalid\",\"title\":\"The request's signature does not hold.\",\
         \"status\":401,\"reason\":\"SignatureInvalid\",\"requestID\":\"01j\"}"
    );
}

#[test]
fn the_documentation_shows_a_problem_as_it_is() {
    let page = include_str!("../../../../docs/request-path.md");
    let shown = page.lines().filter(|line| line.starts_with("{\"type\"")).collect::<Vec<_>>();
    let plain = Problem::of(Reason::SignatureInvalid).unwrap().reply("0193…");
    let minimum = SchemaViolation {
        path: "/items/0/price".to_owned(),
        keyword: "minimum".to_owned(),
        message: "it is less than 0".to_owned(),
    };
    let misshapen = Problem::of(Reason::SchemaViolation).unwrap().reply_with(&[minimum], "0193…");
    assert_eq!(shown, [plain, misshapen].map(|reply| String::from_utf8(reply.body.to_vec()).unwrap()));
}

#[test]
fn the_documentation_names_every_reason_that_a_sender_may_be_told() {
    let page = include_str!("../../../../docs/request-path.md");
    let of_runs = [Problem::RUN_FAILED, Problem::RUN_CANCELLED, Problem::DEADLINE_EXCEEDED, Problem::SHUTTING_DOWN];
    let unnamed: Vec<_> = REFUSALS
        .iter()
        .chain(&of_runs)
        .map(Problem::reason)
        .filter(|reason| !page.contains(&format!("`{reason}`")))
        .collect();
    assert_eq!(unnamed, Vec::<&str>::new());
}
