//! Tests of `place`.

use super::*;

const EXECUTION: Uuid = Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0001);

fn delivery(workflow: &str, key: &str) -> Seed {
    Seed::Delivery { workflow: workflow.into(), key: key.into() }
}

#[test]
fn a_place_is_the_path_of_the_calling_steps() {
    let place = Place::step("tidy").within("save");
    assert_eq!(place.as_str(), "tidy/save");
    assert_eq!(place.name(), "save");
    assert_eq!(Place::on_failure().within("save").as_str(), "$onFailure/save");
}

#[test]
fn a_key_is_the_same_for_the_same_seed_and_place_for_ever() {
    let key = Seed::Execution(EXECUTION).idempotency_key(&Place::step("save"));
    assert_eq!(key.to_string(), "9f79123b-854d-8250-91ef-c45e714505cf");
    let key = delivery("uid", "7").idempotency_key(&Place::step("save"));
    assert_eq!(key.to_string(), "bb631e92-4fff-852d-a20a-d807d6959ad0");
}

#[test]
fn a_key_has_the_form_of_a_uuid_of_version_8() {
    let key = delivery("uid", "7").idempotency_key(&Place::step("save"));
    assert_eq!((key.get_version_num(), key.get_variant()), (8, uuid::Variant::RFC4122));
}

#[test]
fn parts_of_a_seed_cannot_run_into_each_other() {
    let place = Place::step("save");
    assert_ne!(delivery("ab", "c").idempotency_key(&place), delivery("a", "bc").idempotency_key(&place));
    assert_ne!(delivery("a", "b").idempotency_key(&place), delivery("a", "bsave").idempotency_key(&Place::step("")));
}

#[test]
fn a_fraction_is_spread_over_the_unit_interval() {
    let place = Place::step("save");
    let fractions: Vec<_> = (0..1_000).map(|number| place.fraction(EXECUTION, number)).collect();
    assert!(fractions.iter().all(|fraction| (0.0..1.0).contains(fraction)));
    let mean = fractions.iter().sum::<f64>() / 1_000.0;
    assert!((0.45..0.55).contains(&mean), "{mean}");
}
