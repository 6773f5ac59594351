//! Power cuts of a disk under load.

use boathook_tests::durable::campaign::Campaign;
use boathook_tests::durable::disk::Disk;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::server::Server;

use crate::load::Load;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_power_cuts() {
    let mut campaign = Campaign::begin("power");
    let ground = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(ground.path(), 1_024);
    let lab = Lab::new(Some(&disk.path().join("data"))).await;
    let cuts = campaign.scale(100, 1_000);
    for cut in 0..cuts {
        let mut server = Server::start(&lab.place);
        let load = Load::begin(&lab.sender, &format!("cut{cut}"), 1_000, &mut campaign.chance);
        let wanted = lab.sender.promised() + campaign.chance.usize(1..40);
        lab.promised(&mut server, wanted).await;
        lab.sender.cut_off(true);
        disk.cut();
        server.kill();
        load.end().await;
        lab.sender.cut_off(false);
        disk.restore();
    }
    lab.settle().await;
    campaign.done(&format!("{cuts} of {cuts} cuts, {} deliveries promised and kept", lab.sender.promised()));
}
