//! A mapped value, and where it is looked up.

use std::borrow::Cow;

use crate::event::{Event, Plan, Slot};
use crate::facts::Facts;
use crate::path::{Path, Step};
use crate::settings::{Given, MissingPolicy};
use crate::template::{Missing, RenderError, Template};
use crate::time::Timestamp;
use crate::value::{Value, is_invisible};

/// Everything that a mapping reads.
pub(crate) struct Scope<'s> {
    pub(crate) event: &'s Event<'s>,
    pub(crate) facts: &'s Facts<'s>,
    pub(crate) now: Timestamp,
}

impl<'s> Scope<'s> {
    fn get(&self, source: &Source) -> Option<&'s Value<'s>> {
        self.find(source).map(|(value, _)| value)
    }

    /// The value, and what stands before its path where it was found.
    fn find(&self, source: &Source) -> Option<(&'s Value<'s>, &'static str)> {
        let is_given = |value: &&Value<'_>| **value != Value::Null;
        let own = self.event.get(source.slot);
        if own.as_ref().is_some_and(is_given) || source.fallback.is_none() {
            return own.map(|value| (value, ""));
        }
        let context = source.fallback.and_then(|slot| self.event.get(slot)).filter(is_given);
        if let Some(value) = context {
            return Some((value, "context."));
        }
        let known = self.facts.profile_traits.as_ref().and_then(|traits| {
            let (_, rest) = source.path.steps().split_first()?;
            rest.iter().try_fold(traits, |value, step| match step {
                Step::Key(key) => value.member(key),
                Step::Index(index) => value.item(*index),
            })
        });
        let remembered = || {
            let same = |(path, _): &&(Path, Value<'s>)| *path == source.path;
            self.facts.remembered.iter().find(same).map(|(_, value)| value)
        };
        let known = known.or_else(remembered).filter(is_given);
        known.map(|value| (value, "profile.")).or(own.map(|value| (value, "")))
    }
}

/// Gives paths their slots while settings are compiled.
pub(crate) struct Binder<'p> {
    plan: &'p mut Plan,
    /// Whether traits that an event lacks are looked for elsewhere. Rows have no traits.
    traits_fall_back: bool,
    traits: Vec<TraitSource>,
}

/// A trait that settings read.
#[derive(Debug)]
pub(crate) struct TraitSource {
    /// Its path, which begins with `traits`.
    pub(crate) path: Path,
    /// Where an event has it.
    pub(crate) own: Slot,
    /// Where an event's context has it.
    pub(crate) context: Slot,
}

impl<'p> Binder<'p> {
    pub(crate) fn for_events(plan: &'p mut Plan) -> Self {
        Self { plan, traits_fall_back: true, traits: Vec::new() }
    }

    pub(crate) fn for_rows(plan: &'p mut Plan) -> Self {
        Self { plan, traits_fall_back: false, traits: Vec::new() }
    }

    pub(crate) fn slot(&mut self, path: &Path) -> Slot {
        self.plan.slot(path)
    }

    pub(super) fn is_for_rows(&self) -> bool {
        !self.traits_fall_back
    }

    fn source(&mut self, path: &Path) -> Source {
        let slot = self.plan.slot(path);
        let fallback = match path.steps().first() {
            Some(Step::Key(root)) if root == "traits" && self.traits_fall_back => {
                let mut steps = vec![Step::Key("context".to_owned())];
                steps.extend_from_slice(path.steps());
                let context = self.plan.slot(&Path::from_steps(steps));
                self.note_trait(TraitSource { path: path.clone(), own: slot, context });
                Some(context)
            }
            _ => None,
        };
        Source { path: path.clone(), slot, fallback }
    }

    fn note_trait(&mut self, source: TraitSource) {
        if !self.traits.iter().any(|known| known.path == source.path) {
            self.traits.push(source);
        }
    }

    /// The traits that were bound by this binder.
    pub(crate) fn into_traits(self) -> Vec<TraitSource> {
        self.traits
    }

    fn bind(&mut self, given: Given) -> Bound {
        match given {
            Given::Literal(value) => Bound::Literal(value),
            Given::Path(path) => Bound::Path(self.source(&path)),
            Given::Template(template) => {
                let sources: Vec<Source> =
                    template.paths().iter().map(|path| self.source(path)).collect();
                match template.sole_path().and_then(|index| sources.get(index)) {
                    Some(source) => Bound::Path(source.clone()),
                    None => Bound::Template(template, sources),
                }
            }
            Given::List(items) => {
                Bound::List(items.into_iter().map(|item| self.bind(item)).collect())
            }
            Given::Map(members) => Bound::Map(
                members.into_iter().map(|(name, value)| (name, self.bind(value))).collect(),
            ),
        }
    }
}

/// A path, and where its value is found: in the event; a trait also in the event's context, and in
/// the profile.
#[derive(Clone, Debug)]
struct Source {
    path: Path,
    slot: Slot,
    fallback: Option<Slot>,
}

/// A value that a setting gives.
#[derive(Debug)]
pub(crate) struct Field {
    /// The setting, as a JSON path.
    pub(crate) setting: String,
    /// Whether it stands there, or is what applies when nothing does.
    pub(crate) is_default: bool,
    value: Bound,
}

