//! Durations and sizes as users write them, for messages.

use std::time::Duration;

/// A duration in its largest whole unit, as `90s`.
pub(crate) fn duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    whole(millis, [("h", 3_600_000), ("m", 60_000), ("s", 1_000)]).unwrap_or_else(|| format!("{millis}ms"))
}

/// A size in its largest whole unit, as `512Ki`.
pub(crate) fn size(bytes: u64) -> String {
    whole(bytes, [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)]).unwrap_or_else(|| bytes.to_string())
}

fn whole<const N: usize>(number: u64, units: [(&str, u64); N]) -> Option<String> {
    let (name, unit) = units.into_iter().find(|(_, unit)| number > 0 && number.is_multiple_of(*unit))?;
    Some(format!("{}{name}", number / unit))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, size};

    #[test]
    fn a_duration_has_its_largest_whole_unit() {
        assert_eq!(duration(Duration::from_hours(1)), "1h");
        assert_eq!(duration(Duration::from_secs(90)), "90s");
        assert_eq!(duration(Duration::from_millis(1_500)), "1500ms");
        assert_eq!(duration(Duration::ZERO), "0ms");
    }

    #[test]
    fn a_size_has_its_largest_whole_unit() {
        assert_eq!(size(1 << 30), "1Gi");
        assert_eq!(size(1_536), "1536");
        assert_eq!(size(3 << 10), "3Ki");
        assert_eq!(size(0), "0");
    }
}
