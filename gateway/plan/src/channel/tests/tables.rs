//! Tables: their text, and their way.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const EDGE: &str = r#""edge":{"tls":[{"host":"shop.example.com","pair":{"chain":"CHAIN","key":"dGxzLWtleQ=="}}],"accessLog":"Errors"},"alive":["u-9"]"#;

/// `{plan, keys}` of [`plan`] and [`keys`], as the first version packed it.
const ROUTE: &str = "KLUv/WTTAd0NACacTyJAa5wD+Ddqr7a2kHr1o8hSvWWcj3A5+pXZgCPuiDOKohwIQgBGAEQAKXG7o88L5X137LtuOThlwqbsqDLKHU4J5abNW+7tDadoBAC08tJAJ2vmGSsnQ8qslc8WtH9Wc2gyHKcOP5TbSsiPilNEGpx8eJhgdweN7iCUH9YTsXbnIGvKnFiTEFziHcxmFTR1mKbilEB/+yzXUAc5ec+WG/Bf8zT5xQlBECShvAcP6p/mOenQPeU8a4v9rXSK8bGsM/Ctt+6ObcvprcllmbVoBRb9NoX2DqEdWrhOMVkoP7aWOydnwgIrR4sqyxMC+h2nbxuGYW8FMUYrFA0lX4CCIAhYKiSY1SNJUrTCWWBwiIgB5qO0DGB+keLH4jnDNorRYUuBVNMpWTX47t2yCDg0czl9czGU35v7a433rnGGAzIgIEKFnLMbIAsgMYyxYC7K5ulkswythnUT3cSvaz9UukKr7BXQvjWddnYIgBBW4pI5l34GQxTh+gpWVv5quHQzmZYli4uQvC1b1gmGKsj0LZJ0zgdWQxLGBEmD7xWQ7FM2gM5qYK+scV5ypEaOsOUNW/RMm+WsW8UONnLqPg==";

