//! The inputs on which implementations are compared: the same ones on every machine.
//!
//! An input is a function of its number, so that a block of them can be made anew to see what is in
//! it. The seeds (an example of every region and kind, and prefixes that each region dials) are
//! checked in as `seeds.tsv`.

use std::fmt::Write as _;

/// An input: a text and the default region.
#[derive(Clone, Debug)]
pub struct Case {
    /// What someone may have written.
    pub text: String,
    /// Two letters, sometimes of no region at all.
    pub region: Option<String>,
}

impl Case {
    /// Whether implementations must agree: ASCII, and at most the 15 digits of E.164.
    pub fn is_plain(&self) -> bool {
        self.text.is_ascii() && self.text.bytes().filter(u8::is_ascii_digit).count() <= 15
    }
}

/// All inputs, by number.
pub struct Corpus {
    examples: Vec<Example>,
    regions: Vec<Dialling>,
}

struct Example {
    region: String,
    code: String,
    national: String,
}

struct Dialling {
    region: String,
    international: Vec<String>,
    national: Vec<String>,
}

impl Corpus {
    /// Reads the seeds: lines of region, calling code, sort and digits.
    pub fn new(seeds: &str) -> Self {
        let mut corpus = Self { examples: Vec::new(), regions: Vec::new() };
        for line in seeds.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let &[region, code, sort, digits] = &fields[..] else { panic!("not a seed: {line}") };
            if region != "001" && corpus.regions.last().is_none_or(|last| last.region != region) {
                let (international, national) = (Vec::new(), Vec::new());
                corpus.regions.push(Dialling {
                    region: region.to_owned(),
                    international,
                    national,
                });
            }
            let dialling = corpus.regions.last_mut();
            match sort {
                "idd" => dialling.expect("a region").international.push(digits.to_owned()),
                "national_prefix" => dialling.expect("a region").national.push(digits.to_owned()),
                _ => corpus.examples.push(Example {
                    region: region.to_owned(),
                    code: code.to_owned(),
                    national: digits.to_owned(),
                }),
            }
        }
        corpus
    }

    /// How many inputs are every example in every spelling; random ones follow without end.
    pub fn systematic(&self) -> u64 {
        (self.examples.len() * SPELLINGS * DEFAULTS) as u64
    }

    /// The input of a number.
    pub fn case(&self, number: u64) -> Case {
        match number.checked_sub(self.systematic()) {
            None => self.spelling(number as usize),
            Some(number) => self.random(number),
        }
    }

    fn spelling(&self, number: usize) -> Case {
        let example = &self.examples[number / (SPELLINGS * DEFAULTS)];
        let region = match number / SPELLINGS % DEFAULTS {
            0 => Some(example.region.clone()),
            1 => None,
            2 => Some("US".to_owned()),
            _ => Some("GB".to_owned()),
        };
        let Example { code, national, .. } = example;
        let (head, tail) = national.split_at(national.len().min(3));
        let dialling = self.regions.iter().find(|dialling| dialling.region == example.region);
        let first = |prefixes: fn(&Dialling) -> &Vec<String>, other: &str| {
            let prefixes = dialling.map(prefixes).filter(|prefixes| !prefixes.is_empty());
            prefixes.map_or(other.to_owned(), |prefixes| prefixes[number % prefixes.len()].clone())
        };
        let text = match number % SPELLINGS {
            0 => format!("+{code}{national}"),
            1 => format!("+{code} {}", grouped(national, 3, " ")),
            2 => format!("00{code}{national}"),
            3 => format!("011 {code} {national}"),
            4 => national.clone(),
            5 => format!("0{national}"),
            6 => format!("({head}) {tail}"),
            7 => format!("1-{head}-{tail}"),
            8 => format!("{code}{national}"),
            9 => format!("+{code} (0){}", grouped(national, 2, "-")),
            10 => format!("tel:+{code}-{national};ext=12"),
            11 => format!("{} ext. 123", grouped(national, 4, ".")),
            12 => format!("tel:{national};phone-context=+{code}"),
            13 => format!(" +{code}.{head}/{tail} x5"),
            14 => format!("{}{code} {national}", first(|at| &at.international, "00")),
            _ => format!("{}{national}", first(|at| &at.national, "0")),
        };
        Case { text, region }
    }

    fn random(&self, number: u64) -> Case {
        let mut random = Random(number);
        let example = random.pick(&self.examples);
        let other = random.pick(&self.regions);
        let region = match random.below(16) {
            0 | 1 => None,
            2 => Some("US".to_owned()),
            3 => Some("ZZ".to_owned()),
            4..=9 => Some(example.region.clone()),
            _ => Some(other.region.clone()),
        };
        let text = match random.below(16) {
            0..=4 => self.digits(&mut random, example, other),
            5..=13 => formatted(&mut random, self, example, other),
            _ => garbage(&mut random),
        };
        let text = if random.below(16) == 0 { widened(&mut random, &text) } else { text };
        Case { text, region }
    }

    /// A number with some digits changed, behind a prefix of some sort.
    fn digits(&self, random: &mut Random, example: &Example, other: &Dialling) -> String {
        let mut national: Vec<u8> = match random.below(4) {
            0 => (0..random.below(14)).map(|_| random.digit()).collect(),
            _ => example.national.bytes().collect(),
        };
        for _ in 0..random.below(5) {
            let at = random.below(national.len() + 1);
            match random.below(6) {
                0 if at < national.len() => _ = national.remove(at),
                1 => national.insert(at, random.digit()),
                _ if at < national.len() => national[at] = random.digit(),
                _ => {}
            }
        }
        let national = String::from_utf8(national).unwrap_or_default();
        let code = &example.code;
        let own = self.regions.iter().find(|region| region.region == example.region);
        let dialling = if random.below(4) == 0 { other } else { own.unwrap_or(other) };
        match random.below(12) {
            0..=3 => format!("+{code}{national}"),
            4 if !dialling.international.is_empty() => {
                format!("{}{code}{national}", random.pick(&dialling.international))
            }
            5 | 6 if !dialling.national.is_empty() => {
                format!("{}{national}", random.pick(&dialling.national))
            }
            7 => format!("{code}{national}"),
            8 => format!("0{national}"),
            9 => format!("+{}{code}{national}", random.one_of(&["00", "011", "0", "810"])),
            _ => national,
        }
    }
}