#[derive(Debug)]
enum Bound {
    Literal(Value<'static>),
    Path(Source),
    Template(Template, Vec<Source>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// Why a value could not be made.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum FieldFault {
    /// A template's value is missing: its path.
    Missing(String),
    /// A template's arithmetic came to no number, as after a division by zero.
    NotFinite,
    /// A template would print an object: its path.
    NotText(String),
    /// A template's output is too long.
    TooLong,
}

impl Field {
    pub(crate) fn new(given: Given, setting: String, binder: &mut Binder<'_>) -> Self {
        Self { setting, is_default: false, value: binder.bind(given) }
    }

    /// What applies when `setting` is not there: the value at a path.
    pub(crate) fn default_path(path: &Path, setting: String, binder: &mut Binder<'_>) -> Self {
        Self { setting, is_default: true, value: Bound::Path(binder.source(path)) }
    }

    /// The value, if it is the same for every event.
    pub(crate) fn literal(&self) -> Option<&Value<'static>> {
        match &self.value {
            Bound::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Every path that it reads.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.value.paths()
    }

    /// Every path that it reads, as it was found: a trait may come from the context or the profile.
    pub(crate) fn found_paths(&self, scope: &Scope<'_>) -> Vec<String> {
        let mut paths = Vec::new();
        self.value.for_each_source(&mut |source| {
            let before = scope.find(source).map_or("", |(_, before)| before);
            add(format!("{before}{}", source.path), &mut paths);
        });
        paths
    }

    /// The value for an event; none if there is none, or a null.
    pub(crate) fn resolve<'v>(
        &'v self,
        scope: &Scope<'v>,
        missing: MissingPolicy,
    ) -> Result<Option<Cow<'v, Value<'v>>>, FieldFault> {
        let value = self.value.resolve(scope, missing)?;
        Ok(value.filter(|value| **value != Value::Null))
    }
}

impl Bound {
    fn resolve<'v>(
        &'v self,
        scope: &Scope<'v>,
        missing: MissingPolicy,
    ) -> Result<Option<Cow<'v, Value<'v>>>, FieldFault> {
        Ok(match self {
            Self::Literal(value) => Some(Cow::Borrowed(value)),
            Self::Path(source) => scope.get(source).map(Cow::Borrowed),
            Self::Template(template, sources) => {
                let mut out = String::with_capacity(192);
                let lookup = |index: usize| scope.get(sources.get(index)?);
                let policy = match missing {
                    MissingPolicy::Blank => Missing::Blank,
                    MissingPolicy::Drop => Missing::Drop,
                };
                let path_at = |index: usize| {
                    sources.get(index).map(|source| source.path.to_string()).unwrap_or_default()
                };
                match template.render(&lookup, policy, scope.now, &mut out) {
                    Ok(()) => {}
                    Err(RenderError::Missing { path }) => {
                        return Err(FieldFault::Missing(path_at(path)));
                    }
                    Err(RenderError::NotText { path }) => {
                        return Err(FieldFault::NotText(path_at(path)));
                    }
                    Err(RenderError::NotFinite { .. }) => return Err(FieldFault::NotFinite),
                    Err(RenderError::TooLong) => return Err(FieldFault::TooLong),
                }
                Some(Cow::Owned(Value::from(out)))
            }
            Self::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    if let Some(value) = item.resolve(scope, missing)?
                        && *value != Value::Null
                    {
                        list.push(value.into_owned());
                    }
                }
                Some(Cow::Owned(Value::List(list)))
            }
            Self::Map(members) => {
                let mut map = Vec::with_capacity(members.len());
                for (name, value) in members {
                    match value.resolve(scope, missing)? {
                        Some(value) if !is_blank(&value) => {
                            map.push((Cow::Borrowed(name.as_str()), value.into_owned()));
                        }
                        _ if missing == MissingPolicy::Drop => {
                            let path = value.first_path().unwrap_or_else(|| name.clone());
                            return Err(FieldFault::Missing(path));
                        }
                        _ => {}
                    }
                }
                Some(Cow::Owned(Value::Map(map)))
            }
        })
    }

    fn for_each_source(&self, take: &mut dyn FnMut(&Source)) {
        match self {
            Self::Literal(_) => {}
            Self::Path(source) => take(source),
            Self::Template(_, sources) => sources.iter().for_each(take),
            Self::List(items) => items.iter().for_each(|item| item.for_each_source(take)),
            Self::Map(members) => {
                members.iter().for_each(|(_, value)| value.for_each_source(take));
            }
        }
    }

    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.for_each_source(&mut |source| add(source.path.to_string(), &mut paths));
        paths
    }

    fn first_path(&self) -> Option<String> {
        self.paths().into_iter().next()
    }
}

fn add(path: String, paths: &mut Vec<String>) {
    if !paths.contains(&path) {
        paths.push(path);
    }
}

/// Whether a value says nothing: null, or a text without a visible character.
pub(crate) fn is_blank(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.chars().all(is_invisible),
        _ => false,
    }
}
