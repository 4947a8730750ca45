//! What templates print, what they refuse, and what they do without a value.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_772_348_709_042);

fn event() -> Value<'static> {
    let text = |text: &'static str| Value::from(text);
    let map = |members: Vec<(&'static str, Value<'static>)>| {
        Value::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    };
    map(vec![
        ("name", text("Ada")),
        ("empty_name", text("")),
        ("space", text(" \u{a0}\n")),
        ("nothing", Value::Null),
        ("no", Value::Bool(false)),
        ("yes", Value::Bool(true)),
        ("count", 3.0.into()),
        ("price", 19.99.into()),
        ("long", text("one two  three four")),
        ("sly", text("{{ name }}{% if %}")),
        ("html", text("<b>&\"'")),
        ("date", text("2026-01-02T03:04:05Z")),
        ("emoji", text("😀é")),
        ("First name", text("Grace")),
        ("tags", Value::List(vec![text("a"), text("b"), text("c")])),
        ("none", Value::List(vec![])),
        ("holes", Value::List(vec![Value::Null, text("")])),
        ("items", Value::List(vec![map(vec![("sku", text("X1")), ("size", text("XL"))])])),
        (
            "traits",
            map(vec![("first_name", text("Ada")), ("a.b", 1.0.into()), ("size", Value::Null)]),
        ),
        ("things", map(vec![("x", 1.0.into()), ("y", 2.0.into())])),
    ])
}

fn render(source: &str, missing: Missing) -> Result<String, RenderError> {
    let template = Template::parse(source).unwrap();
    let event = event();
    let mut out = String::new();
    let lookup = |path: usize| template.paths()[path].find(&event);
    template.render(&lookup, missing, NOW, &mut out).map(|()| out)
}

/// What comes out under either policy.
#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(render(source, Missing::Blank).as_deref(), Ok(expected), "{source}");
    assert_eq!(render(source, Missing::Drop).as_deref(), Ok(expected), "{source}");
}

/// What comes out as Liquid does it, and which path is missed if nothing may be missing.
#[track_caller]
fn check_missing(source: &str, blank: &str, path: &str) {
    assert_eq!(render(source, Missing::Blank).as_deref(), Ok(blank), "{source}");
    let Err(RenderError::Missing { path: missed }) = render(source, Missing::Drop) else {
        panic!("{source} needs a value");
    };
    assert_eq!(Template::parse(source).unwrap().paths()[missed].to_string(), path, "{source}");
}

#[track_caller]
fn check_error(source: &str, column: usize, message: &str) {
    let error = Template::parse(source).unwrap_err();
    assert!(error.message.starts_with(message), "{source}: {error}");
    assert_eq!((error.line, error.column), (1, column), "{source}: {error}");
}

#[test]
fn every_way_of_writing_a_path_reaches_the_value() {
    check("Hi {{name}}!", "Hi Ada!");
    check("{{ $.name }}{{{ name }}}{{{$.traits.first_name}}}", "AdaAdaAda");
    check("{{ $[\"First name\"] }} {{ ['First name'] }}", "Grace Grace");
    check("{{ traits['a.b'] }} {{ items[0].sku }} {{ items.0.sku }} {{ tags[ 1 ] }}", "1 X1 X1 b");
    check("{{ tags.first }}{{ tags.last }}{{ tags.size }}{{ items.first.sku }}", "ac3X1");
    check("{{ items.first.size }} {{ things.size }} {{ name.size }} {{ emoji.size }}", "XL 2 3 3");
    check("{{ html }} {{ sly }}", "<b>&\"' {{ name }}{% if %}");
}

#[test]
fn inherited_names_are_absent() {
    for name in
        ["__proto__", "constructor", "toString", "traits.__proto__", "tags.length", "name.length"]
    {
        check_missing(&format!("{{{{ {name} }}}}"), "", name);
    }
}

