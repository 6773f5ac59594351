//! placeholder
#[test]
fn version() { println!("{}", env!("CARGO_BIN_EXE_boathook")); }
