//! `boathook store check`: what is damaged or gone, and what to do about it.

use boathook_gateway::store::upkeep::{self, Counts, Cure, Damage, Report, UpkeepError};
use tokio::task::spawn_blocking;

use super::{Place, failure};
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::report::counted;

/// Arguments of `store check`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Looks at every page, at the checksum of every row, at the counts of rows and at the last commit that
was promised. Ends with 0 where all is sound, with 1 where damage was found, with 3 where it cannot
look: the store must be in nobody's use. A copy can be looked at instead (boathook store backup).")]
pub struct Args {
    #[command(flatten)]
    place: Place,

    /// Go on without what is gone: what is counted as lost is told, and not missed from then on
    #[arg(long)]
    accept_loss: bool,
}

/// Looks, and accepts a loss where it is told to.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { place, accept_loss } = args;
    if accept_loss {
        return accept(&place, console).await;
    }
    let report = super::blocking(&place, upkeep::check).await?;
    tell(&report, &place, console)
}

async fn accept(place: &Place, console: &mut Console) -> Result<Exit, Failure> {
    let path = place.path().to_owned();
    let done = spawn_blocking(move || upkeep::accept_loss(&path)).await;
    let done = done.map_err(|error| Failure::stuck(format!("look after the store: {error}")))?;
    match done {
        Ok(accepted) => {
            for lost in &accepted.lost {
                console.print(&format!("accepted: {lost}"))?;
            }
            if accepted.lost.is_empty() {
                console.print("nothing is gone: nothing was changed")?;
            }
            tell(&accepted.left, place, console)
        }
        Err(UpkeepError::BeyondLoss { report, .. }) => {
            tell(&report, place, console)?;
            Err(Failure::no("what is damaged cannot be counted as lost: nothing was changed"))
        }
        Err(error) => Err(failure(&error, place)),
    }
}

/// Prints what was found, and what to do.
pub(super) fn tell(report: &Report, place: &Place, console: &mut Console) -> Result<Exit, Failure> {
    for damage in &report.damage {
        console.print(&format!("damage: {damage}"))?;
    }
    console.print(&summary(report))?;
    if report.damage.is_empty() {
        return Ok(Exit::Done);
    }
    let mut cures: Vec<_> = report.damage.iter().map(Damage::cure).collect();
    cures.sort_unstable();
    cures.dedup();
    for cure in cures {
        console.print(&format!("to do: {}", advice(cure, place)))?;
    }
    Ok(Exit::No)
}

fn summary(report: &Report) -> String {
    let Counts { commits, executions, payloads, entries, requests, keys } = report.counts;
    let parts = [
        (executions, "execution"),
        (payloads, "delivery"),
        (entries, "journal entry"),
        (requests, "refused request"),
        (keys, "deduplication key"),
        (commits, "commit"),
    ];
    let parts: Vec<_> = parts.into_iter().map(|(number, thing)| plural(number, thing)).collect();
    let verdict = match report.damage.len() {
        0 => "sound".to_owned(),
        found => format!("not sound: {}", counted(found, "finding")),
    };
    format!("{verdict}: {}", parts.join(", "))
}

/// `1 delivery`, `2 deliveries`
fn plural(number: u64, thing: &str) -> String {
    match thing.strip_suffix('y').filter(|stem| number != 1 && !stem.ends_with('e')) {
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {thing}{}", if number == 1 { "" } else { "s" }),
    }
}

fn advice(cure: Cure, place: &Place) -> String {
    let data = place.word();
    match cure {
        Cure::Restore => format!(
            "restore a backup (move {data} away, copy the backup to it); without one, start with another --data DIR"
        ),
        Cure::Key => format!(
            "put store.key of a backup into {data}; without it executions that need the entries are set aside as failed"
        ),
        Cure::AcceptLoss => {
            format!("restore a backup, or go on without what is gone: boathook store check --data {data} --accept-loss")
        }
        Cure::Start => {
            "start `boathook run`: it sets damaged executions aside as failed (reason Damaged), forgets damaged \
                        deduplication keys, whose deliveries may run again, and writes a new witness"
                .to_owned()
        }
        Cure::Time => {
            "nothing: what was set aside is listed as failed and is deleted 30 days later; a damaged request is \
                       not listed"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn things_are_counted_in_english() {
        for (number, thing, expected) in [
            (1, "delivery", "1 delivery"),
            (2, "delivery", "2 deliveries"),
            (0, "journal entry", "0 journal entries"),
            (1, "deduplication key", "1 deduplication key"),
            (2, "deduplication key", "2 deduplication keys"),
        ] {
            assert_eq!(plural(number, thing), expected);
        }
    }
}