#[test]
fn every_filter_does_its_part() {
    check("{{ name | append: '!' | prepend: \"Hi \" }}", "Hi Ada!");
    check(
        "{{ 'aDA lOVE' | capitalize }} {{ name | upcase }} {{ name | downcase }}",
        "Ada love ADA ada",
    );
    check(
        "{{ date | date: '%d.%m.%Y' }} {{ 0 | date: '%Y' }} {{ '86400' | date: '%j' }}",
        "02.01.2026 1970 002",
    );
    check("{{ 'now' | date }}", "Sunday, March 1, 2026 at 7:05 am +0000");
    check("{{ name | date: '%Y' }}", "Ada");
    check(
        "{{ absent | default: 'there' }} {{ no | default: 'x' }} {{ none | default: 'y' }}",
        "there x y",
    );
    check(
        "{{ 7 | divided_by: 2 }} {{ count | times: 2 }} {{ count | plus: '4' }} {{ count | minus: 0.5 }}",
        "3.5 6 7 2.5",
    );
    check("{{ tags | first }}{{ tags | last }}{{ name | first }}{{ name | last }}", "acAa");
    check("{{ tags | join }}|{{ tags | join: ', ' }}|{{ tags }}", "a b c|a, b, c|abc");
    check(
        "{{ 'a-b-c' | remove: '-' }} {{ 'a-b-c' | replace: '-', '+' }} {{ 'ab' | replace: '', '.' }}",
        "abc a+b+c a.b",
    );
    check(
        "{{ price | round }} {{ 1.005 | round: 2 }} {{ -2.5 | round }} {{ 1234 | round: -2 }}",
        "20 1.01 -3 1200",
    );
    check("{{ tags | size }} {{ emoji | size }} {{ count | size }}", "3 3 0");
    check("{{ 'a,b,,' | split: ',' | size }} {{ 'a😀b' | split: '' | join: '-' }}", "2 a-😀-b");
    check("[{{ '\u{feff} x \n' | strip }}]", "[x]");
    check(
        "{{ long | truncate: 10 }}|{{ long | truncate: 5, '…' }}|{{ emoji | truncate: 2 }}|{{ long | truncate: 1 }}",
        "one two...|one …|😀é|...",
    );
    check(
        "{{ long | truncatewords: 2 }}|{{ long | truncatewords: 9 }}",
        "one two...|one two three four",
    );
    check("{{ html | url_encode }} {{ 'é a~' | url_encode }}", "%3Cb%3E%26%22' %C3%A9+a~");
}

#[test]
fn branches_follow_their_conditions() {
    check("{% if count > 2 %}many{% elsif count == 2 %}two{% else %}few{% endif %}", "many");
    check("{% if count > 3 %}many{% elsif count == 3 %}three{% else %}few{% endif %}", "three");
    check("{% if count > 3 %}many{% elsif count < 3 %}less{% else %}just{% endif %}", "just");
    check("{% unless name == 'Ada' %}a{% elsif yes %}b{% else %}c{% endunless %}", "b");
    check("{% unless no %}a{% endunless %}{% unless yes %}b{% else %}c{% endunless %}", "ac");
    check(
        "{% case count %}{% when 1, 2 %}low{% when 3 or 4 %}mid{% else %}high{% endcase %}",
        "mid",
    );
    check("{% case count %} {% when 3 %}a{% when 4 %}b{% when 3 %}c{% else %}d{% endcase %}", "ac");
    check(
        "{% case count %}{% when 3 %}{% case name %}{% when 'Ada' %}a{% endcase %}\
         {% when 'Ada' %}b{% else %}c{% endcase %}",
        "a",
    );
    check("{% case name | downcase %}{% when 'x' %}a{% else %}b{% endcase %}", "b");
    check("{% case absent %}{% when nil %}none{% endcase %}", "none");
    check("a{% comment %} {{ x | y }} {% if %} {% endcomment %}b", "ab");
    check(
        "{% if no %}x{% endif %}y{% if yes %}{% if no %}1{% else %}2{% endif %}{% endif %}",
        "y2",
    );
}