/// Punctuation, letters, extensions and text around a number.
fn formatted(random: &mut Random, corpus: &Corpus, example: &Example, other: &Dialling) -> String {
    let digits = corpus.digits(random, example, other);
    let mut text = String::new();
    if random.below(5) == 0 {
        text.push_str(random.one_of(&PREFACES));
    }
    let vanity = random.below(12) == 0;
    let separator = random.one_of(&SEPARATORS);
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && random.below(4) == 0 {
            text.push_str(if random.below(6) == 0 {
                random.one_of(&SEPARATORS)
            } else {
                separator
            });
        }
        let value = c.to_digit(10);
        match value.filter(|value| vanity && at > 2 && *value > 1) {
            Some(value) => text.push(random.letter(value as usize)),
            None => text.push(c),
        }
    }
    if random.below(3) == 0 {
        text.push_str(random.one_of(&EXTENSIONS));
        let most = if random.below(8) == 0 { 12 } else { 7 };
        for _ in 0..random.below(most) {
            text.push(char::from(random.digit()));
        }
        if random.below(4) == 0 {
            text.push('#');
        }
    }
    match random.below(24) {
        0 => text.push_str(random.one_of(&ENDINGS)),
        1 => {
            let _ = write!(text, ";phone-context={}", random.one_of(&CONTEXTS));
        }
        2 => {
            let at = random.below(text.chars().count() + 1);
            text = text
                .chars()
                .take(at)
                .chain([random.symbol()])
                .chain(text.chars().skip(at))
                .collect();
        }
        _ => {}
    }
    text
}

