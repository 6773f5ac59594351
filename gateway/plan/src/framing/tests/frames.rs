//! Which clients of HTTP/2 are floods.

use crate::framing::frames::{Flood, Frames};
use crate::framing::preface::PREFACE;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// A frame with a payload of this length.
fn frame(kind: u8, flags: u8, length: u8) -> Vec<u8> {
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 1];
    frame.extend(std::iter::repeat_n(0, length.into()));
    frame
}

/// A connection behind its preface.
fn begun() -> Frames {
    let mut frames = Frames::new(0);
    assert_eq!(frames.read(PREFACE, 0), Ok(()));
    frames
}

/// How many of these frames are taken at once.
fn taken(frames: &mut Frames, frame: &[u8], now_ms: u64) -> usize {
    (0..100_000).take_while(|_| frames.read(frame, now_ms) == Ok(())).count()
}

#[test]
fn a_thousand_empty_frames_are_taken_at_once_and_fifty_in_each_second_after() {
    for kind in [RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION, DATA, 200] {
        let mut frames = begun();
        assert_eq!(taken(&mut frames, &frame(kind, 0, 0), 0), 1_000, "{kind}");
        assert_eq!(taken(&mut frames, &frame(kind, 0, 0), 1_000), 50, "{kind}");
        assert_eq!(taken(&mut frames, &frame(kind, 0, 0), 3_600_000), 1_000, "{kind}");
    }
}

#[test]
fn requests_and_what_comes_with_them_are_never_a_flood() {
    let mut frames = begun();
    let request = [frame(HEADERS, 4, 40), frame(DATA, 0, 200), frame(DATA, 1, 0), frame(WINDOW_UPDATE, 0, 4)].concat();
    assert_eq!(taken(&mut frames, &request, 0), 100_000);
}

#[test]
fn a_client_that_tells_of_each_4_kib_that_it_takes_is_no_flood() {
    let answer = [vec![0, 0x40, 0, DATA, 0, 0, 0, 0, 1], vec![b'x'; 16_384]].concat().repeat(64);
    let update = frame(WINDOW_UPDATE, 0, 4);
    let mut frames = begun();
    for _ in 0..3 {
        assert_eq!(frames.read(&frame(HEADERS, 5, 40), 0), Ok(()));
        assert_eq!(frames.wrote(&answer), 1 << 20);
        for _ in 0..512 {
            assert_eq!(frames.read(&update, 0), Ok(()));
        }
    }
    // All of them behind three answers is the same.
    let mut frames = begun();
    assert_eq!(frames.wrote(&answer.repeat(3)), 3 << 20);
    assert_eq!(taken(&mut frames, &update, 0), 3 * 1_024 + 1_000);
}

#[test]
fn what_is_no_body_earns_nothing_however_it_is_cut() {
    let sent = [frame(SETTINGS, 1, 0), frame(PING, 1, 8), frame(HEADERS, 4, 200), frame(DATA, 1, 250)].concat();
    let mut frames = begun();
    let carried: usize = sent.repeat(1_000).chunks(7).map(|piece| frames.wrote(piece)).sum();
    assert_eq!(carried, 250_000);
    assert_eq!(taken(&mut frames, &frame(WINDOW_UPDATE, 0, 4), 0), 244 + 1_000);
    assert_eq!(frames.wrote(&frame(DATA, 0, 250).repeat(1_000)), 250_000);
    for other in [PING, CONTINUATION] {
        assert_eq!(taken(&mut frames, &frame(other, 0, 0), 0) % 1_000, 0, "no answer pays for {other}");
    }
}

#[test]
fn requests_that_are_taken_back_are_a_flood() {
    let mut frames = begun();
    let reset = [frame(HEADERS, 5, 40), frame(RST_STREAM, 0, 4)].concat();
    assert_eq!(taken(&mut frames, &reset, 0), 1_000);
}

#[test]
fn however_the_bytes_are_cut_the_frames_are_the_same() {
    let bytes = [PREFACE.to_vec(), frame(DATA, 0, 255), frame(PING, 0, 8).repeat(1_000)].concat();
    let mut frames = Frames::new(0);
    for piece in bytes.chunks(7) {
        assert_eq!(frames.read(piece, 0), Ok(()));
    }
    assert_eq!(frames.read(&frame(PING, 0, 8), 0), Err(Flood));
}
