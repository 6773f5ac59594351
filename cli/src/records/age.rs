//! How long ago, as `kubectl` writes it
//! (<https://pkg.go.dev/k8s.io/apimachinery/pkg/util/duration#HumanDuration>), and how long something took.

use jiff::{SignedDuration, Timestamp};

/// `12s`, `5m3s`, `47m`, `3h5m`, `2d4h`, `90d`
pub fn since(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

fn two(large: i64, unit: &str, small: i64, smaller: &str) -> String {
    if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{smaller}") }
}

/// `450ms`, `2.35s`, `4m10s`
pub fn took(time: SignedDuration) -> String {
    let millis = time.as_millis().max(0);
    match millis {
        0..1_000 => format!("{millis}ms"),
        1_000..120_000 => format!("{}.{:02}s", millis / 1_000, millis % 1_000 / 10),
        _ => since(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH.saturating_add(time).unwrap_or(Timestamp::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_those_of_kubectl() {
        for (seconds, expected) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (599, "9m59s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (11_100, "3h5m"),
            (28_800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (187_200, "2d4h"),
            (691_200, "8d"),
            (63_071_999, "729d"),
            (63_072_000, "2y"),
            (63_158_400, "2y1d"),
            (252_288_000, "8y"),
        ] {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
            assert_eq!(since(Timestamp::UNIX_EPOCH, now), expected, "{seconds}");
        }
    }

    #[test]
    fn short_times_are_told_exactly() {
        for (millis, expected) in
            [(-5, "0ms"), (0, "0ms"), (999, "999ms"), (2_357, "2.35s"), (119_999, "119.99s"), (250_000, "4m10s")]
        {
            assert_eq!(took(SignedDuration::from_millis(millis)), expected);
        }
    }
}