#[test]
fn conditions_are_liquids() {
    let holds = |condition: &str| {
        let text = render(&format!("{{% if {condition} %}}1{{% endif %}}"), Missing::Drop).unwrap();
        text == "1"
    };
    for condition in [
        "name",
        "empty_name",
        "0",
        "name == 'Ada'",
        "name!=\"Bob\"",
        "count >= 3",
        "count <= 3.0",
        "'b' > 'a'",
        "'10' < '9'",
        "'10' > 9",
        "name contains 'd'",
        "tags contains 'b'",
        "long contains 'two'",
        "absent == nil",
        "nothing == absent",
        "absent == blank",
        "space == blank",
        "none == empty",
        "no == blank",
        "empty_name == empty",
        "tags == tags",
        "things == things",
        "yes or no and no",
        "no and no or yes == false",
        "no or no or yes",
        "name and count and tags",
    ] {
        let expected = condition != "no and no or yes == false";
        assert_eq!(holds(condition), expected, "{condition}");
    }
    for condition in [
        "no",
        "absent",
        "nothing",
        "nil",
        "count == '3'",
        "absent < 1",
        "nothing < 1",
        "nil < 1",
        "space == empty",
        "absent == empty",
        "empty == empty",
        "things == traits",
        "name contains absent",
        "absent contains 'x'",
        "things contains 'x'",
        "things < 1",
        "yes and no",
    ] {
        assert!(!holds(condition), "{condition}");
    }
}

#[test]
fn a_missing_value_drops_unless_a_default_repairs_it() {
    for path in ["absent", "nothing", "traits.absent", "nothing.x", "tags[9]"] {
        check_missing(&format!("Hi {{{{ {path} }}}},"), "Hi ,", path);
    }
    check_missing("Hi {{ empty_name }},", "Hi ,", "empty_name");
    check_missing("Hi {{ space }},", "Hi  \u{a0}\n,", "space");
    check_missing("{{ none }}", "", "none");
    check_missing("{{ holes }}", "", "holes");
    check_missing("{{ none.first }}", "", "none");
    // Filters do not hide it, whatever they make of it.
    check_missing("{{ absent | upcase }}", "", "absent");
    check_missing("{{ absent | prepend: 'Hi ' | append: '!' }}", "Hi !", "absent");
    check_missing("{{ absent | size }}", "0", "absent");
    check_missing("{{ absent | plus: 1 }}", "1", "absent");
    check_missing("{{ absent | size | default: 1 }}", "0", "absent");
    check_missing("{{ absent | prepend: 'Hi ' | default: 'x' }}", "Hi ", "absent");
    // Nor may an argument be missing.
    check_missing("{{ name | append: absent }}", "Ada", "absent");
    check_missing("{{ name | replace: 'A', nothing }}", "da", "nothing");
    check_missing("{{ 'x' | prepend: empty_name }}", "x", "empty_name");
    check_missing("{{ long | truncate: absent }}", "one two  three four", "absent");
    // Nor may nothing come of it in the end.
    check_missing("{{ name | remove: 'Ada' }}", "", "name");
    check_missing("{{ name | replace: 'Ada', ' ' }}", " ", "name");
    check_missing("{{ absent | default: '' }}", "", "absent");
    check_missing("{{ absent | default: nothing }}", "", "nothing");
    check_missing("{{ '' | append: space }}", " \u{a0}\n", "space");
}

