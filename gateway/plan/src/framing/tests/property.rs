//! However the bytes are cut, and whatever they are.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{End, pass};

/// What requests and attacks on them are made of.
const PIECES: [&[u8]; 28] = [
    b"GET / HTTP/1.1\r\n",
    b"POST /a HTTP/1.1\r\n",
    b"POST http://h/ HTTP/1.0\r\n",
    b"Host: h\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 03\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: x\r\n",
    b"Upgrade: a\r\n",
    b"Expect: 100-continue\r\n",
    b"a: b\r\n",
    b" a: b\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\n",
    b"\0",
    b"3\r\n",
    b"3;a\r\n",
    b"abc",
    b"abc\r\n",
    b"0\r\n",
    b"0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
    b"\x80\xff",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let known = select(&PIECES[..]).prop_map(<[u8]>::to_vec);
    let piece = prop_oneof![9 => known, 1 => vec(any::<u8>(), 0..4)];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn how_the_bytes_are_cut_changes_nothing(bytes in bytes(), cuts in vec(any::<Index>(), 0..6)) {
        let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        let cut: Vec<_> = places.windows(2).map(|two| &bytes[two[0]..two[1]]).collect();
        let single: Vec<_> = bytes.chunks(1).collect();
        let whole = pass(&[&bytes]);
        prop_assert_eq!(&pass(&cut), &whole);
        prop_assert_eq!(&pass(&single), &whole);
    }

    #[test]
    fn what_passed_passes_again_unchanged(bytes in bytes()) {
        let (passed, _) = pass(&[&bytes]);
        let (again, end) = pass(&[&passed]);
        prop_assert_eq!(&again, &passed);
        prop_assert!(!matches!(end, End::Refused(_)), "{:?}", end);
    }
}
