//! The streams of a command: data on standard output, everything else on standard error.
//!
//! Colours only where a person looks: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>). A reader that
//! went away (`boathook routes | head`) ends the command quietly. Decides nothing of what is written.

use std::io::{ErrorKind, IsTerminal as _, Write};

use crate::failure::{Exit, Failure};

/// The two streams, and whether each shows colours.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    colours: Colours,
    terminals: Terminals,
}

/// Which streams are terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input: somebody can be asked.
    pub input: bool,
    /// Standard output.
    pub out: bool,
    /// Standard error.
    pub err: bool,
}

/// Which streams show colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colours {
    /// Standard output.
    pub out: bool,
    /// Standard error.
    pub err: bool,
}

impl Console {
    /// The process's own streams.
    pub fn process() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let terminals = Terminals {
            input: std::io::stdin().is_terminal(),
            out: std::io::stdout().is_terminal(),
            err: std::io::stderr().is_terminal(),
        };
        let colours = Colours { out: wanted && terminals.out, err: wanted && terminals.err };
        Self { out: Box::new(std::io::stdout()), err: Box::new(std::io::stderr()), colours, terminals }
    }

    /// Other streams, without colours.
    pub fn new(out: impl Write + Send + 'static, err: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), err: Box::new(err), colours: Colours::default(), terminals: Terminals::default() }
    }

    /// Which streams show colours.
    pub fn colours(&self) -> Colours {
        self.colours
    }

    /// Which streams are terminals.
    pub fn terminals(&self) -> Terminals {
        self.terminals
    }

    /// Data: the text and, where it has none, a line's end.
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        write(&mut self.out, text).map_err(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                return Failure::silent(Exit::Done);
            }
            Failure::stuck(format!("write to standard output: {error}"))
        })
    }

    /// Something for a person. Nobody can be told when it cannot be written.
    pub fn say(&mut self, text: &str) {
        let _nobody_is_left_to_tell = write(&mut self.err, text);
    }

    /// A question, whose answer is written behind it.
    pub fn ask(&mut self, question: &str) {
        let _nobody_is_left_to_ask = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
    }

    /// A failure, and the next thing to try.
    pub fn fail(&mut self, failure: &Failure) {
        if !failure.message.is_empty() {
            self.say(&format!("{} {}", self.mark("error:", "31"), failure.message));
        }
        if let Some(next) = &failure.next {
            self.say(&format!("{} {next}", self.mark("try:", "36")));
        }
    }

    fn mark(&self, text: &str, colour: &str) -> String {
        if self.colours.err { format!("\x1b[1;{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn write(to: &mut dyn Write, text: &str) -> std::io::Result<()> {
    to.write_all(text.as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        to.write_all(b"\n")?;
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_ends_the_command_quietly() {
        let mut console = Console::new(Broken(ErrorKind::BrokenPipe), io::sink());
        assert_eq!(console.print("x"), Err(Failure::silent(Exit::Done)));
    }

    #[test]
    fn a_full_disk_is_told() {
        let mut console = Console::new(Broken(ErrorKind::StorageFull), io::sink());
        let failure = console.print("x").unwrap_err();
        assert_eq!(failure.exit, Exit::Stuck);
        assert!(failure.message.starts_with("write to standard output: "), "{}", failure.message);
    }
}
