//! Runs that end by a fault of ours, or whose route is replaced; the others are in the tests of the request path.

use boathook_plan::http_step::Origin;
use boathook_plan::machine::{Alarm, Effect, EventKind};
use uuid::Uuid;

use super::effects::{Effects, Next};
use super::*;
use crate::testing::{App, plan, route};

mod live;

#[tokio::test]
async fn a_run_that_ends_without_an_outcome_is_counted_as_failed() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let served = app.shared.routes.find("h", "/hello").unwrap().served;
    let run = Run { served, execution: Uuid::nil(), request_id: "r".into(), over: false };
    drop(run);
    assert_eq!(app.executions("Failed"), 1);
}

#[tokio::test]
async fn a_sender_whose_run_is_lost_is_told_500() {
    let (sender, answer) = oneshot::channel();
    drop(sender);
    let reply = reply(answer, "r").await;
    assert_eq!(reply.status, 500);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
}

#[tokio::test(start_paused = true)]
async fn a_turn_comes_back_behind_a_task_that_waited() {
    let app = App::new([route(plan("hello", "/hello"))]);
    let served = app.shared.routes.find("h", "/hello").unwrap().served;
    let run = Run { served, execution: Uuid::nil(), request_id: "r".into(), over: false };
    let mut effects = Effects::new(&app.shared, &run, Origin::default(), None);
    effects.perform(vec![Effect::Alarm(Alarm::Turn, std::time::Duration::ZERO)]);
    let other = tokio::spawn(async {});
    assert!(matches!(effects.next().await, Next::Event(EventKind::Due(Alarm::Turn))));
    assert!(other.is_finished());
}
