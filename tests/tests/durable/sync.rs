//! SIGKILL at each system call by which something becomes durable or visible, one after the other.

use std::os::unix::process::ExitStatusExt as _;

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::injection::Injection;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::server::Server;

use crate::load;

/// Deliveries of one walk: enough for the calls of accept, claim, journal and finish to be met.
const DELIVERIES: usize = 6;

/// The calls by which SQLite and we make things durable or visible while a store is in use, and at which of them a sample
/// is killed. The bundled SQLite knows no `fdatasync`.
const CALLS: [(&str, usize); 2] = [("fsync", 3), ("pwrite64", 40)];

/// The calls of a start that makes a store.
const MAKING: [(&str, usize); 5] = [("fsync", 3), ("pwrite64", 40), ("ftruncate", 2), ("unlink", 2), ("rename", 1)];

/// The numbers of the calls at which there is a kill.
fn numbers(campaign: &mut Campaign, stride: usize) -> impl Iterator<Item = usize> + use<> {
    let stride = campaign.scale(stride, 1);
    let first = 1 + campaign.chance.usize(0..stride);
    (first..).step_by(stride)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_sigkill_at_every_call_that_makes_it_durable() {
    let mut campaign = Campaign::begin("sync");
    let lab = Lab::new(None).await;
    let mut killed = 0;
    for (call, stride) in CALLS {
        let before = killed;
        for number in numbers(&mut campaign, stride) {
            let mut server = Server::start(&lab.place);
            server.inject(&Injection { call, what: "signal=SIGKILL", number });
            load::some(&lab.sender, &format!("{call}-{number}"), DELIVERIES, &mut campaign.chance).await;
            lab.idle(&mut server).await;
            // The calls of a good end belong to the walk.
            let end = server.stop();
            if end.code() == Some(0) {
                break;
            }
            assert_eq!(end.signal(), Some(9), "{call} {number}: {}", server.messages());
            killed += 1;
        }
        assert!(killed > before, "no {call} was met");
    }
    lab.settle().await;
    campaign.done(&format!("{killed} of {killed} kills, {} deliveries promised and kept", lab.sender.promised()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_making_was_ended_at_any_call_is_made_by_the_next_process() {
    let mut campaign = Campaign::begin("sync");
    let mut killed = 0;
    for (call, stride) in MAKING {
        for number in numbers(&mut campaign, stride) {
            let lab = Lab::new(None).await;
            let mut server = Server::spawn(&lab.place, Some(&Injection { call, what: "signal=SIGKILL", number }));
            if server.ready() {
                break;
            }
            assert_eq!(server.ended().and_then(|end| end.signal()), Some(9), "{call} {number}: {}", server.messages());
            killed += 1;
            server.kill();
            let _server = Server::start(&lab.place);
            load::some(&lab.sender, "made", 1, &mut campaign.chance).await;
            assert_eq!(lab.sender.promised(), 1, "killed at {call} {number}");
        }
    }
    assert!(killed > 6, "only {killed} kills: the walk met no calls");
    campaign.done(&format!("{killed} of {killed} kills at start"));
}
