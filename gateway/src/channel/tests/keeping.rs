//! The last table, served after a restart with nobody connected.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[tokio::test]
async fn the_last_table_is_served_after_a_restart_with_nobody_connected() {
    let site = Site::start().await;
    let mut operator = site.operator().await;
    operator.put(&Message::full("a").put(&hello())).await;
    operator.put(&Message::since("a", "b").put(&plan("other", "/other"))).await;
    drop(operator);
    let site = site.restart().await;
    assert_eq!((site.post("/hello").await, site.post("/other").await), (200, 200));
    assert!(site.ready().await);
    let acknowledgement = site.operator().await.put(&Message::since("b", "c").remove(&hello())).await;
    assert_eq!(acknowledgement, served("c"), "what is kept is what changes are made to");
    assert_eq!((site.post("/hello").await, site.post("/other").await), (404, 200));
}

#[tokio::test]
async fn what_is_kept_is_for_its_owner_alone_and_always_whole() {
    let site = Site::start().await;
    std::fs::write(site.folder.path().join("table/routes.next"), "left half-way").unwrap();
    site.operator().await.put(&Message::full("a").put(&hello())).await;
    let kept = site.folder.path().join("table");
    let names: Vec<_> = std::fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["routes"]);
    assert_eq!(std::fs::metadata(kept.join("routes")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_damaged_table_is_not_served_and_the_next_one_is() {
    let mut site = Site::start().await;
    let kept = site.folder.path().join("table/routes");
    for damage in [Damage::Flip(0.3), Damage::Flip(0.9), Damage::Flip(1.0), Damage::Cut(0.5), Damage::Cut(0.0)] {
        site.operator().await.put(&Message::full("a").put(&hello())).await;
        let mut bytes = std::fs::read(&kept).unwrap();
        damage.to(&mut bytes);
        std::fs::write(&kept, bytes).unwrap();
        site = site.restart().await;
        assert!(!site.ready().await, "{damage:?}");
    }
    site.operator().await.put(&Message::full("b").put(&hello())).await;
    let site = site.restart().await;
    assert_eq!(site.post("/hello").await, 200);
}

/// What becomes of a file, at a part of its length.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip(f64),
    Cut(f64),
}

impl Damage {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a small file"
    )]
    fn to(self, bytes: &mut Vec<u8>) {
        let place = |part: f64| ((bytes.len() - 1) as f64 * part) as usize;
        match self {
            Self::Flip(part) => {
                let place = place(part);
                bytes[place] ^= 1;
            }
            Self::Cut(part) => {
                let place = place(part);
                bytes.truncate(place);
            }
        }
    }
}

#[tokio::test]
async fn a_volume_that_cannot_be_written_keeps_nothing_from_being_served() {
    let site = Site::start().await;
    std::fs::remove_dir(site.folder.path().join("table")).unwrap();
    assert_eq!(site.operator().await.put(&Message::full("a").put(&hello())).await, served("a"));
    assert_eq!(site.post("/hello").await, 200);
}
