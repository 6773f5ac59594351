//! Frames between the gateway and a worker: a length, a kind, and sections with lengths of their own. Pure.
//!
//! Both sides read what the other wrote as if it were hostile: a worker is what a script may have taken over.

/// Bytes in front of a frame's body.
pub(crate) const HEADER: usize = 4;

/// A frame's body as it came.
#[derive(Debug)]
pub(crate) struct Frame(pub(crate) Vec<u8>);

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    /// A frame, or what is to be one, is over its bound.
    #[error("a frame of {0} bytes is too large")]
    TooLarge(usize),
    /// Sections and frame do not fit each other.
    #[error("a frame is not what its kind says")]
    Malformed,
}

/// The bytes of a frame of at most `most` bytes.
pub(crate) fn encode(kind: u8, sections: &[&[u8]], most: usize) -> Result<Vec<u8>, WireError> {
    let size = 1 + sections.iter().map(|section| HEADER + section.len()).sum::<usize>();
    if size > most {
        return Err(WireError::TooLarge(size));
    }
    let mut out = Vec::with_capacity(HEADER + size);
    push_length(&mut out, size)?;
    out.push(kind);
    for section in sections {
        push_length(&mut out, section.len())?;
        out.extend_from_slice(section);
    }
    Ok(out)
}

/// The size of the body that a header announces.
pub(crate) fn size(header: [u8; HEADER], most: usize) -> Result<usize, WireError> {
    let size = usize::try_from(u32::from_le_bytes(header)).map_err(|_| WireError::Malformed)?;
    match size {
        0 => Err(WireError::Malformed),
        size if size > most => Err(WireError::TooLarge(size)),
        size => Ok(size),
    }
}

impl Frame {
    /// The kind and exactly these many sections.
    pub(crate) fn sections<const N: usize>(&self) -> Result<(u8, [&[u8]; N]), WireError> {
        let (kind, mut rest) = self.0.split_first().ok_or(WireError::Malformed)?;
        let mut sections = [&[][..]; N];
        for section in &mut sections {
            let (header, body) = rest.split_first_chunk::<HEADER>().ok_or(WireError::Malformed)?;
            let size = usize::try_from(u32::from_le_bytes(*header)).map_err(|_| WireError::Malformed)?;
            (*section, rest) = body.split_at_checked(size).ok_or(WireError::Malformed)?;
        }
        if rest.is_empty() { Ok((*kind, sections)) } else { Err(WireError::Malformed) }
    }

    /// The kind.
    pub(crate) fn kind(&self) -> Option<u8> {
        self.0.first().copied()
    }
}

fn push_length(out: &mut Vec<u8>, length: usize) -> Result<(), WireError> {
    let length = u32::try_from(length).map_err(|_| WireError::TooLarge(length))?;
    out.extend_from_slice(&length.to_le_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let bytes = encode(7, &[b"ab", b"", b"c"], 100).unwrap();
        assert_eq!(bytes, b"\x10\0\0\0\x07\x02\0\0\0ab\0\0\0\0\x01\0\0\0c");
        assert_eq!(size([16, 0, 0, 0], 100), Ok(16));
        let frame = Frame(bytes[HEADER..].to_vec());
        assert_eq!(frame.sections::<3>(), Ok((7, [&b"ab"[..], b"", b"c"])));
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused() {
        for (bytes, why) in [
            (&b""[..], "no kind"),
            (b"\x01\x02\0\0\0a", "a section that is cut off"),
            (b"\x01\x01\0\0\0ab", "something after the last section"),
            (b"\x01\xff\xff\xff\xffab", "a length beyond everything"),
        ] {
            assert_eq!(Frame(bytes.to_vec()).sections::<1>(), Err(WireError::Malformed), "{why}");
        }
        assert_eq!(size([0; 4], 10), Err(WireError::Malformed));
        assert_eq!(size([11, 0, 0, 0], 10), Err(WireError::TooLarge(11)));
        assert_eq!(encode(1, &[&[0; 100]], 100), Err(WireError::TooLarge(105)));
    }
}
