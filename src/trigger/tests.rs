use super::*;

/// An event from JSON.
fn event(json: &str) -> Value<'static> {
    fn convert(json: serde_json::Value) -> Value<'static> {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Bool(truth),
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
            serde_json::Value::String(text) => Value::from(text),
            serde_json::Value::Array(items) => {
                Value::List(items.into_iter().map(convert).collect())
            }
            serde_json::Value::Object(members) => {
                Value::Map(members.into_iter().map(|(k, v)| (k.into(), convert(v))).collect())
            }
        }
    }
    convert(serde_json::from_str(json).unwrap())
}

fn matches(source: &str, json: &str) -> bool {
    let trigger = Trigger::parse(source).unwrap();
    let event = event(json);
    trigger.matches(&|index| trigger.paths()[index].find(&event))
}

#[track_caller]
fn check(source: &str, matching: &[&str], other: &[&str]) {
    for json in matching {
        assert!(matches(source, json), "`{source}` should match {json}");
    }
    for json in other {
        assert!(!matches(source, json), "`{source}` should not match {json}");
    }
}

/// The caret stands below the column of the error.
#[track_caller]
fn refuses(source: &str, caret: &str, message: &str) {
    let error = Trigger::parse(source).unwrap_err();
    assert_eq!((error.column, error.message.as_str()), (caret.chars().count(), message));
}

