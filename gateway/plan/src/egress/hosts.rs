//! Host patterns: an exact name, or `*.suffix`. Decides whether a host matches one; knows no addresses.

/// Whether `host` (lower case, without a dot at its end) is what `pattern` says. `*.example.com` covers every name below
/// `example.com`, at any depth, and not `example.com` itself. Case and a dot at the end of the pattern do not matter.
pub fn host_matches(pattern: &str, host: &str) -> bool {
    let pattern = pattern.strip_suffix('.').unwrap_or(pattern);
    match pattern.strip_prefix("*.") {
        Some(suffix) => host
            .len()
            .checked_sub(suffix.len() + 1)
            .filter(|&labels| labels > 0)
            .and_then(|labels| host.split_at_checked(labels))
            .is_some_and(|(_, rest)| {
                rest.strip_prefix('.').is_some_and(|rest| !suffix.is_empty() && rest.eq_ignore_ascii_case(suffix))
            }),
        None => pattern.eq_ignore_ascii_case(host),
    }
}
