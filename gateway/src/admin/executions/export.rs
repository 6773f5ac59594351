//! Every record that is wanted, newest first, one JSON a line.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::archive::Archive;
use super::query::Wanted;
use super::{Asking, asked, pages, store};
use crate::admin::lines::{self, End, Lines};
use crate::admin::problem::Refusal;
use crate::shared::Shared;

/// The records. What is accepted while they are read is not among them.
pub(super) async fn all(State(shared): State<Arc<Shared>>, asking: Asking) -> Result<Response, Refusal> {
    let wanted = asked(asking)?.whole(shared.clock.now())?;
    store(&shared)?;
    Ok(lines::answer(|lines| async move { write(&shared, wanted, &lines).await }))
}

async fn write(shared: &Shared, mut wanted: Wanted, lines: &Lines) -> Result<(), End> {
    let mut archive = Archive::new(shared)?;
    loop {
        let page = pages::read(shared.runner.store()?, &wanted).await?;
        for row in &page.rows {
            lines.send(&archive.record(row).await?).await?;
        }
        let Some(next) = page.next else { return Ok(()) };
        wanted.go_on(next);
    }
}