#[test]
fn defaults_repair() {
    check("{{ absent | default: 'there' }}", "there");
    check("{{ nothing | default: 'there' }}", "there");
    check("{{ empty_name | default: 'there' }}", "there");
    check("{{ absent | upcase | default: 'there' }}", "there");
    check("{{ absent | default: nothing | default: name }}", "Ada");
    check("{{ absent | append: nothing | default: 'there' | upcase }}", "THERE");
    check("{{ name | default: absent }}", "Ada");
    check("{{ no }} {{ no | default: name }}", "false Ada");
    check("{{ '' }}{{ '' | upcase }}{{ nil }}", "");
    assert_eq!(render("{{ space | default: 'x' }}", Missing::Drop).as_deref(), Ok("x"));
    assert_eq!(render("{{ space | default: 'x' }}", Missing::Blank).as_deref(), Ok(" \u{a0}\n"));
}

#[test]
fn conditions_may_test_what_is_missing() {
    check("{% if absent %}{{ absent }}{% else %}Hi{% endif %}", "Hi");
    check("{% unless nothing.x contains absent %}Hi{% endunless %}", "Hi");
    check(
        "{% case absent | upcase %}{% when empty_name %}Hi{% when absent %}{{ absent }}{% endcase %}",
        "Hi",
    );
    check_missing("{% if name %}{{ absent }}{% endif %}", "", "absent");
}

#[test]
fn what_cannot_be_text_is_an_error_that_names_the_path() {
    let error = |source: &str| {
        let result = [render(source, Missing::Blank), render(source, Missing::Drop)];
        assert_eq!(result[0], result[1]);
        let template = Template::parse(source).unwrap();
        match result[0].clone().unwrap_err() {
            RenderError::NotText { path } => template.paths()[path].to_string(),
            RenderError::NotFinite { path } => path
                .map_or_else(String::new, |path| format!("{} is infinite", template.paths()[path])),
            error => error.to_string(),
        }
    };
    assert_eq!(error("{{ things }}"), "things");
    assert_eq!(error("{{ items }}"), "items");
    assert_eq!(error("{{ name | append: things }}"), "things");
    assert_eq!(error("{{ absent | default: things | upcase }}"), "things");
    assert_eq!(error("{{ count | divided_by: 0 }}"), "count is infinite");
    assert_eq!(error("{{ 0 | divided_by: 0 | append: 'x' }}"), "");
    let source = "{{ 0 | divided_by: absent | append: 'x' }}";
    assert_eq!(render(source, Missing::Drop), Err(RenderError::Missing { path: 0 }));
}

#[test]
fn whitespace_control_trims_its_side() {
    check("a \n{{- name -}} \u{a0}\n b", "aAdab");
    check("a {%- if yes -%} b {%- endif %} c", "ab c");
    check("a {{- name }} b", "aAda b");
    check(" {%- comment -%} x {%- endcomment -%} ", "");
}

#[test]
fn nothing_is_left_behind_by_a_failure() {
    let template = Template::parse("Hi {{ absent }}").unwrap();
    let mut out = String::from("before ");
    assert!(template.render(&|_| None, Missing::Drop, NOW, &mut out).is_err());
    assert_eq!(out, "before ");
    assert_eq!(template.render(&|_| None, Missing::Blank, NOW, &mut out), Ok(()));
    assert_eq!(out, "before Hi ");
}

#[test]
fn says_what_it_is_made_of() {
    let template = Template::parse("{{ b }}{{ a.size }}{{ b | append: c.d }}").unwrap();
    let paths: Vec<String> = template.paths().iter().map(Path::to_string).collect();
    assert_eq!(paths, ["b", "a", "c.d"]);
    assert_eq!(template.literal(), None);
    assert_eq!(template.sole_path(), None);
    for (source, literal) in [
        ("", Some("")),
        ("Hi", Some("Hi")),
        ("a{% comment %}{% endcomment %}b", Some("ab")),
        ("{{ a }}", None),
    ] {
        assert_eq!(Template::parse(source).unwrap().literal(), literal, "{source}");
    }
    for (source, path) in [
        ("{{ a.b }}", Some(0)),
        ("{{{ a }}}", Some(0)),
        ("{{ a }} ", None),
        ("{{ a | upcase }}", None),
        ("{{ a.size }}", None),
        ("{{ 1 }}", None),
    ] {
        assert_eq!(Template::parse(source).unwrap().sole_path(), path, "{source}");
    }
}

