//! `boathook executions cancel`

use boathook_gateway::admin::Cancelled;
use boathook_plan::execution::Phase;

use super::bulk::{Verb, Which, each};
use super::segment;
use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};

const VERB: Verb = Verb {
    name: "cancel",
    done: "cancelled",
    doing: "cancelling",
    possible: &[Phase::Queued, Phase::Running, Phase::Waiting],
    usual: &[Phase::Queued, Phase::Running, Phase::Waiting],
};

/// Arguments of `executions cancel`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
What has not begun or waits ends at once. What runs ends as soon as its run hears of it: a call that is
under way is given up, and whether its target did what it was asked is not known.")]
pub struct Args {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    port: Port,
}

/// Cancels.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { which, port } = args;
    let Some(ids) = which.agreed(VERB, &port, console).await? else { return Err(Failure::no("nothing was cancelled")) };
    let port = &port;
    each(VERB, ids, console, |id| async move {
        let Cancelled { execution_id, ended } =
            port.post(&format!("v1/executions/{}/cancel", segment(&id)), &serde_json::json!({})).await?;
        Ok(if ended {
            format!("cancelled {execution_id}")
        } else {
            format!("cancelling {execution_id}: it is running")
        })
    })
    .await
}
