//! SIGKILL at random instants.

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::server::Server;

use crate::load::Load;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_sigkill_at_random_instants() {
    let mut campaign = Campaign::begin("kill");
    let lab = Lab::new(None).await;
    let kills = campaign.scale(10, 50);
    let each = campaign.scale(1_000, 5_000) / kills;
    for kill in 0..kills {
        let mut server = Server::start(&lab.place);
        // More than can be sent before the kill: it must hit a server at work.
        let load = Load::begin(&lab.sender, &format!("kill{kill}"), 2 * each, &mut campaign.chance);
        let wanted = lab.sender.promised() + each + campaign.chance.usize(0..each);
        lab.promised(&mut server, wanted).await;
        server.kill();
        load.end().await;
    }
    lab.settle().await;
    campaign.done(&format!("{kills} of {kills} kills, {} deliveries promised and kept", lab.sender.promised()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_loses_nothing_and_ends_well() {
    let mut campaign = Campaign::begin("kill");
    let lab = Lab::new(None).await;
    let stops = campaign.scale(3, 20);
    for stop in 0..stops {
        let mut server = Server::start(&lab.place);
        let load = Load::begin(&lab.sender, &format!("stop{stop}"), 1_000, &mut campaign.chance);
        let wanted = lab.sender.promised() + campaign.chance.usize(1..100);
        lab.promised(&mut server, wanted).await;
        assert_eq!(server.stop().code(), Some(0), "{}", server.messages());
        load.end().await;
    }
    lab.settle().await;
    campaign.done(&format!("{stops} of {stops} stops, {} deliveries promised and kept", lab.sender.promised()));
}
