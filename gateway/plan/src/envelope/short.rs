//! What the record of a refusal keeps of a request that anybody may have sent: enough to see what it was, and little
//! enough that a thousand of them are a few megabytes.

use http::{HeaderMap, HeaderValue};

use super::Request;

/// Bytes of a field's value.
const VALUE: usize = 256;

/// Bytes of all fields, names included.
const FIELDS: usize = 4 << 10;

/// Bytes of the path, and of the query.
const TARGET: usize = 1 << 10;

/// Bytes of the method: those that are registered have at most 16.
const METHOD: usize = 32;

/// What stands behind text that was cut.
const CUT: &str = "[cut]";

/// Cuts what is long; leaves out the fields that are too many.
pub(super) fn shorten(request: &mut Request) {
    request.headers = fields(&request.headers);
    cut(&mut request.method, METHOD);
    cut(&mut request.path, TARGET);
    request.query.iter_mut().for_each(|query| cut(query, TARGET));
    cut(&mut request.url, 2 * TARGET);
}

fn fields(all: &HeaderMap) -> HeaderMap {
    let mut left = FIELDS;
    let mut kept = HeaderMap::new();
    for (name, value) in all {
        let value = short(value);
        let size = name.as_str().len() + value.len();
        if size <= left {
            left -= size;
            kept.append(name, value);
        }
    }
    kept
}

fn short(value: &HeaderValue) -> HeaderValue {
    let Some(start) = value.as_bytes().get(..VALUE).filter(|start| start.len() < value.len()) else {
        return value.clone();
    };
    HeaderValue::from_bytes(&[start, CUT.as_bytes()].concat()).unwrap_or_else(|_| HeaderValue::from_static(CUT))
}

fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push_str(CUT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Identity;

    #[test]
    fn long_values_are_cut_and_what_is_too_much_is_left_out() {
        let mut all = HeaderMap::new();
        all.append("x-short", HeaderValue::from_static("as it is"));
        all.append("x-long", HeaderValue::from_str(&"v".repeat(300)).unwrap());
        for _ in 0..40 {
            all.append("x-many", HeaderValue::from_str(&"v".repeat(250)).unwrap());
        }
        all.append("x-last", HeaderValue::from_static("fits"));
        let kept = fields(&all);
        assert_eq!(kept["x-short"], "as it is");
        assert_eq!(kept["x-long"], format!("{}[cut]", "v".repeat(256)));
        assert_eq!(kept.get_all("x-many").iter().count(), 14);
        assert_eq!(kept["x-last"], "fits");
    }

    #[test]
    fn whatever_a_stranger_sends_a_record_is_small() {
        let long = |size: usize| "A".repeat(size);
        let mut request = Request {
            method: long(30_000),
            path: long(8_000),
            query: Some(long(8_000)),
            headers: HeaderMap::new(),
            params: Vec::new(),
            client: std::net::Ipv4Addr::LOCALHOST.into(),
            url: long(16_000),
            identity: Identity { scheme: "public".to_owned(), key: None, subject: None },
            event: None,
            delivery_id: None,
            signature: None,
        };
        shorten(&mut request);
        assert_eq!(request.method, format!("{}[cut]", "A".repeat(32)));
        let size = request.path.len() + request.query.unwrap().len() + request.url.len();
        assert!(size < 4_200, "{size}");
    }

    #[test]
    fn text_is_cut_between_characters() {
        let mut text = "aé".to_owned();
        cut(&mut text, 2);
        assert_eq!(text, "a[cut]");
        let mut text = "ab".to_owned();
        cut(&mut text, 2);
        assert_eq!(text, "ab");
    }
}
