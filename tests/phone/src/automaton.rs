//! From patterns over digits to one minimal automaton with labelled states.

use std::collections::{BTreeSet, HashMap};

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A state's place in [`Automaton::states`].
pub type StateId = usize;

/// Any number of deterministic automata that share their states.
pub struct Automaton {
    /// State 0 is dead: nothing leads out of it.
    pub states: Vec<State>,
}

/// A state: what the digits read so far are, and where each further digit leads.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct State {
    /// 0 is no label.
    pub label: u16,
    /// By digit.
    pub next: [StateId; 10],
}

impl Default for Automaton {
    fn default() -> Self {
        Self { states: vec![State::default()] }
    }
}

impl Automaton {
    /// Adds the automaton of `patterns`; `label` names the states in which a set of them has
    /// matched. Answers its first state.
    pub fn add(&mut self, patterns: &Patterns, label: impl Fn(&BTreeSet<usize>) -> u16) -> StateId {
        let mut known = HashMap::new();
        let mut pending = Vec::new();
        let start = patterns.closure(patterns.starts.clone());
        let first = self.state_of(start, &mut known, &mut pending);
        while let Some((state, members)) = pending.pop() {
            let accepted = members.iter().filter_map(|&at| patterns.nodes[at].accepts).collect();
            self.states[state].label = label(&accepted);
            for digit in 0..10 {
                let reached = members
                    .iter()
                    .flat_map(|&at| &patterns.nodes[at].edges)
                    .filter(|(digits, _)| digits & (1 << digit) != 0)
                    .map(|&(_, to)| to)
                    .collect();
                let reached = patterns.closure(reached);
                self.states[state].next[digit] = self.state_of(reached, &mut known, &mut pending);
            }
        }
        first
    }

    fn state_of(
        &mut self,
        members: Vec<usize>,
        known: &mut HashMap<Vec<usize>, StateId>,
        pending: &mut Vec<(StateId, Vec<usize>)>,
    ) -> StateId {
        if members.is_empty() {
            return 0;
        }
        *known.entry(members).or_insert_with_key(|members| {
            let id = self.states.len();
            self.states.push(State::default());
            pending.push((id, members.clone()));
            id
        })
    }

    /// Merges the states that no continuation tells apart (Moore's algorithm). Answers where each
    /// of `starts` went.
    pub fn minimise(&mut self, starts: &[StateId]) -> Vec<StateId> {
        let mut class: Vec<usize> = self.states.iter().map(|state| state.label.into()).collect();
        let mut count = class.iter().collect::<BTreeSet<_>>().len();
        loop {
            // The dead state comes first, so that its class stays number 0.
            let mut numbers = HashMap::new();
            let refined: Vec<usize> = self
                .states
                .iter()
                .zip(&class)
                .map(|(state, own)| {
                    let signature = (*own, state.next.map(|to| class[to]));
                    let next = numbers.len();
                    *numbers.entry(signature).or_insert(next)
                })
                .collect();
            class = refined;
            if numbers.len() == count {
                break;
            }
            count = numbers.len();
        }
        let mut merged = vec![State::default(); count];
        for (state, &own) in self.states.iter().zip(&class) {
            merged[own] = State { label: state.label, next: state.next.map(|to| class[to]) };
        }
        self.states = merged;
        starts.iter().map(|&start| class[start]).collect()
    }

    /// The state that `digits` lead to.
    pub fn walk(&self, start: StateId, digits: &str) -> StateId {
        digits.bytes().fold(start, |at, digit| self.states[at].next[usize::from(digit - b'0')])
    }
}

/// Patterns over digits, as a nondeterministic automaton.
#[derive(Default)]
pub struct Patterns {
    nodes: Vec<Node>,
    starts: Vec<usize>,
}

#[derive(Default)]
struct Node {
    free: Vec<usize>,
    edges: Vec<(u16, usize)>,
    accepts: Option<usize>,
}

impl Patterns {
    /// Adds a pattern that must match all digits.
    pub fn add_whole(&mut self, pattern: &str, id: usize) {
        self.add(pattern, id);
    }

    /// Adds a pattern that must match the first digits, whatever follows.
    pub fn add_prefix(&mut self, pattern: &str, id: usize) {
        let end = self.add(pattern, id);
        self.nodes[end].edges.push((ANY, end));
    }

    fn add(&mut self, pattern: &str, id: usize) -> usize {
        let start = self.node();
        self.starts.push(start);
        let end = self.compile(&parse(pattern), start);
        // A node of its own, since the pattern's last node may have edges.
        let last = self.node();
        self.nodes[end].free.push(last);
        self.nodes[last].accepts = Some(id);
        last
    }

    fn node(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn compile(&mut self, hir: &Hir, from: usize) -> usize {
        match hir.kind() {
            HirKind::Empty => from,
            HirKind::Literal(literal) => literal.0.iter().fold(from, |at, &byte| {
                let to = self.node();
                self.nodes[at].edges.push((1 << digit(byte), to));
                to
            }),
            HirKind::Class(class) => {
                let to = self.node();
                self.nodes[from].edges.push((class_digits(class), to));
                to
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.expect("the language is finite");
                let mut at = from;
                let end = self.node();
                for round in 0..most {
                    if round >= repetition.min {
                        self.nodes[at].free.push(end);
                    }
                    at = self.compile(&repetition.sub, at);
                }
                self.nodes[at].free.push(end);
                end
            }
            HirKind::Capture(capture) => self.compile(&capture.sub, from),
            HirKind::Concat(parts) => parts.iter().fold(from, |at, part| self.compile(part, at)),
            HirKind::Alternation(choices) => {
                let end = self.node();
                for choice in choices {
                    let start = self.node();
                    self.nodes[from].free.push(start);
                    let at = self.compile(choice, start);
                    self.nodes[at].free.push(end);
                }
                end
            }
            HirKind::Look(look) => panic!("a number's pattern has an assertion: {look:?}"),
        }
    }

    fn closure(&self, mut members: Vec<usize>) -> Vec<usize> {
        let mut seen: BTreeSet<usize> = members.iter().copied().collect();
        while let Some(at) = members.pop() {
            for &to in &self.nodes[at].free {
                if seen.insert(to) {
                    members.push(to);
                }
            }
        }
        seen.into_iter().collect()
    }
}

/// All ten digits, as a set.
pub const ANY: u16 = 0x3ff;

/// Reads a pattern of the metadata.
///
/// # Panics
///
/// If it is not a regular expression.
pub fn parse(pattern: &str) -> Hir {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .unwrap_or_else(|error| panic!("`{pattern}`: {error}"))
}

/// The value of a digit.
///
/// # Panics
///
/// If it is none.
pub fn digit(byte: u8) -> u8 {
    assert!(byte.is_ascii_digit(), "a pattern holds `{}`", char::from(byte));
    byte - b'0'
}

/// The digits of a class, as a set.
///
/// # Panics
///
/// If the class holds anything else.
pub fn class_digits(class: &Class) -> u16 {
    let Class::Bytes(class) = class else { panic!("a class of characters: {class:?}") };
    class
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .fold(0, |set, byte| set | 1 << digit(byte))
}
