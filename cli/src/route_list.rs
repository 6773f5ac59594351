//! Routes as a table, and for each a command that can be pasted and works.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use boathook_gateway::admin::RouteView;
use comfy_table::{Table, presets};

use crate::shell::quote;

/// Where the commands send to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The gateway's port for senders.
    pub listen: SocketAddr,
    /// The files that hold the workflows and their keys.
    pub sources: Vec<PathBuf>,
}

/// The table and, below it, the commands: nothing in them is broken over lines.
pub fn table(routes: &[RouteView], target: &Target, wide: bool) -> String {
    if routes.is_empty() {
        return "no routes: there is no WebhookWorkflow yet".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut header = vec!["NAMESPACE", "WORKFLOW", "METHODS", "URL", "SENDERS"];
    header.extend(if wide { &["MODE", "GENERATION", "REVISION"][..] } else { &[] });
    table.set_header(header);
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    for route in routes {
        table.add_row(row(route, wide));
    }
    let rows: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let commands = routes.iter().filter_map(|route| Some(format!("# {}\n{}", name(route), command(route, target)?)));
    let parts = [rows.join("\n"), commands.collect::<Vec<_>>().join("\n")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn row(route: &RouteView, wide: bool) -> Vec<String> {
    let senders = match route.schemes.as_slice() {
        _ if !has_url(route) => "call steps".to_owned(),
        [] => "public".to_owned(),
        schemes => schemes.join(" "),
    };
    let or_none = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let (methods, url) = (or_none(route.methods.join(",")), or_none(route.url.clone()));
    let mut cells = vec![route.namespace.clone(), route.workflow.clone(), methods, url, senders];
    if wide {
        cells.extend([route.mode.clone(), route.generation.to_string(), route.revision.clone()]);
    }
    cells
}

/// `shop/github-push`
pub fn name(route: &RouteView) -> String {
    format!("{}/{}", route.namespace, route.workflow)
}

/// A command that sends a request which the route admits; none where only `call` steps start the workflow.
pub fn command(route: &RouteView, target: &Target) -> Option<String> {
    let request = if route.schemes.is_empty() { open_request } else { signed_request };
    has_url(route).then(|| request(route, target))
}

/// Whether there is somewhere to send to.
fn has_url(route: &RouteView) -> bool {
    !route.url.is_empty()
}

fn open_request(route: &RouteView, target: &Target) -> String {
    let method = route.methods.first().map_or("POST", String::as_str);
    let mut words = vec!["curl".to_owned(), "-sS".to_owned()];
    if method != "GET" {
        words.extend(["-X".to_owned(), method.to_owned()]);
        words.extend([
            "-H".to_owned(),
            quote("content-type: application/json"),
            "-d".to_owned(),
            quote(&route.sample.to_string()),
        ]);
    }
    words.extend(route.host.iter().flat_map(|host| ["-H".to_owned(), quote(&format!("host: {host}"))]));
    words.push(quote(&format!("http://{}{}", target.listen, sample(&route.path))));
    words.join(" ")
}

fn signed_request(route: &RouteView, target: &Target) -> String {
    let files = target.sources.iter().map(|path| quote(&path.display().to_string())).collect::<Vec<_>>().join(" ");
    let mut words = vec![invocation(), "send".to_owned(), files, "--workflow".to_owned(), name(route)];
    words.extend(["--data".to_owned(), quote(&route.sample.to_string())]);
    if target.listen != SocketAddr::from(([127, 0, 0, 1], 8080)) {
        words.extend(["--url".to_owned(), format!("http://{}", target.listen)]);
    }
    words.join(" ")
}

/// A path that the pattern matches: `/github/{repo}` → `/github/repo`.
pub fn sample(pattern: &str) -> String {
    pattern.replace("{*", "{").replace(['{', '}'], "")
}

/// How this program is called: by name where that finds it, else by its path.
pub fn invocation() -> String {
    let Ok(program) = std::env::current_exe() else { return "boathook".to_owned() };
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("boathook")).find(|found| found.is_file());
    if found.is_some_and(|found| is_same(&found, &program)) { "boathook".to_owned() } else { nearby(&program) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Relative where it is below the current folder.
fn nearby(program: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| program.strip_prefix(here).ok().map(|below| Path::new(".").join(below)));
    quote(&below.unwrap_or_else(|| program.to_owned()).display().to_string())
}

#[cfg(test)]
mod tests {
    use boathook_plan::json::Json;

    use super::*;

    fn route() -> RouteView {
        RouteView {
            namespace: "shop".to_owned(),
            workflow: "orders".to_owned(),
            url: "https://hooks.example.com/orders/{id}".to_owned(),
            host: None,
            path: "/orders/{id}".to_owned(),
            methods: vec!["POST".to_owned()],
            schemes: Vec::new(),
            mode: "Sync".to_owned(),
            generation: 1,
            revision: "8f0c".to_owned(),
            sample: Json::object([("name", Json::text("it's"))]),
        }
    }

    fn target(port: u16) -> Target {
        Target {
            listen: ([127, 0, 0, 1], port).into(),
            sources: vec![PathBuf::from("my hooks"), PathBuf::from("keys.yaml")],
        }
    }

    #[test]
    fn a_command_goes_to_the_port_that_listens_with_the_host_that_is_asked_for() {
        let route = RouteView { host: Some("shop.example.com".to_owned()), ..route() };
        assert_eq!(
            command(&route, &target(8080)).unwrap(),
            r#"curl -sS -X POST -H 'content-type: application/json' -d '{"name":"it'\''s"}' -H 'host: shop.example.com' "#
                .to_owned()
                + "http://127.0.0.1:8080/orders/id"
        );
    }

    #[test]
    fn a_get_has_no_body() {
        let route = RouteView { methods: vec!["GET".to_owned()], path: "/files/{*rest}".to_owned(), ..route() };
        assert_eq!(command(&route, &target(9000)).unwrap(), "curl -sS http://127.0.0.1:9000/files/rest");
    }

    #[test]
    fn a_signed_route_names_its_files_and_any_port_but_the_usual_one() {
        let route = RouteView { schemes: vec!["GitHub".to_owned()], ..route() };
        let usual = command(&route, &target(8080)).unwrap();
        assert!(usual.contains(" send 'my hooks' keys.yaml --workflow shop/orders --data '{\"name\":"), "{usual}");
        assert!(!usual.contains("--url"), "{usual}");
        let other = command(&route, &target(9000)).unwrap();
        assert!(other.ends_with(" --url http://127.0.0.1:9000"), "{other}");
    }

    #[test]
    fn what_only_calls_start_has_no_command() {
        let route = RouteView { url: String::new(), path: String::new(), methods: Vec::new(), ..route() };
        let table = table(&[route], &target(8080), false);
        let cells: Vec<_> = table.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(cells, ["shop", "orders", "-", "-", "call", "steps"]);
    }

    #[test]
    fn no_routes_are_said_and_not_drawn() {
        assert_eq!(table(&[], &target(8080), false), "no routes: there is no WebhookWorkflow yet");
    }
}
