//! Many executions at once.

use super::*;

/// Words that mean what failed.
const FAILED: [&str; 2] = ["-A", "--phase=Failed"];

fn failed(number: usize) -> (Desk, Vec<String>) {
    let desk = Desk::new();
    for name in 0..number {
        desk.send("shop/broken", &format!("{{\"n\":{name}}}"));
    }
    let ids = desk.ids(&FAILED, number);
    (desk, ids)
}

/// A line on a terminal, with what somebody types.
fn on_a_terminal(desk: &Desk, words: &str, typed: &str) -> String {
    let line = format!("{} executions {words} --admin http://{}", crate::process::BOATHOOK, desk.run.admin);
    let ended = shell(&format!("printf '{typed}\\n' | script -qec '{line}; echo \"exit $?\"' /dev/null"));
    out(&ended).replace('\r', "")
}

#[test]
fn one_is_replayed_without_a_question_and_is_an_execution_of_its_own() {
    let (desk, ids) = failed(1);
    let told = desk.told(&["replay", &ids[0]]);
    let (first, second) = told.trim_end().split_once(" as ").unwrap();
    assert_eq!(first, format!("replayed {}", ids[0]));
    assert_ne!(second, ids[0]);
    assert!(desk.told(&["get", second]).contains(&format!("Replay of: {}\n", ids[0])));
    let only = desk.told(&["replay", &ids[0][..20], "-o", "name"]);
    assert_eq!(normal(&only), "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa\n");
}

#[test]
fn from_the_failed_step_what_was_done_before_it_is_kept() {
    let (desk, ids) = failed(1);
    let told = desk.told(&["replay", &ids[0], "--from-failed-step", "--revision", "current", "-o", "name"]);
    let replayed = told.trim_end();
    desk.ids(&FAILED, 2);
    let steps = |id: &str| -> Vec<(String, String)> {
        let record: serde_json::Value = serde_json::from_str(&desk.told(&["get", id, "-o", "json"])).unwrap();
        let steps = record["status"]["steps"].as_array().unwrap().clone();
        steps.iter().map(|step| (step["place"].to_string(), step["finishedAt"].to_string())).collect()
    };
    let (first, second) = (steps(&ids[0]), steps(replayed));
    assert_eq!(first[0], second[0], "the first step did not run again");
    assert_eq!(first[1].0, second[1].0);
    assert_ne!(first[1].1, second[1].1, "the failed one did");
}

#[test]
fn without_a_terminal_what_is_meant_is_shown_and_nothing_is_done() {
    let (desk, ids) = failed(2);
    let ended = desk.ask(&["replay", "-A"]);
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(out(&ended), "");
    let told = err(&ended);
    assert!(told.starts_with("NAMESPACE  ID"), "{told}");
    assert!(ids.iter().all(|id| told.contains(id)), "{told}");
    assert!(told.ends_with("error: replay 2 executions: nobody can be asked here\ntry: --yes\n"), "{told}");
    desk.ids(&FAILED, 2);
}

#[test]
fn all_that_are_meant_are_replayed_oldest_first_and_summed_up() {
    let (desk, mut ids) = failed(3);
    let ended = desk.ask(&["replay", "-n", "shop", "--workflow", "broken", "--yes"]);
    assert_eq!(ended.status.code(), Some(0), "{}", err(&ended));
    assert_eq!(err(&ended), "replayed 3 of 3 executions\n");
    let told = out(&ended);
    let replayed: Vec<_> = told.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    ids.reverse();
    assert_eq!(replayed, ids);
    desk.ids(&FAILED, 6);
}

#[test]
fn one_that_is_refused_holds_up_no_other_and_is_exit_1() {
    let (desk, ids) = failed(2);
    let ended = desk.ask(&["replay", &ids[0], "ffff", &ids[1]]);
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(out(&ended).lines().count(), 2);
    let expected = "not replayed: ffff: there is no execution ffff, or it is not kept any more\n\
                    replayed 2 of 3 executions, 1 refused\n";
    assert_eq!(err(&ended), expected);
}

#[test]
fn where_nothing_is_meant_nothing_is_done() {
    let desk = Desk::new();
    for (verb, name) in [("replay", "replay"), ("cancel", "cancel")] {
        let ended = desk.ask(&[verb, "-n", "shop"]);
        assert_eq!(ended.status.code(), Some(0));
        assert_eq!(err(&ended), format!("nothing to {name}: no such executions in the namespace shop\n"));
    }
}

#[test]
fn what_has_not_ended_is_cancelled() {
    let desk = Desk::new();
    (0..3).for_each(|_| desk.send("shop/patient", "{}"));
    let ids = desk.ids(&["-A", "--phase", "waiting"], 3);
    assert_eq!(desk.told(&["cancel", &ids[0]]), format!("cancelled {}\n", ids[0]));
    let ended = desk.ask(&["cancel", "-A", "--yes"]);
    assert_eq!((ended.status.code(), err(&ended).as_str()), (Some(0), "cancelled 2 of 2 executions\n"));
    desk.ids(&["-A", "--phase", "Cancelled"], 3);
}

#[test]
fn on_a_terminal_somebody_is_asked_and_no_is_no() {
    let (desk, ids) = failed(2);
    let told = on_a_terminal(&desk, "replay -A", "n");
    assert!(told.contains("replay 2 executions? [y/N] "), "{told}");
    assert!(told.contains("nothing was replayed") && told.contains("exit 1"), "{told}");
    assert!(ids.iter().all(|id| told.contains(id)), "{told}");
    let told = on_a_terminal(&desk, "replay -A", "y");
    assert!(told.contains("replayed 2 of 2 executions") && told.contains("exit 0"), "{told}");
    assert!(told.contains("replaying [") && told.contains("/2 executions"), "a progress bar: {told}");
    desk.ids(&FAILED, 4);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_want_them() {
    let (desk, _) = failed(1);
    assert!(!desk.told(&["list", "-A"]).contains('\x1b'));
    assert!(
        on_a_terminal(&desk, "list -A", "").contains("\x1b[38;5;9mFailed"),
        "{}",
        on_a_terminal(&desk, "list -A", "")
    );
    let line = format!("NO_COLOR=1 {} executions list -A --admin http://{}", crate::process::BOATHOOK, desk.run.admin);
    let plain = out(&shell(&format!("script -qec '{line}' /dev/null < /dev/null")));
    assert!(plain.contains("Failed") && !plain.contains('\x1b'), "{plain}");
}