#[test]
fn errors_name_their_column_and_guess() {
    check_error(
        "Hi {{ name | upcas }}",
        14,
        "`upcas` is not a supported filter; supported are append, ",
    );
    check_error("{% for x in y %}", 4, "`for` is not a supported tag; supported are if, ");
    check_error("é {{ name", 3, "`{{` is not closed by `}}`");
    check_error("{{{ name }}", 1, "`{{{` is not closed by `}}}`");
    check_error("a {% if x", 3, "`{%` is not closed by `%}`");
    check_error("a {% if x %}b", 6, "`if` is not closed by `{% endif %}`");
    check_error("{% comment %}b", 4, "`comment` is not closed");
    check_error("{% if x %}{% endunless %}", 14, "`endunless` does not belong to the open `if`");
    check_error("{% else %}", 4, "`else` stands outside of every block");
    check_error(
        "{% if x %}{% else %}{% elsif y %}{% endif %}",
        24,
        "`elsif` may not follow `else`",
    );
    check_error("{% if x %}{% else if y %}{% endif %}", 19, "`else` takes no arguments");
    check_error(
        "{% case x %}lost{% when 1 %}{% endcase %}",
        4,
        "text between `case` and its first `when`",
    );
    check_error("{% case x %}{{ lost }}{% endcase %}", 15, "expected `{% when … %}`");
    check_error("{% if x %}{% when 1 %}{% endif %}", 14, "`when` does not belong to the open `if`");
    check_error("{{ }}", 4, "expected a value, found nothing");
    check_error("{{ a b }}", 6, "expected the end of the value, found `b`");
    check_error("{{ a == b }}", 6, "expected `|` or the end, found `==`");
    check_error("{{ a. }}", 6, "expected a name after `.`");
    check_error("{{ a[b] }}", 6, "expected an index or a quoted name");
    check_error("{{ a[-1] }}", 6, "expected an index or a quoted name");
    check_error("{{ a[999999] }}", 6, "an index may be at most 100000");
    check_error("{{ a[0 }}", 8, "expected `]`");
    check_error("{{ [0] }}", 7, "an event is not an array");
    check_error("{{ $ }}", 5, "expected `.` or `[` after `$`");
    check_error("{{ and }}", 4, "`and` is a word of the template language");
    check_error("{{ true.x }}", 4, "`true` is a word");
    check_error("{{ a | }}", 8, "expected the name of a filter");
    check_error("{{ a | append 'x' }}", 15, "expected `:`, `|` or the end");
    check_error("{{ a | append }}", 8, "`append` takes one argument");
    check_error("{{ a | replace: 'x' }}", 8, "`replace` takes two arguments");
    check_error("{{ a | truncate: 1, 2, 3 }}", 8, "`truncate` takes at most two arguments");
    check_error(
        "{{ a | default: 'x', allow_false: true }}",
        21,
        "named arguments are not supported",
    );
    check_error("{{ a | date: '%Y %Q' }}", 8, "`%Q` is not a supported date code");
    check_error("{% if a = b %}{% endif %}", 9, "expected a comparison, found `=`");
    check_error("{% if a | size %}{% endif %}", 9, "a condition may not have filters");
    check_error("{% if a == b == c %}{% endif %}", 14, "expected `and`, `or` or the end");
    check_error("{% case a %}{% when 1 2 %}{% endcase %}", 23, "expected `,`, `or` or the end");
    check_error("{% if a == 'x %}{% endif %}", 12, "the quote is not closed");

    let hint = |source: &str| Template::parse(source).unwrap_err().hint.unwrap();
    assert_eq!(hint("{{ a | upcas }}"), "did you mean `upcase`?");
    assert_eq!(hint("{{ a | trim }}"), "did you mean `strip`?");
    assert_eq!(hint("{% elseif a %}"), "did you mean `elsif`?");
    assert_eq!(hint("{% if a = b %}"), "did you mean `==`?");
    assert_eq!(hint("{% if a <> b %}"), "did you mean `!=`?");
    assert_eq!(hint("{% if a && b %}"), "did you mean `and`?");
    assert_eq!(
        hint("{{ First name }}"),
        "a name with spaces stands in brackets: `[\"First name\"]`"
    );
    assert_eq!(hint("{{ a | default: “x” }}"), "write straight quotes");
    assert_eq!(hint("{{#if a}}"), "a condition is written `{% if … %}…{% endif %}`");

    let error = Template::parse("a\nbä{{ | }}").unwrap_err();
    assert_eq!((error.line, error.column), (2, 6));
}

