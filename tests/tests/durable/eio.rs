//! Errors of the disk at each system call by which something becomes durable, one after the other.

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::injection::Injection;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::server::Server;

use crate::load;

/// Deliveries of one walk.
const DELIVERIES: usize = 6;

/// The calls that can fail, and at which of them a sample does.
const FAILING: [(&str, usize); 2] = [("fsync", 5), ("pwrite64", 60)];

/// The calls that can want for room.
const WANTING: [(&str, usize); 1] = [("pwrite64", 60)];

/// A server that meets an error while it accepts and runs a few deliveries; `None` when the walk is over, for it had no
/// such call any more.
async fn meet(lab: &Lab, injection: &Injection, campaign: &mut Campaign) -> Option<Server> {
    let mut server = Server::start(&lab.place);
    server.inject(injection);
    let name = format!("{}-{}", injection.call, injection.number);
    load::some(&lab.sender, &name, DELIVERIES, &mut campaign.chance).await;
    lab.idle(&mut server).await;
    server.was_injected().then_some(server)
}

/// The numbers of the calls that fail.
fn numbers(campaign: &mut Campaign, stride: usize) -> impl Iterator<Item = usize> + use<> {
    let stride = campaign.scale(stride, 1);
    (1 + campaign.chance.usize(0..stride)..).step_by(stride)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_disk_ends_the_process_and_the_next_one_recovers() {
    let mut campaign = Campaign::begin("eio");
    let lab = Lab::new(None).await;
    let mut failed = 0;
    for (call, stride) in FAILING {
        let before = failed;
        for number in numbers(&mut campaign, stride) {
            let injection = Injection { call, what: "error=EIO", number };
            let Some(mut server) = meet(&lab, &injection, &mut campaign).await else { break };
            assert_eq!(server.end().code(), Some(3), "{injection:?}: {}", server.messages());
            assert!(server.messages().contains("the store failed"), "{}", server.messages());
            failed += 1;
        }
        assert!(failed > before, "no {call} failed");
    }
    lab.settle().await;
    campaign
        .done(&format!("{failed} of {failed} failed calls, {} deliveries promised and kept", lab.sender.promised()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_finds_no_room_ends_nothing() {
    let mut campaign = Campaign::begin("eio");
    let lab = Lab::new(None).await;
    let mut refused = 0;
    for (call, stride) in WANTING {
        for number in numbers(&mut campaign, stride) {
            let injection = Injection { call, what: "error=ENOSPC", number };
            let Some(mut server) = meet(&lab, &injection, &mut campaign).await else { break };
            lab.sender.insist().await;
            lab.drained(&server).await;
            assert!(server.ended().is_none(), "{injection:?}: {}", server.messages());
            refused += 1;
        }
    }
    lab.settle().await;
    assert!(refused > 0, "no call was refused");
    campaign
        .done(&format!("{refused} of {refused} refused calls, {} deliveries promised and kept", lab.sender.promised()));
}
