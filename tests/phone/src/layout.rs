//! The tables as the core reads them: `src/phone/README.md` describes the layout.

use std::collections::{BTreeSet, HashMap};

use crate::automaton::{Automaton, Patterns, StateId};
use crate::metadata::{Kind, Metadata, Territory};
use crate::program;

/// What was made, in numbers: for the person who runs the generator.
pub struct Summary {
    /// Territories, calling codes, states.
    pub counts: [(&'static str, usize); 3],
    /// The sections and their bytes.
    pub sections: Vec<(&'static str, usize)>,
}

/// Lays the tables out.
///
/// # Panics
///
/// If the metadata breaks one of the assumptions that the tables rest on.
pub fn lay_out(metadata: &Metadata) -> (Vec<u8>, Summary) {
    let codes = by_calling_code(metadata);
    let mut automaton = Automaton::default();
    let mut starts = Vec::new();
    for code in &codes {
        for territory in code {
            starts.push(add_general(&mut automaton, territory));
        }
        starts.push(add_labels(&mut automaton, code));
    }
    let starts = automaton.minimise(&starts);
    check(&codes, &automaton, &starts);
    let packed = pack(&automaton);

    let mut records = Records::default();
    let mut starts = starts.iter().map(|&start| packed.offsets[start]);
    for code in &codes {
        records.add(code, &mut starts);
    }
    let sections = [
        ("version", metadata.version.clone().into_bytes()),
        ("regions", records.regions),
        ("calling code numbers", records.calling_numbers),
        ("calling codes", records.calling_codes),
        ("territories", records.territories),
        ("lengths", records.lengths),
        ("prefixes", records.prefixes),
        ("programs", words(&records.programs)),
        ("classes", packed.classes),
        ("automaton", words(&packed.words)),
    ];
    let summary = Summary {
        counts: [
            ("territories", metadata.territories.len()),
            ("calling codes", codes.len()),
            ("states", automaton.states.len()),
        ],
        sections: sections.iter().map(|(name, bytes)| (*name, bytes.len())).collect(),
    };
    (join(&sections), summary)
}

/// The territories by calling code, the main one first; calling codes of no country come last, so
/// that a byte can number the regions.
fn by_calling_code(metadata: &Metadata) -> Vec<Vec<&Territory>> {
    let mut codes: Vec<Vec<&Territory>> = Vec::new();
    for territory in &metadata.territories {
        assert!((1..1000).contains(&territory.code), "calling code {}", territory.code);
        match codes.iter_mut().find(|code| code[0].code == territory.code) {
            Some(code) if territory.main => code.insert(0, territory),
            Some(code) => code.push(territory),
            None => codes.push(vec![territory]),
        }
    }
    codes.sort_by_key(|code| (code[0].id == "001", code[0].code));
    for code in &codes {
        let mains = code.iter().filter(|territory| territory.main).count();
        assert!(mains == 1 || code.len() == 1, "calling code {} has no main", code[0].code);
        assert!(code.len() == 1 || code.iter().all(|territory| territory.id != "001"));
        let value = code[0].code;
        let shorter = [value / 10, value / 100].into_iter().filter(|shorter| *shorter > 0);
        for shorter in shorter {
            let taken = codes.iter().any(|other| other[0].code == shorter);
            assert!(!taken, "calling code {shorter} begins {value}");
        }
    }
    codes
}

fn add_general(automaton: &mut Automaton, territory: &Territory) -> StateId {
    let mut patterns = Patterns::default();
    patterns.add_whole(&territory.general, 0);
    automaton.add(&patterns, |matched| if matched.is_empty() { 0 } else { MATCHES })
}

/// The automaton that tells region and kind of a calling code's numbers, by libphonenumber's rules:
/// the first region whose leading digits fit, or, where it has none, whose numbers do.
fn add_labels(automaton: &mut Automaton, code: &[&Territory]) -> StateId {
    // Per region: its general pattern, its leading digits, its ten kinds.
    const STRIDE: usize = 16;
    const GENERAL: usize = 14;
    const LEADING: usize = 15;
    let mut patterns = Patterns::default();
    for (region, territory) in code.iter().enumerate() {
        patterns.add_whole(&territory.general, region * STRIDE + GENERAL);
        if let Some(leading) = territory.leading_digits.as_ref().filter(|_| code.len() > 1) {
            patterns.add_prefix(leading, region * STRIDE + LEADING);
        }
        for (at, (_, numbers)) in territory.kinds.iter().enumerate() {
            patterns.add_whole(&numbers.pattern, region * STRIDE + at);
        }
    }
    let label_of = |matched: &BTreeSet<usize>| {
        let found = code.iter().enumerate().find_map(|(region, territory)| {
            let has = |at: usize| matched.contains(&(region * STRIDE + at));
            let kind = if has(GENERAL) { kind_of(territory, has) } else { Kind::Unknown };
            let by_leading_digits = territory.leading_digits.is_some() && code.len() > 1;
            let here = if by_leading_digits { has(LEADING) } else { kind != Kind::Unknown };
            here.then_some((region, kind))
        });
        // A lone region is the answer in any case: nothing need be said.
        found.filter(|(_, kind)| code.len() > 1 || *kind != Kind::Unknown)
    };
    automaton
        .add(&patterns, |matched| label_of(matched).map_or(0, |(region, kind)| label(region, kind)))
}

fn kind_of(territory: &Territory, has: impl Fn(usize) -> bool) -> Kind {
    let mut found = territory.kinds.iter().enumerate().filter(|(at, _)| has(*at));
    match found.next() {
        None => Kind::Unknown,
        Some((_, (Kind::FixedLine, _))) if found.next().is_some() => Kind::FixedLineOrMobile,
        Some((_, (kind, _))) => *kind,
    }
}

/// libphonenumber asks for the length before the pattern; the automaton knows patterns only, which
/// is the same as long as no pattern matches a length that its kind has not.
fn check(codes: &[Vec<&Territory>], automaton: &Automaton, starts: &[StateId]) {
    let mut start = 0;
    for code in codes {
        for territory in code {
            for (kind, numbers) in &territory.kinds {
                let mut patterns = Patterns::default();
                patterns.add_whole(&numbers.pattern, 0);
                let mut own = Automaton::default();
                let first = own.add(&patterns, |matched| u16::from(!matched.is_empty()));
                let matched = matched_lengths(&own, first);
                assert!(
                    matched.is_subset(&numbers.lengths),
                    "{} {kind:?}: the pattern matches lengths {matched:?}",
                    territory.id
                );
            }
        }
        start += code.len();
        for territory in code {
            for (kind, numbers) in &territory.kinds {
                let Some(example) = &numbers.example else { continue };
                let label = automaton.states[automaton.walk(starts[start], example)].label;
                assert_ne!(label, 0, "{} {kind:?}: its example is not valid", territory.id);
            }
        }
        start += 1;
    }
}

fn matched_lengths(automaton: &Automaton, start: StateId) -> BTreeSet<u16> {
    let mut lengths = BTreeSet::new();
    let mut here = BTreeSet::from([start]);
    for length in 0_u16.. {
        if here.iter().any(|&at| automaton.states[at].label != 0) {
            lengths.insert(length);
        }
        here =
            here.iter().flat_map(|&at| automaton.states[at].next).filter(|&at| at != 0).collect();
        if here.is_empty() {
            break;
        }
        assert!(length < 64, "a pattern matches numbers of any length");
    }
    lengths
}

/// What a labelled state says: the region's place within its calling code, counted from 1, and the
/// kind. A general pattern's "it matches" is [`MATCHES`]; the two sorts of automaton never mix.
fn label(region: usize, kind: Kind) -> u16 {
    u16::try_from(region + 1).expect("few regions") << 4 | kind as u16
}

const MATCHES: u16 = 1;

/// From how many states on that lead to it a state lies among those that many lead to. Tried out: the
/// tables then compress best.
const MANY: usize = 6;

/// Up to how many words ahead a target is told by its distance. Tried out as well.
const NEAR: usize = 255;

struct Packed {
    words: Vec<u16>,
    offsets: Vec<u16>,
    classes: Vec<u8>,
}

/// A state is a word, its label if it has one, and its targets. The word holds the number of a
/// class, which says for each digit which target it leads to, counted from 1 (0 is none); that the
/// last target has no word because it follows right here (bits 12 and 13: its number, up to 3); and
/// whether there is a label (bit 14). A target is where its state begins or, with bit 15, how far
/// after the target's own word: what lies near is told alike by many, which compresses.
fn pack(automaton: &Automaton) -> Packed {
    let states: Vec<_> = automaton.states.iter().map(|state| classify(&state.next)).collect();
    let order = order(&states);
    let follower = followers(&states, &order);

    // In the order of their digits, in which neighbours are alike.
    let classes: BTreeSet<[u8; 10]> = states.iter().map(|(class, _)| *class).collect();
    assert!(classes.len() <= 1 << 12, "{} classes", classes.len());
    let numbers: HashMap<_, _> = classes.iter().copied().zip(0_u16..).collect();

    let mut offsets = vec![0_u16; states.len()];
    let mut next = 0;
    for &at in &order {
        assert!(next < 1 << 15, "the automaton fits in 32,768 words");
        offsets[at] = next as u16;
        next += 1 + usize::from(automaton.states[at].label != 0);
        next += states[at].1.len() - usize::from(follower[at].is_some());
    }
    let mut words = Vec::with_capacity(next);
    for &at in &order {
        let (class, mut targets) = (&states[at].0, &states[at].1[..]);
        let mut word = numbers[class];
        if follower[at].is_some() {
            word |= (targets.len() as u16) << 12;
            targets = &targets[..targets.len() - 1];
        }
        let label = automaton.states[at].label;
        if label == 0 {
            words.push(word);
        } else {
            words.extend([word | 1 << 14, label]);
        }
        for &target in targets {
            let ahead = usize::from(offsets[target]).saturating_sub(words.len());
            let is_near = (1..=NEAR).contains(&ahead);
            words.push(if is_near { 1 << 15 | ahead as u16 } else { offsets[target] });
        }
    }
    assert_eq!(offsets[0], 0, "the dead state comes first");
    let halves = |two: &[u8]| two[0] | two[1] << 4;
    let classes = classes.iter().flat_map(|class| class.chunks(2)).map(halves).collect();
    Packed { words, offsets, classes }
}

/// Which target each digit leads to, and the targets in the order of the digits.
fn classify(next: &[StateId; 10]) -> ([u8; 10], Vec<StateId>) {
    let mut targets = Vec::new();
    let class = next.map(|to| {
        if to == 0 {
            return 0;
        }
        let at = targets.iter().position(|&target| target == to).unwrap_or_else(|| {
            targets.push(to);
            targets.len() - 1
        });
        at as u8 + 1
    });
    (class, targets)
}

/// For each state, the last of its targets if that follows it.
fn followers(states: &[([u8; 10], Vec<StateId>)], order: &[StateId]) -> Vec<Option<StateId>> {
    let mut follower = vec![None; states.len()];
    for two in order.windows(2) {
        let targets = &states[two[0]].1;
        follower[two[0]] =
            targets.last().copied().filter(|&last| targets.len() <= 3 && last == two[1]);
    }
    follower
}

/// The dead state; those that many lead to, the most of them first, so that their offsets are short;
/// and after each, depth first, those that few lead to: what belongs together lies together.
fn order(states: &[([u8; 10], Vec<StateId>)]) -> Vec<StateId> {
    let mut parents = vec![0_usize; states.len()];
    states.iter().flat_map(|(_, targets)| targets).for_each(|&target| parents[target] += 1);
    let mut heads: Vec<StateId> = (1..states.len()).collect();
    heads.sort_by_key(|&at| std::cmp::Reverse(Some(parents[at]).filter(|&count| count >= MANY)));
    let mut seen = vec![false; states.len()];
    let mut order = Vec::with_capacity(states.len());
    for head in std::iter::once(0).chain(heads) {
        let mut pending = vec![head];
        while let Some(at) = pending.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            order.push(at);
            let targets = &states[at].1;
            let few = |target: &&StateId| parents[**target] < MANY;
            pending.extend(targets.iter().rev().filter(few));
            // The last one comes next, where it can then follow without a word.
            pending.extend(targets.last().filter(|_| targets.len() <= 3).filter(few));
        }
    }
    order
}

#[derive(Default)]
struct Records {
    regions: Vec<u8>,
    calling_numbers: Vec<u8>,
    calling_codes: Vec<u8>,
    territories: Vec<u8>,
    lengths: Vec<u8>,
    prefixes: Vec<u8>,
    programs: Vec<u16>,
    known_lengths: HashMap<(u32, u32), u8>,
    known_idds: HashMap<String, u16>,
    known_prefixes: HashMap<(String, Option<String>), u8>,
}

impl Records {
    fn add(&mut self, code: &[&Territory], starts: &mut impl Iterator<Item = u16>) {
        self.regions.resize(26 * 26, 0);
        self.calling_numbers.resize(1000, 0);
        const CALLING_CODE: usize = 6;
        const TERRITORY: usize = 10;
        let number = self.calling_codes.len() / CALLING_CODE;
        let first = self.territories.len() / TERRITORY;
        for (at, territory) in code.iter().enumerate() {
            if let [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] = *territory.id.as_bytes() {
                let place = usize::from(a - b'A') * 26 + usize::from(b - b'A');
                self.regions[place] = u8::try_from(first + at + 1).expect("a byte numbers regions");
            }
            let mut id = [0; 3];
            id[..territory.id.len()].copy_from_slice(territory.id.as_bytes());
            self.territories.extend(id);
            self.territories.push(u8::try_from(number).expect("few calling codes"));
            let (lengths, prefix) = (self.lengths(territory), self.prefix(territory));
            self.territories.extend([lengths, prefix]);
            let idd = self.idd(territory);
            self.territories.extend(idd.to_le_bytes());
            self.territories.extend(starts.next().expect("a start").to_le_bytes());
        }
        let place = &mut self.calling_numbers[usize::from(code[0].code)];
        *place = u8::try_from(number + 1).expect("few calling codes");
        self.calling_codes.extend(code[0].code.to_le_bytes());
        self.calling_codes.extend(starts.next().expect("a start").to_le_bytes());
        self.calling_codes.push(u8::try_from(first).expect("few territories"));
        self.calling_codes.push(u8::try_from(code.len()).expect("few regions"));
    }

    /// Two sets of lengths: of numbers, and of numbers without their area code.
    fn lengths(&mut self, territory: &Territory) -> u8 {
        let set = |lengths: &BTreeSet<u16>| {
            lengths.iter().fold(0_u32, |set, &length| {
                assert!((1..=20).contains(&length), "{} has length {length}", territory.id);
                set | 1 << length
            })
        };
        let sets = (set(&territory.lengths), set(&territory.local_lengths));
        assert!(sets.0 != 0, "{} has no lengths", territory.id);
        let next = u8::try_from(self.known_lengths.len()).expect("few sets of lengths");
        *self.known_lengths.entry(sets).or_insert_with(|| {
            self.lengths.extend(sets.0.to_le_bytes());
            self.lengths.extend(sets.1.to_le_bytes());
            next
        })
    }

    /// Where the program of the international prefix begins; 65,535 is none.
    fn idd(&mut self, territory: &Territory) -> u16 {
        let Some(idd) = &territory.idd else { return u16::MAX };
        *self.known_idds.entry(idd.clone()).or_insert_with(|| {
            let start = u16::try_from(self.programs.len()).expect("short programs");
            // A group around all choices, as MA's has, captures nothing that anyone asks for.
            program::compile(idd, &mut self.programs);
            start
        })
    }

    /// The national prefix: its program, its groups, and what takes its place. 0 is none.
    fn prefix(&mut self, territory: &Territory) -> u8 {
        let Some(prefix) = &territory.national_prefix else {
            assert!(territory.transform.is_none(), "{} transforms no prefix", territory.id);
            return 0;
        };
        let next = u8::try_from(self.known_prefixes.len() + 1).expect("few prefixes");
        let key = (prefix.clone(), territory.transform.clone());
        *self.known_prefixes.entry(key).or_insert_with(|| {
            let start = u16::try_from(self.programs.len()).expect("short programs");
            let groups = program::compile(prefix, &mut self.programs);
            let (literal, group) = match &territory.transform {
                None => ("", 0),
                Some(rule) => {
                    let (literal, group) = rule.split_once('$').expect("a rule names a group");
                    let group: usize = group.parse().expect("the group ends the rule");
                    assert!((1..=groups).contains(&group), "{}: {rule}", territory.id);
                    (literal, group)
                }
            };
            assert!(literal.len() <= 4 && literal.bytes().all(|byte| byte.is_ascii_digit()));
            self.prefixes.extend(start.to_le_bytes());
            self.prefixes.push(groups as u8);
            self.prefixes.push(group as u8);
            let mut padded = [0; 4];
            padded[..literal.len()].copy_from_slice(literal.as_bytes());
            self.prefixes.extend(padded);
            next
        })
    }
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The sections' ends, four bytes each and counted from the first section; then the sections.
fn join(sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut joined = Vec::new();
    let mut end = 0;
    for (_, bytes) in sections {
        end += u32::try_from(bytes.len()).expect("short sections");
        joined.extend(end.to_le_bytes());
    }
    sections.iter().for_each(|(_, bytes)| joined.extend(bytes));
    joined
}