fn garbage(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(30) {
        match random.below(3) {
            0 => text.push(random.symbol()),
            1 if random.below(8) == 0 => text.push_str(random.one_of(&EXTENSIONS)),
            _ => text.push(char::from(random.digit())),
        }
    }
    text
}

/// Writes some characters in their forms outside ASCII.
fn widened(random: &mut Random, text: &str) -> String {
    let zero = random.one_of(&['０', '٠', '۰', '०']);
    let often = 1 + random.below(4);
    let widen = |c: char, random: &mut Random| match c {
        _ if random.below(often) != 0 => c,
        '0'..='9' => char::from_u32(u32::from(zero) + u32::from(c) - 0x30).unwrap_or(c),
        '+' => '＋',
        '-' => random.one_of(&['‐', '–', '－', '−', 'ー']),
        ' ' => random.one_of(&['\u{a0}', '\u{3000}', '\u{200b}', '\u{ad}']),
        '.' => '．',
        '/' => '／',
        '(' => '（',
        ')' => '）',
        '~' => '～',
        '#' => '＃',
        'e' => 'ｅ',
        'x' => 'ｘ',
        't' => 'ｔ',
        'n' => 'ｎ',
        'i' => 'ｉ',
        'o' => 'ó',
        c => c,
    };
    text.chars().map(|c| widen(c, random)).collect()
}

fn grouped(digits: &str, size: usize, separator: &str) -> String {
    let groups: Vec<&str> = (0..digits.len())
        .step_by(size)
        .map(|at| &digits[at..digits.len().min(at + size)])
        .collect();
    groups.join(separator)
}

const SPELLINGS: usize = 16;
const DEFAULTS: usize = 4;

const PREFACES: [&str; 10] =
    [" ", "tel:", "Tel: ", "phone ", "(", "+", "*", "call ", "\u{202a}", "Fax/"];
const SEPARATORS: [&str; 14] =
    [" ", "-", ".", "/", " - ", "(", ") ", "x", "~", "*", "[", "  ", "\u{a0}", "--"];
const EXTENSIONS: [&str; 36] = [
    " ext ",
    " ext. ",
    "ext",
    " x",
    "x",
    " X ",
    " extn ",
    " extension ",
    " Extension: ",
    "#",
    " #",
    "~",
    " int ",
    "int",
    ";ext=",
    ",",
    ",,",
    ";",
    " ; ",
    ", ext ",
    "-",
    " - ",
    " anexo ",
    "xtn",
    " xt:",
    " доб. ",
    ",,,",
    ", ,",
    ":",
    ".",
    " x.",
    " extensio ",
    " extensi ",
    "/x",
    " e xt",
    " ,x",
];
const ENDINGS: [&str; 16] = [
    ".", " ", ")", "_", ";isub=12", " or 12", "/x22", "\\ x3", " (home)", "\t", "\n", "#", ";",
    "-", " ²", " é",
];
const CONTEXTS: [&str; 12] = [
    "+44",
    "+1-",
    "example.com",
    "+",
    "",
    "a.b.c",
    "1.com",
    "+49;x=1",
    "-a",
    "com.",
    "+64 3",
    "a-1.x-",
];
const SYMBOLS: &str = "+-() x/.;,#*~[]:=extnphoABCXYZ_\t\\'\"&|@ab+";

struct Random(u64);

impl Random {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound.max(1)
    }

    fn digit(&mut self) -> u8 {
        b'0' + self.below(10) as u8
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        *self.pick(choices)
    }

    fn symbol(&mut self) -> char {
        char::from(self.one_of(SYMBOLS.as_bytes()))
    }

    fn letter(&mut self, digit: usize) -> char {
        const KEYS: [&str; 10] =
            ["", "", "abcABC", "defDEF", "ghiGHI", "jklJKL", "mnoMNO", "pqrsS", "tuvTUV", "wxyzZ"];
        char::from(self.one_of(KEYS[digit].as_bytes()))
    }
}