#[test]
fn a_bare_name_is_a_track_event() {
    for source in ["Order Completed", "  Order Completed\n"] {
        check(
            source,
            &[r#"{"type":"track","event":"Order Completed"}"#],
            &[
                r#"{"type":"track","event":"Order Refunded"}"#,
                r#"{"type":"identify","event":"Order Completed"}"#,
                r#"{"event":"Order Completed"}"#,
            ],
        );
    }
    for name in ["Terms and Conditions", "[App] Opened", "a.b", "Größe, neu", "type", "5"] {
        assert!(matches(name, &format!(r#"{{"type":"track","event":"{name}"}}"#)), "{name}");
    }
    check("properties.vip", &[r#"{"properties":{"vip":true}}"#], &[r#"{"properties":{}}"#]);
    check("userId in [5]", &[r#"{"userId":5}"#], &[r#"{"type":"track","event":"userId in [5]"}"#]);
}

#[test]
fn values_are_not_converted() {
    check(r#"properties.n = 5"#, &[r#"{"properties":{"n":5}}"#], &[r#"{"properties":{"n":"5"}}"#]);
    check(
        r#"properties.n = "5""#,
        &[r#"{"properties":{"n":"5"}}"#],
        &[r#"{"properties":{"n":5}}"#],
    );
    check(r#"userId = 5"#, &[r#"{"userId":"5"}"#], &[r#"{"userId":5}"#]);
    check(
        "properties.n != 5",
        &[r#"{"properties":{"n":6}}"#],
        &[r#"{"properties":{"n":"6"}}"#, "{}", r#"{"properties":{"n":5}}"#],
    );
    check(
        r#"properties.n != "5""#,
        &["{}", r#"{"properties":{"n":5}}"#, r#"{"properties":{"n":null}}"#],
        &[r#"{"properties":{"n":"5"}}"#],
    );
    check(
        r#"properties.n >= "-2.50""#,
        &[r#"{"properties":{"n":-2.5}}"#],
        &[r#"{"properties":{"n":"3"}}"#, r#"{"properties":{"n":-3}}"#],
    );
    check(
        "traits.out != true",
        &["{}", r#"{"traits":{"out":false}}"#, r#"{"traits":{"out":1}}"#],
        &[r#"{"traits":{"out":true}}"#, r#"{"traits":{"out":"true"}}"#],
    );
}

#[test]
fn missing_and_null_are_the_same_to_null() {
    let absent = ["{}", r#"{"traits":null}"#, r#"{"traits":{"phone":null}}"#];
    let present = [r#"{"traits":{"phone":""}}"#, r#"{"traits":{"phone":0}}"#];
    check("traits.phone = null", &absent, &present);
    check("traits.phone != null", &present, &absent);
    check("event = null", &["{}"], &[r#"{"event":"null"}"#]);
}

#[test]
fn functions_want_texts() {
    let texts = [r#"{"event":"Order Completed"}"#];
    let others = ["{}", r#"{"event":5}"#, r#"{"event":["Order"]}"#, r#"{"event":null}"#];
    check(r#"contains(event, "Order")"#, &texts, &others);
    check(r#"!contains(event, "Refund")"#, &texts, &others);
    check(r#"match(event, "*Completed")"#, &texts, &others);
    check(r#"!match(event, "*Refunded")"#, &texts, &others);
    check(r#"!(contains(event, "Order"))"#, &others, &texts);
    check(r#"lowercase(event) = "order completed""#, &texts, &others);
    check(r#"contains(lowercase(event), "order c")"#, &texts, &others);
    check(r#"lowercase(event) in ["order completed"]"#, &texts, &others);
    check(r#"lowercase(event) != "order completed""#, &others, &texts);
    check("length(event) = 15", &texts, &others);
}

#[test]
fn lengths_are_bytes_and_items() {
    check("length(event) = 3", &[r#"{"event":"ア"}"#, r#"{"event":[1,2,3]}"#], &["{}"]);
    check("length(event) = 0", &["{}", r#"{"event":null}"#, r#"{"event":""}"#], &[]);
    check("length(event) != 3", &["{}"], &[r#"{"event":5}"#, r#"{"event":{}}"#]);
}

#[test]
fn types_have_their_documented_names() {
    for (kind, value) in [
        ("string", r#""a""#),
        ("number", "1"),
        ("bool", "true"),
        ("boolean", "false"),
        ("list", "[]"),
        ("null", "null"),
        ("object", "{}"),
    ] {
        let json = format!(r#"{{"a":{value}}}"#);
        assert!(matches(&format!(r#"typeof(a) = "{kind}""#), &json), "{kind}");
        assert!(!matches(&format!(r#"typeof(a) != "{kind}""#), &json), "{kind}");
    }
    check(r#"typeof(a) = "null""#, &["{}"], &[]);
}

#[test]
fn lists() {
    check(
        r#"type in ["track", 'page', 5, null]"#,
        &[r#"{"type":"track"}"#, r#"{"type":"page"}"#, r#"{"type":5}"#, "{}"],
        &[r#"{"type":"screen"}"#, r#"{"type":"5"}"#],
    );
    check(
        r#""b" in properties.list"#,
        &[r#"{"properties":{"list":["a","b"]}}"#],
        &[r#"{"properties":{"list":["a"]}}"#, r#"{"properties":{"list":"b"}}"#, "{}"],
    );
}

#[test]
fn and_binds_more_tightly_than_or() {
    let all = |source: &str| {
        (0..8)
            .filter(|bits| {
                let json = format!(
                    r#"{{"a":{},"b":{},"c":{}}}"#,
                    bits & 4 != 0,
                    bits & 2 != 0,
                    bits & 1 != 0
                );
                matches(source, &json)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(all("a = true or b = true and c = true"), [3, 4, 5, 6, 7]);
    assert_eq!(all("a = true and b = true or c = true"), [1, 3, 5, 6, 7]);
    assert_eq!(all("(a = true or b = true) and c = true"), [3, 5, 7]);
    assert_eq!(all("!(a = true or b = true) and c = true"), [1]);
    assert_eq!(all("!a and !(b)or c = true"), [0, 1, 3, 5, 7]);
}

#[test]
fn paths_are_written_in_many_ways() {
    let paths = |source: &str| {
        let trigger = Trigger::parse(source).unwrap();
        trigger.paths().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(paths(r"properties.product\ 1.price = 1"), ["properties.product 1.price"]);
    assert_eq!(paths(r"properties.items\[0\].sku = 1"), ["properties.items[0].sku"]);
    assert_eq!(paths(r"properties.items[0].sku = 1"), ["properties.items[0].sku"]);
    assert_eq!(paths(r"context.app\.name = 1"), ["context[\"app.name\"]"]);
    assert_eq!(paths(r#"context["app.name"].x>1"#), ["context[\"app.name\"].x"]);
    assert_eq!(
        paths("properties.order-id = 1 and properties.or = 2"),
        ["properties.order-id", "properties.or"]
    );
    assert_eq!(paths("a = 1 or b = 2 or a = 3"), ["a", "b"]);
    assert_eq!(paths(r"properties.\0 = 1 and \and = 2"), ["properties.0", "and"]);
}

#[test]
fn reads_own_properties_only() {
    check("__proto__ != null", &[r#"{"__proto__":{}}"#], &["{}"]);
    check("properties.constructor.name != null", &[], &[r#"{"properties":{}}"#]);
    check("properties.__proto__ = null", &[r#"{"properties":{}}"#], &[]);
    check("properties.text.length > 0", &[], &[r#"{"properties":{"text":"abc"}}"#]);
    check("properties.a.b = 0", &[], &[r#"{"properties":{"a":0}}"#]);
}

#[test]
fn errors_name_the_column_and_what_was_expected() {
    refuses("", "^", "expected a condition; an event's name may stand in `event = \"…\"`");
    refuses(
        "type = ",
        "       ^",
        "expected a value: a text in quotes, a number, `true`, `false` or `null`",
    );
    refuses(
        "type = track",
        "       ^",
        "expected a value: a text in quotes, a number, `true`, `false` or `null`",
    );
    refuses("type == 'track'", "      ^", "write `=`, not `==`");
    refuses("type = 'track", "             ^", "expected a closing quote");
    refuses("größe = 'ü' xor", "            ^", "expected `and`, `or` or the end");
    refuses("type = 'a' and", "              ^", "expected a condition");
    refuses("type = 'a' and and", "               ^", "expected a condition");
    refuses("(type = 'a'", "           ^", "expected `and`, `or` or `)`");
    refuses("type = 'a')", "          ^", "this `)` closes nothing");
    refuses("()", " ^", "expected a condition");
    refuses("type 'a' = 5", "     ^", "expected `=` or another comparison");
    refuses("not contains(a, 'b')", "^", "write `!( … )` for `not`");
    refuses("! contains(a, 'b')", " ^", "expected no space after `!`");
    refuses("!a = 5", " ^", "`!` needs parentheses here: `!( … )`");
    refuses("!!(a = 5)", " ^", "expected a condition");
    refuses("5 = a", "  ^", "expected `in`; in a comparison the path comes first");
    refuses("a = 5x", "     ^", "expected the number to end here");
    refuses("a = 5.", "      ^", "expected a digit");
    refuses("a = -", "     ^", "expected a digit");
    refuses("a > 'x'", "    ^", "expected a number");
    refuses("a >= true", "     ^", "expected a number");
    refuses("contains(a)", "          ^", "expected `,`");
    refuses("contains(a, b)", "            ^", "expected a text in quotes");
    refuses("contains(a, 'b'", "               ^", "expected `)`");
    refuses("contains(length(a), 'b')", "         ^", "expected a path or `lowercase(…)`");
    refuses("match(a, 'x[b')", "             ^", "the pattern ends too early");
    refuses(
        "upper(a) = 'b'",
        "^",
        "expected a path, `contains`, `length`, `lowercase`, `match` or `typeof`",
    );
    refuses("length(a)", "         ^", "expected `=` or another comparison");
    refuses("length(a) = 'b'", "            ^", "expected a number");
    refuses(
        "typeof(a) = 'text'",
        "            ^",
        "expected `string`, `number`, `bool`, `list`, `object` or `null`",
    );
    refuses("typeof(a) > 'list'", "            ^", "`typeof` is compared by `=` or `!=`");
    refuses("a in \"b\"", "     ^", "expected `[`");
    refuses(
        "a in []  ",
        "      ^",
        "expected a value: a text in quotes, a number, `true`, `false` or `null`",
    );
    refuses("a in ['b' 'c']", "          ^", "expected `,` or `]`");
    refuses("a.0.b = 1", "  ^", "expected a name; an index stands in brackets: `[0]`");
    refuses("a..b = 1", "  ^", "expected a name");
    refuses("a[x] = 1", "  ^", "expected an index or a quoted name");
    refuses("a[0 = 1", "   ^", "expected `]`");
    refuses("a[100001] = 1", "        ^", "an index may be at most 100000");
    refuses("a[00] = 1", "    ^", "an index has no leading zeros");
    refuses("a = 1 and b; = 2", "           ^", "this character has no meaning outside quotes");
    refuses(r"a = 1 and b\", "            ^", "expected a character after `\\`");
    let error = Trigger::parse("Wow!").unwrap_err();
    assert!(error.message.ends_with("; an event's name may stand in `event = \"…\"`"));
    assert_eq!(error.to_string().split(':').next(), Some("column 4"));
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Trigger::parse(&nested(32)).is_ok());
    assert_eq!(Trigger::parse(&nested(33)).unwrap_err().column, 33);
    assert_eq!(Trigger::parse(&"(".repeat(4096)).unwrap_err().column, 33);
    assert_eq!(Trigger::parse(&"!(".repeat(2048)).unwrap_err().column, 66);

    let many = |count: usize| vec!["a = 1"; count].join(" or ");
    assert!(Trigger::parse(&many(256)).is_ok());
    let error = Trigger::parse(&many(257)).unwrap_err();
    assert_eq!(
        (error.column, error.message.as_str()),
        (256 * 9 + 1, "a trigger may have at most 256 conditions")
    );

    assert!(Trigger::parse(&"x".repeat(4096 - 30)).is_ok());
    assert_eq!(Trigger::parse(&"x".repeat(4097)).unwrap_err().column, 1);
}

#[test]
fn no_piece_of_a_trigger_panics() {
    let source = r#"!match(lowercase(a\ b), "ü?[a-z]*") and (b[0]["c.d"] in [1, 'é', null] or
        "x" in e) or typeof(f) != 'bool' and !g and length(h) >= -2.5 and i = +3"#;
    assert!(Trigger::parse(source).is_ok());
    let chars: Vec<char> = source.chars().collect();
    for from in 0..chars.len() {
        for to in from..chars.len() {
            let inside: String = chars[from..to].iter().collect();
            let outside: String = chars[..from].iter().chain(&chars[to..]).collect();
            for piece in [inside, outside] {
                if let Err(error) = Trigger::parse(&piece) {
                    assert!((1..=piece.chars().count() + 1).contains(&error.column));
                }
            }
        }
    }
}

#[test]
fn explains_each_condition() {
    let source = r#"type = "track" and (properties.total >= 100 or !contains(event, "Test"))
        and !(traits.out = true) and traits.phone != null and length(traits.tags) > 0"#;
    let trigger = Trigger::parse(source).unwrap();
    let event = event(
        r#"{"type":"track","event":"Test 1","properties":{"total":"250"},"traits":{"out":false,"tags":7}}"#,
    );
    let checks = trigger.explain(&|index| trigger.paths()[index].find(&event));
    let told: Vec<_> = checks
        .iter()
        .map(|check| (check.text.as_str(), check.path.to_string(), check.holds, check.why.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (r#"type = "track""#, "type".to_owned(), true, "holds"),
            (
                "properties.total >= 100",
                "properties.total".to_owned(),
                false,
                "is a string, not a number"
            ),
            (r#"!contains(event, "Test")"#, "event".to_owned(), false, "is what it must not be"),
            ("traits.out = true", "traits.out".to_owned(), false, "differs"),
            ("traits.phone != null", "traits.phone".to_owned(), false, "absent"),
            (
                "length(traits.tags) > 0",
                "traits.tags".to_owned(),
                false,
                "is a number, not a string or array"
            ),
        ]
    );
}

#[test]
fn debug_shows_no_source() {
    let trigger = Trigger::parse(r#"traits.phone = "+447700900123""#).unwrap();
    let checks = trigger.explain(&|_| None);
    let shown = format!("{trigger:?} {checks:?}");
    assert!(shown.contains("traits") && !shown.contains("7700"), "{shown}");
    let error = Trigger::parse(r#"traits.phone = "+447700900123" +447700900123"#).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("7700"));
}

#[test]
fn knows_a_trigger_for_every_track_event() {
    for source in [
        r#"type = "track""#,
        r#"(type = "track" or type = "identify")"#,
        r#"type != "identify""#,
        r#"event != """#,
        "event != null",
        "type != null",
        r#"type in ["track", "page"]"#,
        r#"match(type, "tr*") and contains(event, "")"#,
        r#"match(event, "*") and length(event) > 0"#,
        r#"!(type = "identify" or event = "")"#,
        r#"type = "track" or properties.total > 5"#,
        r#"typeof(event) = "string""#,
        r#"lowercase(type) = "track""#,
        "!event",
    ] {
        assert!(Trigger::parse(source).unwrap().matches_every_track(), "{source}");
    }
    for source in [
        "Order Completed",
        r#"type = "identify""#,
        r#"type = "track" and properties.total > 5"#,
        r#"event != "Order Refunded""#,
        r#"match(event, "?*x")"#,
        "userId != null",
        "length(event) > 1",
        r#"type = "track" and (type = "page" or event = "a")"#,
        r#"!contains(event, "")"#,
    ] {
        assert!(!Trigger::parse(source).unwrap().matches_every_track(), "{source}");
    }
}

#[test]
fn the_lint_takes_linear_time() {
    let deep = (0..31).fold("a = 1".to_owned(), |inner, _| format!("b = 2 and (c = 3 or {inner})"));
    assert!(!Trigger::parse(&deep).unwrap().matches_every_track());
}
