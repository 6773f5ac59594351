//! Content codings: undone, bounded, and refused where they lie.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::*;

/// `{"a":1}` as Node's zlib writes it.
const BROTLI: &[u8] = b"\x0b\x03\x80{\"a\":1}\x03";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 19).unwrap()
}

fn coded(coding: &str, body: &[u8]) -> Result<String, BodyFault> {
    let headers = fields(&[("content-type", "application/json"), ("content-encoding", coding)]);
    read(&headers, body, &Projection::All, BOUNDS).map(|content| content.data.to_string())
}

#[test]
fn each_coding_is_undone() {
    let text = br#"{"a":1}"#;
    for (name, body) in [
        ("gzip", gzip(text)),
        ("X-GZIP", gzip(text)),
        ("deflate", zlib(text)),
        ("br", BROTLI.to_vec()),
        ("zstd", zstd(text)),
        ("identity", text.to_vec()),
        ("identity, gzip", gzip(text)),
        ("", text.to_vec()),
    ] {
        assert_eq!(coded(name, &body).unwrap(), r#"{"a":1}"#, "{name}");
    }
    let members = [gzip(b"[1,"), gzip(b"2]")].concat();
    assert_eq!(coded("gzip", &members).unwrap(), "[1,2]", "a file of several members is their texts");
    assert_eq!(coded("zstd", &[zstd(b"[1,"), zstd(b"2]")].concat()).unwrap(), "[1,2]");
}

#[test]
fn unknown_and_several_codings_are_415() {
    let twice = gzip(&gzip(b"1"));
    for name in ["gzip, gzip", "br,gzip", "compress", "gzip;q=1", "aes128gcm", "*"] {
        assert_eq!(coded(name, &twice).unwrap_err(), BodyFault::Coding, "{name}");
    }
    let fields = fields(&[("content-type", "text/plain"), ("content-encoding", "gzip"), ("content-encoding", "br")]);
    assert_eq!(read(&fields, b"x", &Projection::All, BOUNDS).unwrap_err(), BodyFault::Coding);
    assert_eq!(BodyFault::Coding.reason().as_str(), "UnsupportedMediaType");
}

#[test]
fn a_coded_body_that_breaks_off_or_goes_on_is_malformed() {
    let text = br#"{"a":"0123456789"}"#;
    for (name, body) in [("gzip", gzip(text)), ("deflate", zlib(text)), ("br", BROTLI.to_vec()), ("zstd", zstd(text))] {
        for end in 1..body.len() {
            assert_eq!(coded(name, &body[..end]).unwrap_err(), BodyFault::Coded, "{name} of {end} bytes");
        }
        for more in [&b"\0"[..], b"x", b"trailing"] {
            let fault = coded(name, &[&body[..], more].concat()).unwrap_err();
            assert_eq!(fault, BodyFault::Coded, "{name} and {more:?}");
        }
        assert_eq!(coded(name, text).unwrap_err(), BodyFault::Coded, "{name} that is none");
    }
}

#[test]
fn a_checksum_that_does_not_hold_is_malformed() {
    for (name, mut body) in [("gzip", gzip(b"[1]")), ("deflate", zlib(b"[1]"))] {
        let last = body.len() - 1;
        body[last] ^= 1;
        assert_eq!(coded(name, &body).unwrap_err(), BodyFault::Coded, "{name}");
    }
}

#[test]
fn deflate_without_its_head_is_no_deflate() {
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::best());
    raw.write_all(b"[1]").unwrap();
    assert_eq!(coded("deflate", &raw.finish().unwrap()).unwrap_err(), BodyFault::Coded);
}

#[test]
fn a_bomb_ends_at_the_limit_and_at_the_ratio() {
    let zeros = vec![b' '; 8 << 20];
    for (name, bomb) in [("gzip", gzip(&zeros)), ("deflate", zlib(&zeros)), ("zstd", zstd(&zeros))] {
        let fault = coded(name, &bomb).unwrap_err();
        assert_eq!((fault, fault.reason().as_str()), (BodyFault::TooLarge, "BodyTooLarge"), "{name}");
    }
    let within = vec![b' '; 500 << 10];
    assert_eq!(coded("zstd", &zstd(&within)).unwrap_err(), BodyFault::TooLarge, "a thousand times its size");
    let small = [&vec![b' '; (64 << 10) - 1][..], b"1"].concat();
    assert_eq!(coded("zstd", &zstd(&small)).unwrap(), "1", "what little bodies become harms nobody");
    assert_eq!(coded("gzip", &gzip(&[&small[..], b" "].concat())).unwrap_err(), BodyFault::TooLarge);
}

#[test]
fn the_limit_is_of_the_decoded_body_to_the_byte() {
    let headers = fields(&[("content-type", "text/plain"), ("content-encoding", "gzip")]);
    let noise = (0..2000).map(|number| format!("{:x}", number * 7919 % 65521)).collect::<Vec<_>>().concat();
    let length = u64::try_from(noise.len()).unwrap();
    let read = |decoded| read(&headers, &gzip(noise.as_bytes()), &Projection::All, Bounds { decoded, ..BOUNDS });
    assert_eq!(read(length).unwrap().data.as_str(), Some(&*noise));
    assert_eq!(read(length - 1).unwrap_err(), BodyFault::TooLarge);
}

#[test]
fn a_window_beyond_the_standards_is_refused_before_it_is_allocated() {
    // As Node writes `{"a":1}` with brotli's large window, of a gigabyte.
    assert_eq!(coded("br", b"\x11\x1e\x0c\x00\x02{\"a\":1}\x03").unwrap_err(), BodyFault::Coded);
    // A zstd frame of one raw block, `1`, that announces this window.
    let frame = |window: u8| coded("zstd", &[b"\x28\xb5\x2f\xfd\x00", &[window][..], b"\x09\x00\x00", b"1"].concat());
    assert_eq!(frame(0x68).unwrap(), "1", "8 MiB");
    assert_eq!(frame(0x70).unwrap_err(), BodyFault::Coded, "16 MiB");
    assert_eq!(frame(0xa0).unwrap_err(), BodyFault::Coded, "1 GiB");
}
