//! The tables of README.md that are written from the code, and the proof that they are current.
//! `UPDATE_TYPES=1 cargo test` writes them anew.

use crate::decision::{DropCode, WarningCode};
use crate::live_check::FindingCode;
use crate::problem::ProblemCode;
use crate::settings::read::Setting as _;
use crate::settings::shape::{Member, Shape};
use crate::settings::{RowMapping, Settings};
use crate::twilio::response::ReplyCode;
use crate::twilio::webhook::RefusalCode;
use crate::types::{file, updating};

fn settings_tables() -> String {
    let mut out = String::new();
    let mut seen = Vec::new();
    table_of(&Settings::shape(), &mut seen, &mut out);
    out
}

fn table_of(shape: &Shape, seen: &mut Vec<&'static str>, out: &mut String) {
    match shape {
        Shape::Object(name, doc, members) if !seen.contains(name) => {
            seen.push(name);
            if matches!(RowMapping::shape(), Shape::Object(row, ..) if row == *name) {
                out.push_str(
                    "\n#### RowMapping\n\nThe same as a mapping, without `name`, `enabled`, `trigger` and `turns_true`.\n",
                );
                return;
            }
            out.push_str(&format!(
                "\n#### {name}\n\n{doc}\n\n| setting | type | meaning |\n|---|---|---|\n"
            ));
            for Member { name, doc, required, shape } in members {
                let required = if *required { " (required)" } else { "" };
                out.push_str(&format!("| `{name}` | {} | {doc}{required} |\n", kind_of(shape)));
            }
            members.iter().for_each(|member| table_of(&member.shape, seen, out));
        }
        Shape::List(item, ..) | Shape::Map(item) => table_of(item, seen, out),
        _ => {}
    }
}

fn kind_of(shape: &Shape) -> String {
    match shape {
        Shape::Any => "any".to_owned(),
        Shape::Bool => "boolean".to_owned(),
        Shape::Choice(names) if names.len() <= 4 => {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        }
        Shape::Choice(_) | Shape::Secret(..) | Shape::Text(..) => "text".to_owned(),
        Shape::Either(_) => "value".to_owned(),
        Shape::Integer(min, max) => format!("{min} to {max}"),
        Shape::List(item, ..) => format!("list of {}", kind_of(item)),
        Shape::Map(value) => format!("object of {}", kind_of(value)),
        Shape::Number => "number".to_owned(),
        Shape::Object(name, ..) => format!("[{name}](#{})", name.to_lowercase()),
    }
}

fn codes(rows: impl Iterator<Item = (&'static str, String, String)>) -> String {
    let mut out = "\n| code | what happened | what to do |\n|---|---|---|\n".to_owned();
    for (code, cause, fix) in rows {
        out.push_str(&format!("| `{code}` | {cause} | {fix} |\n"));
    }
    out
}

fn replies() -> String {
    let mut out =
        "\n| outcome | code | what happened | what to do |\n|---|---|---|---|\n".to_owned();
    let mut rows: Vec<ReplyCode> = ReplyCode::ALL.to_vec();
    rows.sort_by_key(|reply| (reply.verdict().code(), reply.code()));
    for reply in rows {
        let (verdict, code) = (reply.verdict().code(), reply.code());
        out.push_str(&format!(
            "| {verdict} | `{code}` | {} | {} |\n",
            reply.meaning(),
            reply.remedy()
        ));
    }
    out
}

fn refusals() -> String {
    let rows = RefusalCode::ALL.iter();
    codes(rows.map(|c| (c.code(), c.meaning().to_owned(), c.fix().to_owned())))
}

fn findings() -> String {
    let mut out =
        "\n| level | code | what was found | what to do |\n|---|---|---|---|\n".to_owned();
    for finding in FindingCode::ALL {
        let level = format!("{:?}", finding.level()).to_lowercase();
        let code = finding.code();
        out.push_str(&format!(
            "| {level} | `{code}` | {} | {} |\n",
            finding.meaning(),
            finding.fix()
        ));
    }
    out
}

fn sections() -> [(&'static str, String); 7] {
    let drops = DropCode::ALL.iter();
    let warnings = WarningCode::ALL.iter();
    let problem = |warning: bool| move |code: &&ProblemCode| code.is_warning() == warning;
    let row = |code: &ProblemCode| (code.code(), code.meaning().to_owned(), code.fix().to_owned());
    let problems = ProblemCode::ALL.iter();
    [
        ("settings", settings_tables()),
        ("drops", codes(drops.map(|c| (c.code(), c.meaning().to_owned(), c.fix().to_owned())))),
        (
            "warnings",
            codes(warnings.map(|c| (c.code(), c.meaning().to_owned(), c.fix().to_owned()))),
        ),
        ("replies", replies()),
        ("refusals", refusals()),
        ("findings", findings()),
        (
            "problems",
            codes(problems.clone().filter(problem(false)).map(row))
                + "\nAnd these are warnings: such settings send.\n"
                + &codes(problems.filter(problem(true)).map(row)),
        ),
    ]
}

#[test]
fn tables_are_current() {
    let (path, found) = file("../README.md");
    let mut written = found.clone();
    for (name, table) in sections() {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let (before, rest) = written.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        written = format!("{before}{begin}{table}\n{end}{after}");
    }
    if updating() {
        std::fs::write(path, written).unwrap();
        return;
    }
    assert!(found == written, "README.md's tables are stale: run UPDATE_TYPES=1 cargo test");
}