#[test]
fn a_whole_table_is_written_so() {
    assert_eq!(
        text(&header(Extent::Full, 1).line()),
        format!(r#"{{"version":1,"revision":"a-2","full":true,"changes":1,{EDGE}}}"#) + "\n"
    );
    let put = Change::Put { revision: "r".to_owned(), route: serde_json::from_str(r#""KLUv""#).unwrap() };
    assert_eq!(
        text(&put.line(&workflow("hello", "u-1"))),
        r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"},"revision":"r","route":"KLUv"}"#.to_owned()
            + "\n"
    );
}

#[test]
fn what_changes_of_a_table_is_written_so() {
    assert_eq!(
        text(&header(Extent::Since(revision("a-1")), 1).line()),
        format!(r#"{{"version":1,"revision":"a-2","full":false,"base":"a-1","changes":1,{EDGE}}}"#) + "\n"
    );
    assert_eq!(
        text(&Change::Remove.line(&workflow("hello", "u-1"))),
        r#"{"remove":{"namespace":"shop","name":"hello","uid":"u-1"}}"#.to_owned() + "\n"
    );
}

#[test]
fn a_route_of_the_first_version_is_still_read() {
    let packed: Packed = serde_json::from_str(&format!(r#""{ROUTE}""#)).unwrap();
    let Unpacked { plan: read, keys } = packed.unpack(&workflow("hello", "u-1")).unwrap();
    assert_eq!(read, plan());
    let Some(KeyValue::Bytes(key)) = &keys.schemes[0][0] else { panic!("a key") };
    assert!(key.0.matches(b"signing-key"));
    assert!(keys.schemes[0][1].is_none());
    assert!(keys.secrets["token"].0.matches(b"step-token"));
}

#[test]
fn a_packed_route_is_what_it_was_and_another_workflows_is_refused() {
    let packed = Packed::pack(&plan(), &keys()).unwrap();
    assert_eq!(packed.unpack(&workflow("hello", "u-1")).unwrap().plan, plan());
    assert_eq!(packed.fingerprint(), Packed::pack(&plan(), &keys()).unwrap().fingerprint());
    assert_ne!(packed.fingerprint(), Packed::pack(&plan(), &Keys::default()).unwrap().fingerprint());
    for other in [workflow("hello", "u-2"), workflow("other", "u-1")] {
        assert_eq!(packed.unpack(&other).unwrap_err(), PackedFault::Workflow);
    }
}

#[test]
fn nothing_of_a_key_is_printed() {
    let packed = Packed::pack(&plan(), &keys()).unwrap();
    let header = header(Extent::Full, 0);
    let change = Change::Put { revision: "r".to_owned(), route: packed.clone() };
    let shown = format!("{packed:?} {header:?} {change:?} {:?}", packed.unpack(&workflow("hello", "u-1")));
    for told in ["signing-key", "c2lnbmluZy1rZXk", "step-token", "c3RlcC10b2tlbg", "tls-key", "dGxzLWtleQ", "KLUv"] {
        assert!(!shown.contains(told), "{told} in {shown}");
    }
}

#[test]
fn an_answer_is_written_so() {
    let rejected = Rejection {
        workflow: workflow("late", "u-3"),
        winner: Some(workflow("hello", "u-1")),
        reason: "shop/hello has its path".to_owned(),
    };
    let answer = Acknowledgement { revision: revision("a-2"), rejected: vec![rejected], edge: None };
    let literal = r#"{"revision":"a-2","rejected":[{"workflow":{"namespace":"shop","name":"late","uid":"u-3"},"winner":{"namespace":"shop","name":"hello","uid":"u-1"},"reason":"shop/hello has its path"}]}"#;
    assert_eq!(serde_json::to_string(&answer).unwrap(), literal);
    assert_eq!(serde_json::from_str::<Acknowledgement>(literal).unwrap(), answer);
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let header = r#"{"version":1,"new":[1],"revision":"a","full":true,"changes":1,"edge":{"new":{}}}"#;
    let line = r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1","new":1},"revision":"r","route":"KLUv","new":{}}"#;
    let message = read(format!("{header}\n{line}\n").as_bytes()).unwrap();
    assert_eq!(message.header.revision, revision("a"));
    assert!(matches!(&message.changes[&workflow("hello", "u-1")], Change::Put { revision, .. } if revision == "r"));
    let answer = r#"{"revision":"a","rejected":[],"new":true}"#;
    assert!(serde_json::from_str::<Acknowledgement>(answer).is_ok());
}

/// A change of the workflow of each name.
fn changes() -> impl Strategy<Value = BTreeMap<WorkflowRef, Option<String>>> {
    let named = ("[a-z]{1,8}", "[a-z0-9-]{1,12}").prop_map(|(name, uid)| workflow(&name, &uid));
    proptest::collection::btree_map(named, proptest::option::of("[0-9a-f]{1,64}"), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_message_is_the_same_however_it_is_cut(
        changes in changes(),
        sizes in proptest::collection::vec(1_usize..64, 1..32),
        is_ended in any::<bool>(),
    ) {
        let route = Packed::pack(&plan(), &keys()).unwrap();
        let mut sent = header(Extent::Since(revision("a-1")), changes.len()).line().to_vec();
        for (workflow, put) in &changes {
            let put = put.clone().map(|revision| Change::Put { revision, route: route.clone() });
            sent.extend_from_slice(&put.unwrap_or(Change::Remove).line(workflow));
        }
        if !is_ended {
            sent.pop();
        }
        let mut reader = TableReader::default();
        let (mut rest, mut sizes) = (sent.as_slice(), sizes.into_iter().cycle());
        while !rest.is_empty() {
            let (now, later) = rest.split_at(sizes.next().unwrap().min(rest.len()));
            reader.push(now).unwrap();
            rest = later;
        }
        let message = reader.finish().unwrap();
        prop_assert_eq!(message.header.extent, Extent::Since(revision("a-1")));
        prop_assert_eq!(message.header.alive, ["u-9".to_owned()].into());
        prop_assert!(message.header.edge.tls.unwrap()[0].pair.as_ref().unwrap().key.0.matches(b"tls-key"));
        let arrived: BTreeMap<_, _> = message.changes.into_iter().map(|(workflow, change)| match change {
            Change::Put { revision, route: arrived } => {
                assert_eq!(arrived.fingerprint(), route.fingerprint());
                (workflow, Some(revision))
            }
            Change::Remove => (workflow, None),
        }).collect();
        prop_assert_eq!(arrived, changes);
    }
}
