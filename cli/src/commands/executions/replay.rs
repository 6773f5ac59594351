//! `boathook executions replay`

use boathook_gateway::admin::{ReplayRequest, Replayed, Revision, Start};
use boathook_plan::execution::Phase;
use clap::ValueEnum;

use super::bulk::{Verb, Which, each};
use super::segment;
use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};

const VERB: Verb = Verb {
    name: "replay",
    done: "replayed",
    doing: "replaying",
    possible: &[Phase::Failed, Phase::Succeeded, Phase::Cancelled],
    usual: &[Phase::Failed],
};

/// Arguments of `executions replay`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
A replay is an execution of its own, with the request of the first one. From the start all steps run
again, with new idempotency keys. From the failed step what was done before it is kept, and the failed
step has the idempotency key that it had: a target that knows these does nothing twice.

Example: all that failed in the last day, from where they failed
  boathook executions replay -A --since 24h --from-failed-step")]
pub struct Args {
    #[command(flatten)]
    which: Which,

    /// Begin at the step that failed
    #[arg(long)]
    from_failed_step: bool,

    /// The revision of the workflow to run
    #[arg(long, value_enum, default_value_t = Of::Original)]
    revision: Of,

    /// How to print the new ones [default: for people]
    #[arg(short, long, value_enum)]
    output: Option<IdFormat>,

    #[command(flatten)]
    port: Port,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// The one that it ran
    Original,
    /// The one that is served now
    Current,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum IdFormat {
    /// Ids, one a line
    Name,
}

/// Replays.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { which, from_failed_step, revision, output, port } = args;
    let request = ReplayRequest {
        from: if from_failed_step { Start::FailedStep } else { Start::Start },
        revision: match revision {
            Of::Original => Revision::Original,
            Of::Current => Revision::Current,
        },
    };
    let Some(ids) = which.agreed(VERB, &port, console).await? else { return Err(Failure::no("nothing was replayed")) };
    let port = &port;
    each(VERB, ids, console, |id| async move {
        let path = format!("v1/executions/{}/replay", segment(&id));
        let Replayed { replay_of, execution_id } = port.post(&path, &request).await?;
        Ok(match output {
            None => format!("replayed {replay_of} as {execution_id}"),
            Some(IdFormat::Name) => execution_id.to_string(),
        })
    })
    .await
}
