//! What clients of HTTP/2 send, where one connection has a hundred requests: clients that take nothing of their answers.

use super::inputs::{Input, Speaks};

/// All kinds.
pub fn all() -> Vec<Input> {
    let opened = |window: u32| {
        let settings = [&[0, 4][..], &window.to_be_bytes()].concat();
        [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &settings)].concat()
    };
    let streams = |make: &dyn Fn(u32) -> Vec<u8>| (0..100).flat_map(|number| make(number * 2 + 1)).collect::<Vec<_>>();
    let begun = |stream| frame(1, 4, stream, &fields("echo", "application/json", 0));
    let small = |stream| [begun(stream), frame(0, 1, stream, b"{}")].concat();
    let large = |stream| [begun(stream), data(stream, 3)].concat();
    let heads = |stream| {
        let block = fields("echo", "application/json", 90);
        let mut parts = block.chunks(16 << 10);
        let first = frame(1, 0, stream, parts.next().unwrap_or_default());
        let rest = frame(9, 4, stream, parts.next().unwrap_or_default());
        [first, rest, frame(0, 1, stream, b"{}")].concat()
    };
    let ended = |stream| [begun(stream), data(stream, 1), frame(0, 1, stream, b"\"")].concat();
    let reset = |stream| [begun(stream), frame(3, 0, stream, &[0, 0, 0, 8])].concat();
    let again = |name, again| Input { name, speaks: Speaks::Http2, first: opened(65_535), again };
    let held = |name, window, sent: Vec<u8>| Input {
        name,
        speaks: Speaks::Http2,
        first: [opened(window), sent].concat(),
        again: Vec::new(),
    };
    vec![
        held("small streams without a window", 0, streams(&small)),
        held("small streams with a window of a byte", 1, streams(&small)),
        held("streams of 16 KiB without a window", 0, streams(&ended)),
        held("streams whose bodies do not end", 65_535, streams(&large)),
        held("streams with large heads", 0, streams(&heads)),
        again("pings", frame(6, 0, 0, &[0; 8]).repeat(100)),
        again("settings", frame(4, 0, 0, &[0, 4, 0, 0, 255, 255]).repeat(100)),
        again("streams that are opened and reset", streams(&reset)),
    ]
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The beginning of a JSON text in so many frames of 16 KiB.
fn data(stream: u32, frames: usize) -> Vec<u8> {
    let text = format!("\"{}", "x".repeat((16 << 10) - 1));
    let rest = "x".repeat(16 << 10);
    let parts = std::iter::once(text.as_str()).chain(std::iter::repeat_n(rest.as_str(), frames - 1));
    parts.flat_map(|part| frame(0, 0, stream, part.as_bytes())).collect()
}

/// A head as HPACK writes it without its tables (RFC 7541, 6.2.2), with so many fields of 300 bytes.
fn fields(workflow: &str, media: &str, more: usize) -> Vec<u8> {
    let path = format!("/api/webhooks/default/{workflow}");
    let own =
        [(":method", "POST"), (":scheme", "http"), (":authority", "h"), (":path", &path), ("content-type", media)];
    let mut block: Vec<u8> = own.iter().flat_map(|(name, value)| literal(name, value)).collect();
    for number in 0..more {
        block.extend(literal(&format!("x-{number}"), &"v".repeat(300)));
    }
    block
}

fn literal(name: &str, value: &str) -> Vec<u8> {
    [&[0][..], &length(name), name.as_bytes(), &length(value), value.as_bytes()].concat()
}

/// An integer with a prefix of 7 bits (RFC 7541, 5.1).
fn length(text: &str) -> Vec<u8> {
    let size = text.len();
    match u8::try_from(size) {
        Ok(small) if small < 127 => vec![small],
        Ok(_) | Err(_) => {
            let rest = size - 127;
            let low = u8::try_from(rest % 128).expect("seven bits");
            if rest < 128 { vec![127, low] } else { vec![127, low | 128, u8::try_from(rest / 128).expect("small")] }
        }
    }
}
