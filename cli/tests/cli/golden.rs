//! Folders of files and what `validate` says of them, for people and for machines. `UPDATE_GOLDEN=1` writes the
//! expectations anew; the change is then read, not believed.

use std::fs;
use std::path::Path;

use crate::support::boathook;

const CASES: &str = "cases/validate";

#[tokio::test]
async fn validate_says_what_each_case_expects() {
    let mut names: Vec<_> = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() > 15, "the cases are not found: {names:?}");
    for case in names {
        let files = case.join("in");
        let folder = files.to_str().unwrap();
        let text = boathook(&["validate", folder]).await;
        expect(&case.join("out.txt"), &format!("exit: {:?}\n{}{}", text.exit, text.err, text.out));
        let json = boathook(&["validate", folder, "-o", "json"]).await;
        assert_eq!(json.exit, text.exit, "{folder}");
        expect(&case.join("out.json"), &json.out);
    }
}

fn expect(file: &Path, actual: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(file, actual).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    assert_eq!(actual, expected, "{}", file.display());
}