#[test]
fn limits_hold() {
    assert!(Template::parse(&"x".repeat(MAX_SOURCE)).is_ok());
    check_error(&"x".repeat(MAX_SOURCE + 1), 1, "a template may be at most 10000 bytes long");

    let nested = |depth: usize| "{% if yes %}".repeat(depth) + "x" + &"{% endif %}".repeat(depth);
    check(&nested(MAX_DEPTH), "x");
    check_error(&nested(MAX_DEPTH + 1), MAX_DEPTH * 12 + 4, "tags are nested more than 16 deep");
    assert!(Template::parse(&"{% if a %}".repeat(999)).is_err());
    assert!(Template::parse(&"{".repeat(9999)).is_err());
    assert!(Template::parse(&"{{ a[".repeat(1999)).is_err());

    check(&"{{count}}".repeat(MAX_PARTS), &"3".repeat(MAX_PARTS));
    assert!(
        Template::parse(&"{{count}}".repeat(MAX_PARTS + 1))
            .unwrap_err()
            .message
            .contains("1000 parts")
    );
    let long_path = format!("{{{{ a{} }}}}", ".b".repeat(300));
    check_error(&long_path, 4, "a path may be at most 512 bytes long");
}

#[test]
fn output_stops_at_the_limit() {
    let render = |source: &str, length: usize| {
        let value = Value::from("x".repeat(length));
        let mut out = String::from("kept");
        let template = Template::parse(source).unwrap();
        let result = template.render(&|_| Some(&value), Missing::Drop, NOW, &mut out);
        assert!(result.is_ok() || out == "kept");
        result.map(|()| out.len() - 4)
    };
    assert_eq!(render("{{ a }}", MAX_OUTPUT), Ok(MAX_OUTPUT));
    assert_eq!(render("{{ a }}.", MAX_OUTPUT), Err(RenderError::TooLong));
    assert_eq!(render("{{ a }}{{ a }}", MAX_OUTPUT / 2 + 1), Err(RenderError::TooLong));
    assert_eq!(render("{{ a | append: a }}", MAX_OUTPUT / 2), Ok(MAX_OUTPUT));
    assert_eq!(render("{{ a | append: a | size }}", MAX_OUTPUT / 2 + 1), Err(RenderError::TooLong));
    assert_eq!(render("{{ a | replace: 'x', a | size }}", 1000), Err(RenderError::TooLong));
    assert_eq!(render("{{ a | split: '' | join: a | size }}", 1000), Err(RenderError::TooLong));
    assert_eq!(render("{{ 0 | date: '%99999d' | size }}", 1), Err(RenderError::TooLong));
}

#[test]
fn numbers_are_read_as_javascript_reads_them() {
    check("{{ '0x1F' | plus: '1e1' }} {{ ' 7 ' | times: yes }} {{ name | plus: 1 }}", "41 7 1");
    check("{{ 'x' | append: 1.50 }} {{ -0.0 }} {{ 1e5 | default: 'no' }}", "x1.5 0 no");
}
