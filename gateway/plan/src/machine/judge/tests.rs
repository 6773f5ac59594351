//! Tests of `judge`.

use super::*;

const RETRY: Retry = Retry { attempts: 9, initial_ms: 1_000, factor: 2, max_ms: 60_000 };

#[test]
fn the_pause_is_full_jitter_below_a_growing_ceiling() {
    assert_eq!(pause(&RETRY, 1, 0.0, None), 0);
    assert_eq!(pause(&RETRY, 1, 0.5, None), 500);
    assert_eq!(pause(&RETRY, 3, 0.5, None), 2_000);
    assert_eq!(pause(&RETRY, 7, 0.5, None), 30_000);
}

#[test]
fn the_ceiling_of_a_late_attempt_does_not_overflow() {
    assert_eq!(pause(&RETRY, u32::MAX, 0.5, None), 30_000);
    let endless = Retry { attempts: u32::MAX, initial_ms: u64::MAX, factor: u32::MAX, max_ms: 10 };
    assert_eq!(pause(&endless, u32::MAX, 0.5, None), 5);
}

#[test]
fn retry_after_is_honoured_up_to_max() {
    assert_eq!(pause(&RETRY, 1, 0.5, Some(7_000)), 7_000);
    assert_eq!(pause(&RETRY, 1, 0.5, Some(3_600_000)), 60_000);
    assert_eq!(pause(&RETRY, 3, 0.5, Some(1)), 2_000);
}

#[test]
fn a_long_message_is_cut_between_characters() {
    assert_eq!(bounded("short".to_owned()), "short");
    let long = bounded("é".repeat(4_000));
    assert_eq!(long.len(), 4_095);
    assert!(long.ends_with("é…"));
    assert!(long.capacity() < 8_000, "{}", long.capacity());
}
