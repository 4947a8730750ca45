//! Compares answers with other implementations: `phone-agree [INPUTS] [rlibphonenumber|phonenumber]`.
//! `phone-agree INPUTS dump` writes inputs and answers for a comparison elsewhere, a line of JSON
//! each.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a developer's tool")]

use std::collections::BTreeMap;
use std::io::Write as _;

use phone_oracle::answer::{Answer, ours};
use phone_oracle::corpus::{Case, Corpus};
use phone_oracle::{SEEDS, oracles};
use twilio_destination::phone::Reading;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(1_000_000, |count| count.parse().expect("a number"));
    let (oracle, knows): (fn(&Case) -> Answer, _) = match arguments.next().as_deref() {
        Some("dump") => return dump(count),
        Some("phonenumber") => (oracles::phonenumber, false),
        _ => (oracles::rlibphonenumber, true),
    };
    let corpus = Corpus::new(SEEDS);
    let threads = 2;
    let total = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let corpus = &corpus;
                scope.spawn(move || {
                    let mut tally = Tally { knows, ..Tally::default() };
                    for number in (thread..count).step_by(threads as usize) {
                        tally.compare(&corpus.case(number), oracle);
                    }
                    tally
                })
            })
            .collect();
        let tallies = workers.into_iter().map(|worker| worker.join().expect("no panic"));
        tallies.fold(Tally::default(), Tally::add)
    });
    total.print(&corpus);
    if total.plain_differences > 0 {
        std::process::exit(1);
    }
}

fn dump(count: u64) {
    let corpus = Corpus::new(SEEDS);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for number in 0..count {
        let case = corpus.case(number);
        let answer = ours(&case).map(|known| {
            serde_json::json!([
                known.e164,
                known.possible,
                known.valid,
                known.kind,
                known.region,
                known.extension
            ])
        });
        let line = serde_json::json!([case.text, case.region, case.is_plain(), answer]);
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
}

#[derive(Default)]
struct Tally {
    plain: u64,
    plain_read: u64,
    other: u64,
    plain_differences: u64,
    other_differences: u64,
    /// Whether `rlibphonenumber`'s own deviations from Google's code are taken into account.
    knows: bool,
    known_differences: u64,
    causes: BTreeMap<&'static str, (u64, Vec<String>)>,
}

impl Tally {
    fn compare(&mut self, case: &Case, oracle: fn(&Case) -> Answer) {
        let (our, mut their) = (ours(case), oracle(case));
        if let (Some(our), Some(their)) = (&our, &mut their)
            && their.possible.is_empty()
        {
            // It does not tell.
            their.possible = our.possible;
        }
        let plain = case.is_plain();
        *(if plain { &mut self.plain } else { &mut self.other }) += 1;
        self.plain_read += u64::from(plain && our.is_some());
        let Some(cause) = cause(case, &our, &their) else { return };
        if let Some(known) = (plain && self.knows).then(|| known(case, &our, &their)).flatten() {
            self.known_differences += 1;
            self.note(known, case, &our, &their);
            return;
        }
        *(if plain { &mut self.plain_differences } else { &mut self.other_differences }) += 1;
        self.note(cause, case, &our, &their);
    }

    fn note(&mut self, cause: &'static str, case: &Case, our: &Answer, their: &Answer) {
        let (count, examples) = self.causes.entry(cause).or_default();
        *count += 1;
        if examples.len() < 6 {
            examples.push(format!("{case:?}\n      ours   {our:?}\n      theirs {their:?}"));
        }
    }

    fn add(mut self, other: Self) -> Self {
        self.plain += other.plain;
        self.plain_read += other.plain_read;
        self.other += other.other;
        self.plain_differences += other.plain_differences;
        self.other_differences += other.other_differences;
        self.known_differences += other.known_differences;
        for (cause, (count, examples)) in other.causes {
            let own = self.causes.entry(cause).or_default();
            own.0 += count;
            own.1.extend(examples);
        }
        self
    }

    fn print(&self, corpus: &Corpus) {
        println!(
            "{} inputs, of them {} examples in every spelling",
            self.plain + self.other,
            corpus.systematic().min(self.plain + self.other)
        );
        println!(
            "ASCII, up to 15 digits: {} ({} of them read), {} differ",
            self.plain, self.plain_read, self.plain_differences
        );
        println!("others: {}, {} differ", self.other, self.other_differences);
        for (cause, (count, examples)) in &self.causes {
            println!("{count} {cause}");
            for example in examples.iter().take(6) {
                println!("    {example}");
            }
        }
    }
}

/// Where `rlibphonenumber` differs from Google's code (checked with the Python port).
fn known(case: &Case, our: &Answer, their: &Answer) -> Option<&'static str> {
    let starts = case.text.match_indices(['/', '\\']);
    let second_numbers = starts.filter(|(at, _)| {
        case.text.get(at + 1..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('x'))
    });
    if second_numbers.count() > 1 {
        return Some("known: it cuts at the last of several second numbers, not at the first");
    }
    let two_digits = |known: &phone_oracle::answer::Known| {
        let number = Reading::of(&known.e164, None).ok();
        !known.extension.is_empty()
            && number.is_some_and(|number| number.national_number().len() == 2)
    };
    (our.is_none() && their.as_ref().is_some_and(two_digits))
        .then_some("known: it reads two digits and an extension")
}

/// Why two answers differ, as far as that can be told from outside; none if they do not.
fn cause(case: &Case, our: &Answer, their: &Answer) -> Option<&'static str> {
    if our == their {
        return None;
    }
    let plain = case.is_plain();
    let (Some(our), Some(their)) = (our, their) else {
        return Some(match (plain, our.is_some()) {
            (true, true) => "plain: only we read it",
            (true, false) => "plain: only they read it",
            (false, true) => "other: only we read it",
            (false, false) => "other: only they read it",
        });
    };
    Some(match (plain, our.e164 == their.e164, our.extension == their.extension) {
        (true, false, _) => "plain: another number",
        (true, true, false) => "plain: another extension",
        (true, true, true) if our.kind != their.kind || our.valid != their.valid => {
            "plain: another kind"
        }
        (true, true, true) if our.region != their.region => "plain: another region",
        (true, true, true) => "plain: possible or not",
        (false, false, _) => "other: another number",
        (false, true, false) => "other: another extension",
        (false, true, true) => "other: another verdict",
    })
}
