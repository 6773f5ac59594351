//! Compares an object with what was applied by the fields that were applied, and no other.

use serde_json::{Map, Value};

/// The part of `object` that `wanted` speaks of. Lists are compared item by item: one that somebody lengthens is another.
pub(super) fn project(object: &Value, wanted: &Value) -> Value {
    match (object, wanted) {
        (Value::Object(object), Value::Object(wanted)) => {
            let members = wanted.iter().map(|(name, wanted)| {
                let member = object.get(name).unwrap_or(&Value::Null);
                (name.clone(), project(member, wanted))
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        (Value::Array(items), Value::Array(wanted)) => {
            let nothing = Value::Null;
            let wanted = wanted.iter().chain(std::iter::repeat(&nothing));
            items.iter().zip(wanted).map(|(item, wanted)| project(item, wanted)).collect()
        }
        (other, _) => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::project;

    #[test]
    fn only_what_was_applied_is_looked_at() {
        let wanted = json!({"spec": {"replicas": 1, "items": [{"name": "a"}]}});
        let seen = json!({"spec": {"replicas": 2, "other": 3, "items": [{"name": "a", "b": 1}]}, "status": {}});
        assert_eq!(project(&seen, &wanted), json!({"spec": {"replicas": 2, "items": [{"name": "a"}]}}));
    }

    #[test]
    fn a_list_that_somebody_lengthens_is_another() {
        let wanted = json!([{"name": "a"}]);
        assert_ne!(project(&json!([{"name": "a"}, {"name": "b"}]), &wanted), project(&json!([{"name": "a"}]), &wanted));
    }

    #[test]
    fn what_somebody_took_away_is_missed() {
        assert_eq!(project(&json!({}), &json!({"labels": {"a": "b"}})), json!({"labels": null}));
    }
}
