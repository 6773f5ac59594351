//! What a rate lets through, and for whom.

use tokio::time::advance;

use super::*;

fn rate(key: RateKey, requests: u32, per: Duration, burst: u32) -> Rate {
    Rate { key, requests, per_ms: u64::try_from(per.as_millis()).unwrap(), burst }
}

fn rates(stated: &[Rate]) -> Rates {
    Rates::new(stated, &Arc::default())
}

fn at(address: &str) -> IpAddr {
    address.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_burst_comes_at_once_and_then_the_rate() {
    let rates = rates(&[rate(RateKey::Workflow, 10, Duration::from_secs(1), 20)]);
    for _ in 0..20 {
        assert_eq!(rates.workflow(), Ok(()));
    }
    assert_eq!(rates.workflow(), Err(Duration::from_millis(100)));
    advance(Duration::from_millis(99)).await;
    assert_eq!(rates.workflow(), Err(Duration::from_millis(1)));
    advance(Duration::from_millis(1)).await;
    assert_eq!((rates.workflow(), rates.workflow()), (Ok(()), Err(Duration::from_millis(100))));
    advance(Duration::from_hours(1)).await;
    assert_eq!((0..100).filter(|_| rates.workflow().is_ok()).count(), 20, "no more than a burst is saved up");
}

#[tokio::test(start_paused = true)]
async fn each_client_has_the_rate_for_itself() {
    let rates = rates(&[rate(RateKey::ClientIP, 1, Duration::from_mins(1), 1)]);
    for address in ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0:1::1"] {
        assert_eq!(rates.client(at(address)), Ok(()), "{address}");
        assert_eq!(rates.client(at(address)), Err(Duration::from_mins(1)), "{address}");
    }
    assert_eq!(rates.workflow(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn addresses_of_one_site_are_one_client() {
    let rates = rates(&[rate(RateKey::ClientIP, 1, Duration::from_mins(1), 1)]);
    assert_eq!(rates.client(at("2001:db8::1")), Ok(()));
    assert_eq!(rates.client(at("2001:db8::ffff:1:2:3")), Err(Duration::from_mins(1)));
    assert_eq!(rates.client(at("10.0.0.1")), Ok(()));
    assert_eq!(rates.client(at("::ffff:10.0.0.1")), Err(Duration::from_mins(1)));
}

#[tokio::test(start_paused = true)]
async fn several_rates_hold_together() {
    let second = rate(RateKey::ClientIP, 5, Duration::from_secs(1), 5);
    let minute = rate(RateKey::ClientIP, 6, Duration::from_mins(1), 6);
    for order in [[second.clone(), minute.clone()], [minute, second]] {
        let rates = rates(&order);
        assert_eq!((0..10).filter(|_| rates.client(at("10.0.0.1")).is_ok()).count(), 5);
        assert_eq!(rates.client(at("10.0.0.1")), Err(Duration::from_millis(200)));
        advance(Duration::from_secs(1)).await;
        assert_eq!((0..10).filter(|_| rates.client(at("10.0.0.1")).is_ok()).count(), 1);
        assert_eq!(rates.client(at("10.0.0.1")), Err(Duration::from_secs(9)), "the longer of both");
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_rate_refuses_is_spent_by_none() {
    let hour = rate(RateKey::Workflow, 3_000, Duration::from_hours(1), 3_000);
    let second = rate(RateKey::Workflow, 10, Duration::from_secs(1), 10);
    for order in [[hour.clone(), second.clone()], [second, hour]] {
        let rates = rates(&order);
        assert_eq!((0..3_000).filter(|_| rates.workflow().is_ok()).count(), 10);
        assert_eq!(rates.workflow(), Err(Duration::from_millis(100)));
        advance(Duration::from_secs(1)).await;
        assert_eq!((0..3_000).filter(|_| rates.workflow().is_ok()).count(), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn any_number_of_addresses_takes_no_more_room_than_there_is() {
    let addresses = Arc::new(Addresses::default());
    let rates = Rates::new(&[rate(RateKey::ClientIP, 1, Duration::from_hours(24), 1)], &addresses);
    let steady = at("203.0.113.9");
    assert_eq!(rates.client(steady), Ok(()));
    for number in 0..500_000_u32 {
        assert_eq!(rates.client(IpAddr::from(number.to_be_bytes())), Ok(()));
        if number % 1_000 == 0 {
            assert!(rates.client(steady).is_err(), "who keeps coming is not forgotten");
        }
    }
    assert!(addresses.len() <= 131_072, "{} are remembered", addresses.len());
}

#[tokio::test(start_paused = true)]
async fn the_largest_and_the_smallest_rates_are_rates() {
    let largest = rate(RateKey::Workflow, 1_000_000, Duration::from_millis(1), 1_000_000);
    let largest = rates(&[largest]);
    assert_eq!((0..1_000_010).filter(|_| largest.workflow().is_ok()).count(), 1_000_000);
    assert_eq!(largest.workflow(), Err(Duration::from_nanos(1)));
    let slowest = rates(&[rate(RateKey::Workflow, 1, Duration::from_hours(24), 1_000_000)]);
    assert_eq!((0..1_000).filter(|_| slowest.workflow().is_ok()).count(), 365, "a burst of a year");
}
