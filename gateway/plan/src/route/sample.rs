//! A body in which every path is there that a workflow reads: what a first request to it may look like.

use crate::json::{Json, Projection};

/// Each member that is read holds its own name as text; where nothing or all of a body is read, it has no members.
pub(super) fn body(wanted: &Projection) -> Json {
    match wanted {
        Projection::Nothing | Projection::All => Json::object([]),
        Projection::Members(members) => {
            Json::object(members.iter().map(|(name, within)| (&**name, member(name, within))))
        }
    }
}

fn member(name: &str, wanted: &Projection) -> Json {
    match wanted {
        Projection::Nothing | Projection::All => Json::text(name),
        Projection::Members(_) => body(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_that_is_read_is_there() {
        let mut wanted = Projection::nothing();
        assert_eq!(body(&wanted).to_string(), "{}");
        for path in [&["repository", "full_name"][..], &["ref"]] {
            wanted.add(path.iter().copied());
        }
        assert_eq!(body(&wanted).to_string(), r#"{"ref":"ref","repository":{"full_name":"full_name"}}"#);
        assert_eq!(body(&Projection::all()).to_string(), "{}");
    }
}
