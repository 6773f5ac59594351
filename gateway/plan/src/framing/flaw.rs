//! What can be wrong with an HTTP/1 message before anything reads it, as a table: the status its sender is told, and the
//! sentence for the log. The sender is told none of the details.

use crate::reason::Reason;

/// Why a message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The request line is not method, target and version with one space between them.
    RequestLine,
    /// The target is not an origin, an absolute http(s) URL, or `*` of OPTIONS.
    Target,
    /// CONNECT asks for a tunnel.
    Tunnel,
    /// The version is one that we do not speak.
    Version,
    /// The target is longer than [`super::TARGET_SIZE`].
    TargetTooLong,
    /// The head is longer than [`super::HEAD_SIZE`].
    HeadTooLarge,
    /// The head has more than [`super::FIELDS`] fields.
    TooManyFields,
    /// A line that does not end in CR LF, or has a control character in it.
    Control,
    /// A line without a field's name, colon and value.
    Field,
    /// A field that goes on in the next line (obs-fold).
    Folded,
    /// No Host.
    HostMissing,
    /// Host more than once.
    HostRepeated,
    /// A Host that is no host.
    HostInvalid,
    /// A Host that is not the target's.
    HostDiffers,
    /// Content-Length more than once.
    LengthRepeated,
    /// A Content-Length that is not one plain number.
    LengthInvalid,
    /// Content-Length and Transfer-Encoding.
    LengthAndCoding,
    /// A Transfer-Encoding that is not exactly `chunked`, once.
    Coding,
    /// Transfer-Encoding in HTTP/1.0.
    CodingTooOld,
    /// An Expect that is not `100-continue`.
    Expectation,
    /// A chunk's size that is not one to sixteen hexadecimal digits.
    ChunkSize,
    /// Chunk extensions that are malformed or too many.
    ChunkExtension,
    /// A chunk that is longer than it said.
    ChunkEnd,
    /// Trailer fields that are malformed or too many.
    Trailer,
    /// The connection ended within a head.
    CutOff,
    /// The head did not come in time.
    Slow,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 26] = [
        Self::RequestLine,
        Self::Target,
        Self::Tunnel,
        Self::Version,
        Self::TargetTooLong,
        Self::HeadTooLarge,
        Self::TooManyFields,
        Self::Control,
        Self::Field,
        Self::Folded,
        Self::HostMissing,
        Self::HostRepeated,
        Self::HostInvalid,
        Self::HostDiffers,
        Self::LengthRepeated,
        Self::LengthInvalid,
        Self::LengthAndCoding,
        Self::Coding,
        Self::CodingTooOld,
        Self::Expectation,
        Self::ChunkSize,
        Self::ChunkExtension,
        Self::ChunkEnd,
        Self::Trailer,
        Self::CutOff,
        Self::Slow,
    ];

    /// The status that its sender is told.
    pub const fn status(self) -> u16 {
        self.row().0
    }

    /// What is wrong, for the log: no byte of the message.
    pub const fn as_str(self) -> &'static str {
        self.row().1
    }

    /// How the request ended.
    pub const fn reason(self) -> Reason {
        match self.status() {
            408 => Reason::RequestTooSlow,
            414 | 431 => Reason::HeadersTooLarge,
            _ => Reason::BadFraming,
        }
    }

    const fn row(self) -> (u16, &'static str) {
        match self {
            Self::RequestLine => (400, "the request line is malformed"),
            Self::Target => (400, "the target is malformed"),
            Self::Tunnel => (400, "a tunnel is asked for"),
            Self::Version => (505, "the version is not spoken"),
            Self::TargetTooLong => (414, "the target is too long"),
            Self::HeadTooLarge => (431, "the head is too large"),
            Self::TooManyFields => (431, "the head has too many fields"),
            Self::Control => (400, "a line is not ended by CR LF, or has a control character"),
            Self::Field => (400, "a header line is malformed"),
            Self::Folded => (400, "a header field is folded"),
            Self::HostMissing => (400, "Host is missing"),
            Self::HostRepeated => (400, "Host is there more than once"),
            Self::HostInvalid => (400, "Host is malformed"),
            Self::HostDiffers => (400, "Host and target name different hosts"),
            Self::LengthRepeated => (400, "Content-Length is there more than once"),
            Self::LengthInvalid => (400, "Content-Length is not one number"),
            Self::LengthAndCoding => (400, "Content-Length and Transfer-Encoding are both there"),
            Self::Coding => (400, "Transfer-Encoding is not exactly chunked"),
            Self::CodingTooOld => (400, "Transfer-Encoding is there in HTTP/1.0"),
            Self::Expectation => (417, "the expectation is not 100-continue"),
            Self::ChunkSize => (400, "a chunk's size is malformed"),
            Self::ChunkExtension => (400, "a chunk's extension is malformed or too long"),
            Self::ChunkEnd => (400, "a chunk is longer than its size"),
            Self::Trailer => (400, "the trailers are malformed or too large"),
            Self::CutOff => (400, "the connection ended within a head"),
            Self::Slow => (408, "the head did not come in time"),
        }
    }
}
