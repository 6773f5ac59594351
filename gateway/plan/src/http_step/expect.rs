//! `expect.status`: which statuses are success.

use http::StatusCode;

use super::compile::{Compiler, Refused};

/// Ranges of statuses, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expect(Vec<(u16, u16)>);

impl Expect {
    /// Compiles patterns such as `200` and `2xx`; none at all is `2xx`.
    pub(super) fn compile(compiler: &mut Compiler, patterns: &[String]) -> Result<Self, Refused> {
        if patterns.is_empty() {
            return Ok(Self(vec![(200, 299)]));
        }
        let ranges = compiler.each(patterns, |compiler, pattern| {
            let why = "must be a status such as 200, or a class such as 2xx";
            range(pattern).ok_or_else(|| compiler.refuse("expect.status", why))
        });
        ranges.map(Self)
    }

    /// Whether `status` is success.
    pub(super) fn holds(&self, status: StatusCode) -> bool {
        self.0.iter().any(|&(low, high)| (low..=high).contains(&status.as_u16()))
    }
}

fn range(pattern: &str) -> Option<(u16, u16)> {
    let digit = |one: u8| one.is_ascii_digit().then(|| u16::from(one - b'0'));
    match pattern.as_bytes() {
        [class @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => {
            let low = digit(*class)? * 100;
            Some((low, low + 99))
        }
        [hundreds @ b'1'..=b'5', tens, ones] => {
            let status = digit(*hundreds)? * 100 + digit(*tens)? * 10 + digit(*ones)?;
            Some((status, status))
        }
        _ => None,
    }
}
